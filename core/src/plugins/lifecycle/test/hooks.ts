import { type LifecycleHooks } from '@cadre/contract/lifecycle-hooks'
import { SwitchLifecycle } from '@cadre/contract/lifecycle'
import { Manifest } from '@cadre/contract/manifest'
import type { z } from 'zod'
import { owner, type World } from '../../../test/world.ts'

type Hooks = z.input<typeof LifecycleHooks>

/** Registers code with lifecycle hooks and switches them on. `bodies`: of `(input, context) => { ... }`, by point. */
export async function addCodeHook(
  { api }: Pick<World, 'api'>,
  id: string,
  bodies: Partial<Record<keyof Hooks, string>>,
  hooks: Hooks = {},
  on: z.input<typeof SwitchLifecycle> | null = {},
) {
  const handlers = Object.entries(bodies).map(([point, body]) => `'/${point}': async (input, context) => { ${body} }`)
  const lifecycle = Object.fromEntries(Object.keys(bodies).map((point) => [point, { timeout_ms: 10_000, ...hooks[point as keyof Hooks] }]))
  const runtime = { type: 'code', language: 'javascript', source: `export default { ${handlers.join(',\n')} }` }
  const limits = { memory_mb: 32 }
  const options = { type: 'object', properties: { word: { type: 'string' } }, additionalProperties: false }
  await api.plugins.add(owner, Manifest.parse({ id, name: id, version: '1.0.0', runtime, lifecycle, limits, options }))
  if (on) await api.plugins.switchLifecycle(owner, { id, ...SwitchLifecycle.parse(on) })
}

/** The service of the world is called at these points; what it answers is for `effects.behave` to say. */
export async function addServiceHook({ api, effects }: Pick<World, 'api' | 'effects'>, lifecycle: Hooks, on: z.input<typeof SwitchLifecycle> = {}) {
  const { runtime, permissions } = effects.manifest
  const patient = Object.fromEntries(Object.entries(lifecycle).map(([point, hook]) => [point, { timeout_ms: 10_000, ...hook }]))
  await api.plugins.add(owner, Manifest.parse({ id: 'service', name: 'Service', version: '1.0.0', runtime, permissions, lifecycle: patient }))
  await api.plugins.switchLifecycle(owner, { id: 'service', ...SwitchLifecycle.parse(on) })
}
