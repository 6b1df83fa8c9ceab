import { CadreError, invalid } from '@cadre/contract/errors'
import type { HookEndpoint } from '@cadre/contract/manifest'
import type { Plugin } from '@cadre/contract/plugins'
import type { Actor } from '../access/actor.ts'
import { audit } from '../audit/audit.ts'
import type { AddApp } from './add-plugin.ts'
import { checkManifest, checkSchemas, needEndpoints } from './check-manifest.ts'
import type { KnownPlugin } from './known-plugin.ts'
import { needPlugin, present } from './list-plugins.ts'
import { discover, saidOf } from './mcp-endpoints.ts'
import { noteOffer } from './note-offer.ts'
import { updatePlugin } from './plugins.store.ts'
import { type ToolConfig, toTool } from './to-tool.ts'

type ApproveApp = AddApp & { config: ToolConfig }

/** Asks an MCP server again; what changed is pending afterwards. */
export async function refreshPlugin(app: ApproveApp, actor: Actor, id: string): Promise<Plugin> {
  const plugin = await needPlugin(app, actor, id)
  const [endpoint] = plugin.manifest.endpoints
  const { runtime } = endpoint ? toTool(app.config, plugin, endpoint, null) : plugin.manifest
  if (runtime.type !== 'mcp' || !('server' in runtime)) throw invalid('id', `'${id}' is no MCP server: what it offers is in its manifest`)
  await noteOffer(app, actor.workspace_id, id, await discover(app.hooks, runtime.server, plugin.manifest.permissions.network))
  return present(await needPlugin(app, actor, id))
}

/** Takes the pending offer that `hash` names, and no other, as what the plugin is from now on. */
export async function approvePlugin(app: ApproveApp, actor: Actor, { id, hash }: { id: string; hash: string }): Promise<Plugin> {
  const plugin = await needPlugin(app, actor, id)
  const { pending, offer } = plugin
  if (pending === null) throw new CadreError('PLUGIN_NOT_PENDING', `there is nothing to approve: '${id}' offers what was approved`)
  if (pending.hash !== hash)
    throw new CadreError(
      'PLUGIN_NOT_PENDING',
      `'${id}' offers something else by now; look at it again (GET /api/v1/plugins/${id}) and approve its pending.hash`,
    )
  const manifest = { ...plugin.manifest, endpoints: approved(plugin, pending.endpoints) }
  needEndpoints(manifest)
  checkManifest(manifest)
  checkSchemas(manifest)
  const stored = { manifest, sealed: plugin.sealed, source: plugin.source, offer: { hash, whole: offer?.whole ?? true } }
  await app.db.write(async (trx) => {
    await updatePlugin(trx, actor.workspace_id, id, stored)
    await audit(trx, app, actor, { action: 'plugins.approve', target_type: 'plugin', target_id: id, detail: { hash } })
  })
  return present(await needPlugin(app, actor, id))
}

// Effects and labels stay as somebody approved them; new tools come along where all tools were taken before.
function approved({ manifest, offer }: KnownPlugin, offered: HookEndpoint[]): HookEndpoint[] {
  const before = new Map(manifest.endpoints.map((endpoint) => [endpoint.mcp?.tool, endpoint]))
  return offered
    .filter(({ mcp }) => offer?.whole || before.has(mcp?.tool))
    .map((endpoint) => {
      const known = before.get(endpoint.mcp?.tool)
      return known ? { ...endpoint, ...saidOf(known) } : endpoint
    })
}
