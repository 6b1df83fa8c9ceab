import { oc } from '@orpc/contract'
import { z } from 'zod'
import { HookEndpoint, Manifest } from './forgehook.ts'
import { Instant } from './page.ts'

export const Plugin = Manifest.extend({
  endpoints: z.array(HookEndpoint.extend({ tool: z.string() })),
  /** Bundled plugins come with Cadre and cannot be removed. */
  bundled: z.boolean(),
  created_at: Instant.nullable(),
})
export type Plugin = z.infer<typeof Plugin>

const PluginRef = z.strictObject({ id: z.string().min(1).max(100) })

export const plugins = {
  list: oc
    .route({ method: 'GET', path: '/plugins', summary: 'List the ForgeHooks' })
    .output(z.object({ items: z.array(Plugin), next_cursor: z.null() })),
  get: oc.route({ method: 'GET', path: '/plugins/{id}', summary: 'Read one ForgeHook' }).input(PluginRef).output(Plugin),
  add: oc
    .route({ method: 'POST', path: '/plugins', summary: 'Register an http ForgeHook by its manifest', successStatus: 201 })
    .input(Manifest)
    .output(Plugin),
  remove: oc
    .route({ method: 'DELETE', path: '/plugins/{id}', summary: 'Remove a registered ForgeHook' })
    .input(PluginRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  invoke: oc
    .route({ method: 'POST', path: '/tools/{tool}/invoke', summary: 'Call one tool by hand' })
    .input(z.strictObject({ tool: z.string().min(1).max(200), input: z.record(z.string(), z.unknown()).default({}) }))
    .output(z.object({ output: z.unknown(), duration_ms: z.number() })),
}
