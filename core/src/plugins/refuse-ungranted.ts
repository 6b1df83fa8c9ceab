import { invalid } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/manifest'
import { type Grant, hostPortOf, literalAddress, parseGrant, portOf, refusal } from '../tools/network/network-rules.ts'

/**
 * Refuses at registration what would be refused at every call: a grant that cannot be read, a private address that the manifest does not
 * name.
 */
export function refuseUngranted({ permissions, runtime }: Manifest) {
  const grants = permissions.network.filter((text) => !text.startsWith('settings:')).map(readGrant)
  if (runtime.type === 'http') needReach(grants, runtime.base_url, 'runtime.base_url')
  if (runtime.type === 'mcp' && runtime.transport.type === 'http') needReach(grants, runtime.transport.url, 'runtime.transport.url')
}

function readGrant(text: string, i: number): Grant {
  try {
    return parseGrant(text)
  } catch (error) {
    throw invalid(`permissions.network[${i}]`, (error as Error).message)
  }
}

function needReach(grants: Grant[], text: string, path: string) {
  const url = new URL(text)
  const address = literalAddress(url.hostname)
  if (address === null) return // a name: the address that it has is checked when it is dialled
  const reason = refusal({ grants, implied: hostPortOf(url) }, { host: url.hostname, address, port: portOf(url) })
  if (reason) throw invalid(path, reason)
}
