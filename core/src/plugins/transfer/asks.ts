import { createHash } from 'node:crypto'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { lifecycleOf } from '@cadre/contract/lifecycle-hooks'
import type { Manifest } from '@cadre/contract/manifest'
import type { Asked, HookInFile } from '@cadre/contract/plugin-transfer'

/** All that a ForgeHook could reach. What is empty here stays inside the sandbox, whoever wrote it. */
export function asksOf(manifest: Manifest): Asked[] {
  const { network, files, secrets, databases, store } = manifest.permissions
  const each = (what: Asked['what'], values: string[]) => values.map((value) => ({ what, value }))
  return [
    ...reachOf(manifest.runtime),
    ...each('network', network),
    ...each('files', files),
    ...each('secrets', secrets),
    ...each('databases', databases),
    ...each('store', store ? [manifest.id] : []),
    ...each(
      'lifecycle',
      lifecycleOf(manifest).map(({ point }) => point),
    ),
  ]
}

function reachOf(runtime: Manifest['runtime']): Asked[] {
  if (runtime.type === 'http') return [{ what: 'server', value: runtime.base_url }]
  if (runtime.type === 'container') return [{ what: 'image', value: [runtime.image, ...(runtime.command ?? [])].join(' ') }]
  if (runtime.type !== 'mcp') return []
  const { transport } = runtime
  if (transport.type === 'http') return [{ what: 'server', value: transport.url }]
  return [{ what: 'command', value: [transport.command, ...transport.args].join(' ') }]
}

/** An approval is for exactly this, code included, and for nothing that a file has later. */
export function hashOf(hook: HookInFile): string {
  return createHash('sha256').update(canonicalJson(hook)).digest('hex')
}
