import { CadreError, invalid } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/manifest'
import type { Plugin } from '@cadre/contract/plugins'
import type { Actor } from '../access/actor.ts'
import { type KeyConfig, seal } from '../access/secrets.ts'
import { audit } from '../audit/audit.ts'
import { blobHash, putBlob } from '../storage/blobs.ts'
import type { Db } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { checkManifest, checkSchemas, needEndpoints } from './check-manifest.ts'
import { withDefinedEndpoints } from './code-endpoints.ts'
import type { HookHost } from './hook-host.ts'
import { present } from './list-plugins.ts'
import { type WholeManifest, withOfferedEndpoints } from './mcp-endpoints.ts'
import { refuseReach } from './refuse-reach.ts'
import { insertPlugin, type StoredManifest } from './plugins.store.ts'
import { setApart } from './set-apart.ts'

export type AddApp = { db: Db; config: KeyConfig; hooks: HookHost; now: () => number }

/**
 * Registers a ForgeHook. What its manifest asks for is approved by the owner who registers it. Embedded ones run unguarded in the server and
 * are installed as folders by whoever runs it.
 */
export async function addPlugin(app: AddApp, actor: Actor, given: Manifest): Promise<Plugin> {
  const { id } = given
  checkManifest(given)
  refuseReach(actor, given)
  const { workspace_id } = actor
  if (await app.hooks.find(workspace_id, id)) throw taken(id)
  const whole = await complete(app, given)
  const created_at = app.now()
  const { stored, source } = storable(app.config, workspace_id, whole)
  try {
    await app.db.write(async (trx) => {
      if (source !== null) await putBlob(trx, source)
      await insertPlugin(trx, workspace_id, id, stored, actor.id, created_at)
      await audit(trx, app, actor, { action: 'plugins.add', target_type: 'plugin', target_id: id, detail: { runtime: given.runtime.type } })
    })
  } catch (error) {
    throw isUniqueViolation(error) ? taken(id) : error
  }
  return present({ ...stored, workspace_id, folder: null, created_at, pending: null })
}

/** The manifest with all that its runtime says itself, checked. Throws CadreError naming the field. */
export async function complete(app: AddApp, manifest: Manifest): Promise<WholeManifest> {
  const { runtime } = manifest
  if (runtime.type === 'embedded')
    throw invalid('runtime.type', `embedded ForgeHooks are installed as folders (CADRE_PLUGINS_DIR); use 'code' for a tool that is registered`)
  let whole: WholeManifest = { manifest, offer: null }
  if (runtime.type === 'mcp') whole = await withOfferedEndpoints(app.hooks, manifest)
  if (runtime.type === 'code') whole = { manifest: await withDefinedEndpoints(manifest, runtime), offer: null }
  needEndpoints(whole.manifest)
  checkManifest(whole.manifest)
  checkSchemas(whole.manifest)
  return whole
}

/** As it is stored: secrets sealed, source by its hash. */
export function storable(config: KeyConfig, workspace: string, whole: WholeManifest): { stored: StoredManifest; source: string | null } {
  const { manifest, secrets, source } = setApart(whole.manifest)
  const sealed = secrets === null ? null : seal(config, toJson(secrets), `plugins:${manifest.id}`, workspace)
  return { stored: { manifest, sealed, source: source === null ? null : blobHash(source), offer: whole.offer }, source }
}

function taken(id: string) {
  return new CadreError('PLUGIN_ID_TAKEN', `id: there is already a ForgeHook '${id}'`, [{ path: 'id', message: 'is taken' }])
}
