import { invalid } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/forgehook'
import { hostPortOf, literalAddress, parseGrant, portOf, refusal } from '../tools/network-rules.ts'

/** Refuses at registration what the connector would refuse at every call: a private address that the manifest does not name. */
export function refuseUngranted(manifest: Manifest, baseUrl: string) {
  const grants = manifest.permissions.network.map((text, i) => {
    try {
      return parseGrant(text)
    } catch (error) {
      throw invalid(`permissions.network[${i}]`, (error as Error).message)
    }
  })
  const url = new URL(baseUrl)
  const address = literalAddress(url.hostname)
  if (address === null) return // a name: the address that it has is checked when it is dialled
  const reason = refusal({ grants, implied: hostPortOf(url) }, { host: url.hostname, address, port: portOf(url) })
  if (reason) throw invalid('runtime.base_url', reason)
}
