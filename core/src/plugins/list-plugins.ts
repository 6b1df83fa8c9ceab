import { CadreError } from '@cadre/contract/errors'
import { toolName } from '@cadre/contract/forgehook'
import type { Plugin } from '@cadre/contract/plugins'
import { type Actor, requireOwner } from '../access/actor.ts'
import { withHiddenHeaders } from './hidden-headers.ts'
import type { HookHost, KnownPlugin } from './hook-host.ts'

type PluginApp = { hooks: HookHost }

export async function listPlugins(app: PluginApp, actor: Actor): Promise<{ items: Plugin[]; next_cursor: null }> {
  requireOwner(actor)
  return { items: (await app.hooks.all()).map(present), next_cursor: null }
}

export async function getPlugin(app: PluginApp, actor: Actor, id: string): Promise<Plugin> {
  requireOwner(actor)
  const plugin = (await app.hooks.all()).find((each) => each.manifest.id === id)
  if (!plugin) throw missing(id)
  return present(plugin)
}

export function present({ manifest, folder, created_at }: KnownPlugin): Plugin {
  const endpoints = manifest.endpoints.map((endpoint) => ({ ...endpoint, tool: toolName(manifest.id, endpoint.path) }))
  return {
    ...withHiddenHeaders(manifest),
    endpoints,
    bundled: folder !== null,
    created_at: created_at === null ? null : new Date(created_at).toISOString(),
  }
}

export function missing(id: string) {
  return new CadreError('PLUGIN_NOT_FOUND', `there is no ForgeHook '${id}'`)
}
