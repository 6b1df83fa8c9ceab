import ipaddr from 'ipaddr.js'
import { type Ip, isMetadata, isMetadataName, isPublic, isWithin, plainHost, realAddress } from './addresses.ts'

export { literalAddress } from './addresses.ts'

/** One entry of permissions.network: a host name, an address, a CIDR block or `*`, with a port or for all of them. */
export type Grant = { text: string; port: number | null } & ({ host: string } | { block: [Ip, number] } | { everywhere: true })

/** Where a connection is about to go. `host` is as the URL has it; `address` is what would be dialled. */
export type Destination = { host: string; address: string; port: number }
export type Rules = {
  grants: Grant[]
  /** `host:port` that may be reached although no grant names it, as long as its address is public. */
  implied: string | null
}

/** Throws an Error in plain words when the text is none of: host, address, CIDR block, `*`, each with an optional port. */
export function parseGrant(text: string): Grant {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^[\]]+?))(?::(\d{1,5}))?$/.exec(text) ?? []
  // An IPv6 address without brackets is full of colons, none of which begins a port.
  const isBareIpv6 = !text.startsWith('[') && text.split(':').length > 2
  const target = isBareIpv6 ? text : (bracketed ?? plain ?? '')
  const number = port === undefined || isBareIpv6 ? null : Number(port)
  if (number !== null && (number < 1 || number > 65_535)) throw new Error(`'${text}' has a port that is not from 1 to 65535`)
  if (target === '*' && plain === '*') return { text, port: number, everywhere: true }
  const block = blockOf(target)
  if (block) return { text, port: number, block }
  const host = plainHost(target)
  if (!/^(?!-)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/.test(host) || /^[\d.]+$/.test(host)) {
    throw new Error(`'${text}' is not a host, an address, a CIDR block or * (api.example.com, 127.0.0.1:9000, 10.0.0.0/8)`)
  }
  return { text, port: number, host }
}

/** Why this connection is refused, in plain words, or null. */
export function refusal(rules: Rules, to: Destination): string | null {
  const address = realAddress(to.address)
  const named = hostPort(to.host, to.port)
  const refused = refusedByName(to.host, to.port)
  if (refused) return refused
  if (!address) return `${named} has the unreadable address '${to.address}'`
  if (isMetadata(address)) return metadataWords(named)
  if (rules.grants.some((grant) => matches(grant, to, address))) return null
  const isOpen = isPublic(address)
  if (isOpen && rules.implied === named) return null
  if (isOpen) return `${named} is not in permissions.network`
  const at = plainHost(to.host) === address.toString() ? 'is a private address' : `is at the private address ${address.toString()}`
  const how = rules.grants.some((grant) => 'everywhere' in grant) ? ' (the operator can, by CADRE_PRIVATE_HOSTS)' : ''
  return `${named} ${at}, and permissions.network does not name it${how}`
}

/** Why this is refused whatever address it has, in plain words, or null. Said before a name is looked up. */
export function refusedByName(host: string, port: number): string | null {
  const named = hostPort(host, port)
  if (port < 1 || port > 65_535) return `${named} has no port that can be dialled`
  return isMetadataName(host) ? metadataWords(named) : null
}

const metadataWords = (named: string) => `${named} is a metadata service of a cloud, which nothing may reach`

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

function matches(grant: Grant, to: Destination, address: Ip): boolean {
  if (grant.port !== null && grant.port !== to.port) return false
  if ('everywhere' in grant) return isPublic(address)
  if ('host' in grant) return grant.host === plainHost(to.host)
  return isWithin(address, grant.block)
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
