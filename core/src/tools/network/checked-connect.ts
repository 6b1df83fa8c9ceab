import { type LookupAddress, type LookupAllOptions, lookup as systemLookup } from 'node:dns'
import type { LookupFunction } from 'node:net'
import type { buildConnector } from 'undici'
import { isLocalName } from './addresses.ts'
import { NetworkRefusal } from './explain-network-error.ts'
import { refusal, type Rules } from './network-rules.ts'

/** All addresses of a name, as `dns.lookup` gives them with `all`. */
export type Lookup = (
  host: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

const connectTimeoutMs = 10_000

/** Dials nothing but addresses that the rules allow. What a URL has as a literal address is not looked up: check it before. */
export function checkedConnect(build: typeof buildConnector, rules: Rules, lookup: Lookup = systemLookup): buildConnector.connector {
  const byPort = new Map<number, buildConnector.connector>()
  return (options, callback) => {
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80)
    let connect = byPort.get(port)
    if (!connect) {
      // Said aloud, since NODE_TLS_REJECT_UNAUTHORIZED would otherwise decide.
      connect = build({ lookup: checkedLookup(rules, port, lookup), timeout: connectTimeoutMs, rejectUnauthorized: true })
      byPort.set(port, connect)
    }
    connect(options, callback)
  }
}

// Of the addresses of a name only those that are allowed are handed on.
function checkedLookup(rules: Rules, port: number, lookup: Lookup): LookupFunction {
  return (host, options, callback) => {
    const all: LookupAllOptions = { ...options, all: true, order: 'verbatim' }
    // No resolver is asked about names that mean this machine.
    lookup(isLocalName(host) ? 'localhost' : host, all, (error, addresses) => {
      if (error) return callback(error, '')
      const refusals = addresses.map(({ address }) => refusal(rules, { host, address, port }))
      const allowed = addresses.filter((_, at) => refusals[at] === null)
      const [first] = allowed
      if (!first) return callback(new NetworkRefusal(refusals[0] ?? `there is no address for the host '${host}'`), '')
      if (options.all) return (callback as unknown as (error: null, found: LookupAddress[]) => void)(null, allowed)
      callback(null, first.address, first.family)
    })
  }
}
