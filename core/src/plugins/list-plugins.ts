import { CadreError } from '@cadre/contract/errors'
import { toolName } from '@cadre/contract/manifest'
import type { PendingChange, Plugin } from '@cadre/contract/plugins'
import type { Actor } from '../access/actor.ts'
import { labelsOf } from './data-labels.ts'
import type { HookHost } from './hook-host.ts'
import type { KnownPlugin } from './known-plugin.ts'
import { withHiddenSecrets } from './set-apart.ts'

type PluginApp = { hooks: HookHost }

export async function listPlugins(app: PluginApp, actor: Actor): Promise<{ items: Plugin[]; next_cursor: null }> {
  return { items: (await app.hooks.all(actor.workspace_id)).map(present), next_cursor: null }
}

export async function getPlugin(app: PluginApp, actor: Actor, id: string): Promise<Plugin> {
  return present(await needPlugin(app, actor, id))
}

export async function needPlugin({ hooks }: PluginApp, actor: Actor, id: string): Promise<KnownPlugin> {
  const plugin = await hooks.find(actor.workspace_id, id)
  if (!plugin) throw missing(id)
  return plugin
}

export function present(plugin: KnownPlugin): Plugin {
  const { manifest, folder, created_at } = plugin
  return {
    ...withHiddenSecrets(manifest),
    endpoints: manifest.endpoints.map((endpoint) => ({
      ...endpoint,
      ...labelsOf(manifest, endpoint),
      tool: toolName(manifest.id, endpoint.path),
    })),
    bundled: folder !== null,
    created_at: created_at === null ? null : new Date(created_at).toISOString(),
    pending: pendingOf(plugin),
  }
}

function pendingOf({ manifest, pending, offer }: KnownPlugin): PendingChange | null {
  if (pending === null) return null
  const approved = new Map(manifest.endpoints.map((endpoint) => [endpoint.mcp?.tool, endpoint]))
  const offered = new Map(pending.endpoints.map((endpoint) => [endpoint.mcp?.tool, endpoint]))
  const changed = pending.endpoints
    .filter(({ mcp }) => (offer?.whole || approved.has(mcp?.tool)) && approved.get(mcp?.tool)?.mcp?.hash !== mcp?.hash)
    .map(({ mcp, description }) => ({
      tool: mcp?.tool ?? '',
      change: approved.has(mcp?.tool) ? ('changed' as const) : ('added' as const),
      description,
    }))
  const removed = manifest.endpoints
    .filter(({ mcp }) => !offered.has(mcp?.tool))
    .map(({ mcp, description }) => ({ tool: mcp?.tool ?? '', change: 'removed' as const, description }))
  return { hash: pending.hash, seen_at: new Date(pending.seen_at).toISOString(), changes: [...changed, ...removed] }
}

export function missing(id: string) {
  return new CadreError('PLUGIN_NOT_FOUND', `there is no ForgeHook '${id}'`)
}
