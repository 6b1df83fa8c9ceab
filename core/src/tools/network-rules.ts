import ipaddr from 'ipaddr.js'

/** One entry of permissions.network: a host name, an address or a CIDR block, with a port or for all of them. */
export type Grant = { text: string; port: number | null } & ({ host: string } | { block: [Ip, number] })
type Ip = ReturnType<typeof ipaddr.parse>

/** Where a connection is about to go. `host` is as the URL has it; `address` is what would be dialled. */
export type Destination = { host: string; address: string; port: number }
export type Rules = {
  grants: Grant[]
  /** `host:port` that may be reached although no grant names it, as long as its address is public. */
  implied: string | null
}

/** Where clouds keep the credentials of a machine. No grant opens these. */
const metadata = new Set([
  '169.254.169.254', // AWS, Google, Azure, and many more
  '169.254.169.253', // AWS's resolver
  '169.254.169.123', // AWS's clock
  '169.254.170.2', // AWS ECS
  '169.254.170.23', // AWS EKS
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254', // Google
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure's wire server
  '192.0.0.192', // Oracle
])

/** Throws an Error in plain words when the text is none of: host, address, CIDR block, each with an optional port. */
export function parseGrant(text: string): Grant {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]+?))(?::(\d{1,5}))?$/.exec(text) ?? []
  // An IPv6 address without brackets is full of colons, none of which begins a port.
  const isBareIpv6 = !text.startsWith('[') && text.split(':').length > 2
  const target = isBareIpv6 ? text : (bracketed ?? plain ?? '')
  const number = port === undefined || isBareIpv6 ? null : Number(port)
  if (number !== null && (number < 1 || number > 65_535)) throw new Error(`'${text}' has a port that is not from 1 to 65535`)
  const block = blockOf(target)
  if (block) return { text, port: number, block }
  const host = plainHost(target)
  if (!/^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(host) || /^[\d.]+$/.test(host)) {
    throw new Error(`'${text}' is not a host, an address or a CIDR block (api.example.com, 127.0.0.1:9000, 10.0.0.0/8)`)
  }
  return { text, port: number, host }
}

/** Why this connection is refused, in plain words, or null. */
export function refusal(rules: Rules, to: Destination): string | null {
  const address = realAddress(to.address)
  const named = hostPort(to.host, to.port)
  if (!address) return `${named} has the unreadable address '${to.address}'`
  if (metadata.has(address.toString())) return `${named} is a metadata service of a cloud, which nothing may reach`
  if (rules.grants.some((grant) => matches(grant, to, address))) return null
  const isPublic = address.range() === 'unicast'
  if (isPublic && rules.implied === named) return null
  if (isPublic) return `${named} is not in permissions.network`
  const at = plainHost(to.host) === address.toString() ? 'is a private address' : `is at the private address ${address.toString()}`
  return `${named} ${at}, and permissions.network does not name it`
}

/** The address behind a literal host, in any spelling that a URL allows; null for a name. */
export function literalAddress(host: string): string | null {
  const plain = plainHost(host)
  if (plain === 'localhost' || plain.endsWith('.localhost')) return '127.0.0.1'
  return ipaddr.isValid(plain) ? plain : null
}

/** `host:port` of a URL, lower case and without the dot at the end. */
export function hostPortOf(url: URL): string {
  return hostPort(url.hostname, portOf(url))
}
export function portOf(url: URL): number {
  return url.port === '' ? (url.protocol === 'https:' ? 443 : 80) : Number(url.port)
}

function hostPort(host: string, port: number) {
  const plain = plainHost(host)
  return `${plain.includes(':') ? `[${plain}]` : plain}:${port}`
}

function plainHost(host: string) {
  return host
    .toLowerCase()
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
}

function matches(grant: Grant, to: Destination, address: Ip): boolean {
  if (grant.port !== null && grant.port !== to.port) return false
  if ('host' in grant) return grant.host === plainHost(to.host)
  const [network, bits] = grant.block
  return network.kind() === address.kind() && address.match(network as never, bits)
}

function blockOf(text: string): [Ip, number] | null {
  const isCidr = text.includes('/')
  if (isCidr && ipaddr.isValidCIDR(text)) return inIpv4(ipaddr.parseCIDR(text))
  const address = isCidr || !isLiteral(text) ? null : realAddress(text)
  return address && [address, address.kind() === 'ipv4' ? 32 : 128]
}

// ipaddr.js also reads 127.1 and 0x7f000001; in a grant those are more likely slips than wishes.
function isLiteral(text: string) {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text)
}

function inIpv4([address, bits]: [Ip, number]): [Ip, number] {
  if (address.kind() === 'ipv6' && bits >= 96 && (address as ipaddr.IPv6).isIPv4MappedAddress())
    return [(address as ipaddr.IPv6).toIPv4Address(), bits - 96]
  return [address, bits]
}

/** The address that a packet ends up at: the IPv4 one inside an IPv4-mapped, IPv4-compatible or NAT64 address. */
function realAddress(text: string): Ip | null {
  const bare = text.replace(/%.*$/, '')
  if (!ipaddr.isValid(bare)) return null
  const address = ipaddr.process(bare)
  if (address.kind() === 'ipv4') return address
  const { parts } = address as ipaddr.IPv6
  const head = parts.slice(0, 6).join()
  const isCompatible = head === '0,0,0,0,0,0' && ((parts[6] ?? 0) !== 0 || (parts[7] ?? 0) > 1)
  const isNat64 = head === '100,65435,0,0,0,0' // 64:ff9b::/96
  if (!isCompatible && !isNat64) return address
  const [high = 0, low = 0] = parts.slice(6)
  return new ipaddr.IPv4([high >> 8, high & 255, low >> 8, low & 255])
}
