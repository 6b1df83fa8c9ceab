import ipaddr from 'ipaddr.js'

export type Ip = ReturnType<typeof ipaddr.parse>

/** Where clouds keep the credentials of a machine. */
const metadataBlocks = (
  [
    '169.254.169.0/24', // AWS (metadata, resolver, clock), Google, Azure, OpenStack, and many more
    '169.254.170.0/24', // AWS ECS and EKS
    '169.254.42.42/32', // Scaleway
    '169.254.0.23/32', // Tencent
    '100.100.100.200/32', // Alibaba
    '168.63.129.16/32', // Azure's wire server
    '192.0.0.192/32', // Oracle
    'fd00:ec2::/32', // AWS
    'fd20:ce::254/128', // Google
    'fd00:42::42/128', // Scaleway
    'fd00:c1::a9fe:a9fe/128', // Oracle
    'fe80::a9fe:a9fe/128', // OpenStack
  ] as const
).map((text) => ipaddr.parseCIDR(text) as [Ip, number])

/** The names by which they are called, wherever these resolve to. */
const metadataName =
  /^(metadata|metadata\.google\.internal|metadata\.goog|metadata\.azure\.(internal|com)|metadata\.tencentyun\.com|instance-data(\..+)?)$/

export function isMetadataName(host: string): boolean {
  return metadataName.test(plainHost(host))
}

export function isMetadata(address: Ip): boolean {
  return [address, ...carried(address)].some((one) => metadataBlocks.some((block) => isWithin(one, block)))
}

/** Whether anybody on the internet could dial it. Of IPv6 only what is given out at all: 2000::/3 without its special parts. */
export function isPublic(address: Ip): boolean {
  if (address.range() !== 'unicast') return false
  return address.kind() === 'ipv4' || (((address as ipaddr.IPv6).parts[0] ?? 0) & 0xe000) === 0x2000
}

export function isWithin(address: Ip, [network, bits]: [Ip, number]): boolean {
  return network.kind() === address.kind() && address.match(network as never, bits)
}

/** The address that a packet ends up at: the IPv4 one inside an IPv4-mapped, IPv4-compatible or NAT64 address. */
export function realAddress(text: string): Ip | null {
  const bare = text.replace(/%.*$/, '')
  if (!ipaddr.isValid(bare)) return null
  const address = ipaddr.process(bare)
  if (address.kind() === 'ipv4') return address
  const { parts } = address as ipaddr.IPv6
  const head = parts.slice(0, 6).join()
  const isCompatible = head === '0,0,0,0,0,0' && ((parts[6] ?? 0) !== 0 || (parts[7] ?? 0) > 1)
  const isNat64 = head === '100,65435,0,0,0,0' // 64:ff9b::/96
  return isCompatible || isNat64 ? ipv4(parts[6], parts[7]) : address
}

/** The address behind a literal host, in any spelling that a URL allows; null for a name. */
export function literalAddress(host: string): string | null {
  const plain = plainHost(host)
  if (isLocalName(plain)) return '127.0.0.1'
  return ipaddr.isValid(plain) ? plain : null
}

/** RFC 6761: these mean this machine, whatever a resolver would say. */
export function isLocalName(host: string): boolean {
  return /(^|\.)localhost$/.test(plainHost(host))
}

/** Lower case, without the brackets of IPv6 and the dot at the end. */
export function plainHost(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

/** The IPv4 addresses that a gateway on the way could make of an IPv6 one: of these none may be a metadata service. */
function carried(address: Ip): Ip[] {
  if (address.kind() === 'ipv4') return []
  const { parts } = address as ipaddr.IPv6
  const [first = 0, second = 0, third = 0, fourth = 0, fifth = 0, , seventh = 0, eighth = 0] = parts
  const found = [ipv4(seventh, eighth), ipv4(~seventh, ~eighth)] // in the last 32 bits; Teredo turns them over
  if (first === 0x2002) found.push(ipv4(second, third)) // 6to4
  // 64:ff9b:1::/48: RFC 6052 leaves bits 64 to 71 empty, so the address stands around them.
  if (first === 0x64) found.push(ipv4(fourth, ((fifth & 255) << 8) | ((parts[5] ?? 0) >> 8)))
  return found
}

function ipv4(high = 0, low = 0): Ip {
  return new ipaddr.IPv4([(high >> 8) & 255, high & 255, (low >> 8) & 255, low & 255])
}
