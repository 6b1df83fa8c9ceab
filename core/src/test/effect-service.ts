import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { ManifestInput } from '@cadre/contract/manifest'

export type Arrival = { path: string; key: string; run_id: string; input: Record<string, unknown> }
export type EffectService = {
  url: string
  arrivals: Arrival[]
  manifest: ManifestInput
  behave: (behaviour: Behaviour) => void
  close: () => Promise<void>
}
type Behaviour = (
  arrival: Arrival,
  count: number,
) => { status?: number; body?: unknown; delay_ms?: number; until?: Promise<void>; hang?: boolean } | undefined

/** A service outside Cadre that counts what tools do to it: the witness of how often an effect took place. It is an http ForgeHook. */
export async function startEffectService(id = 'effects'): Promise<EffectService> {
  const arrivals: Arrival[] = []
  let behaviour: Behaviour = () => undefined
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', async () => {
      const input = JSON.parse(body || '{}') as Record<string, unknown>
      const arrival = {
        path: request.url ?? '',
        key: String(request.headers['idempotency-key']),
        run_id: String(request.headers['x-cadre-run-id']),
        input,
      }
      arrivals.push(arrival)
      const act = behaviour(arrival, arrivals.length)
      if (act?.hang) return
      if (act?.delay_ms) await new Promise((resolve) => setTimeout(resolve, act.delay_ms))
      await act?.until
      response.writeHead(act?.status ?? 200, { 'content-type': 'application/json' })
      response.end(JSON.stringify(act?.body ?? { done: arrival.path, n: input['n'] ?? null }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const input = { type: 'object', properties: { n: { type: 'number' } } }
  const endpoint = (effect: 'read' | 'idempotent' | 'keyed' | 'once') => ({
    path: `/${effect}`,
    description: `has the effect ${effect}`,
    effect,
    input,
  })
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    behave: (next) => (behaviour = next),
    manifest: {
      id,
      name: 'Effects',
      version: '1.0.0',
      description: 'Counts what is done',
      runtime: { type: 'http', base_url: `http://127.0.0.1:${port}` },
      endpoints: [endpoint('read'), endpoint('idempotent'), endpoint('keyed'), endpoint('once')],
      permissions: { network: [`127.0.0.1:${port}`] },
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
