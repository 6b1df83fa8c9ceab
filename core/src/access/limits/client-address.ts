import ipaddr from 'ipaddr.js'

type Address = ipaddr.IPv4 | ipaddr.IPv6

/**
 * Whose call it is. X-Forwarded-For is read only where the connection comes from a trusted proxy, from the right: each trusted proxy
 * vouches for the entry that it appended, and the first that is not trusted is the caller, whatever stands to its left.
 */
export function openClientAddress(trusted: string[]): (remote: string | undefined, forwarded: string | undefined) => string | null {
  const blocks = trusted.map(blockOf)
  const isTrusted = (address: Address) => blocks.some(([network, bits]) => address.kind() === network.kind() && address.match(network, bits))
  return (remote, forwarded) => {
    let caller = parse(remote)
    if (caller === null) return null
    const entries = forwarded === undefined || blocks.length === 0 ? [] : forwarded.split(',').map((entry) => parse(entry))
    while (isTrusted(caller)) {
      const next = entries.pop()
      if (!next) break // nobody before it, or not an address: the last that is known
      caller = next
    }
    return caller.toString()
  }
}

/** What counts as one caller: an IPv6 network of 64 bits belongs to one, who has all of its addresses. */
export function addressBlock(address: string | null): string {
  const parsed = parse(address ?? undefined)
  if (parsed === null) return 'unknown'
  if (parsed.kind() === 'ipv4') return parsed.toString()
  return `${(parsed as ipaddr.IPv6).parts
    .slice(0, 4)
    .map((part) => part.toString(16))
    .join(':')}::/64`
}

function blockOf(text: string): [Address, number] {
  if (text.includes('/')) return ipaddr.parseCIDR(text)
  const address = ipaddr.process(text)
  return [address, address.kind() === 'ipv4' ? 32 : 128]
}

/** Also with a port, as some proxies write it. */
function parse(text: string | undefined): Address | null {
  const bare = (text ?? '')
    .trim()
    .replace(/^\[(.*)\](:\d+)?$/, '$1')
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, '$1')
    .replace(/%.*$/, '')
  return ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare) ? ipaddr.process(bare) : null
}
