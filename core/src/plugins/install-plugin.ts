import { createHash } from 'node:crypto'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { HookBundle, Plugin } from '@cadre/contract/plugins'
import type { Actor } from '../access/actor.ts'
import { audit } from '../audit/audit.ts'
import { putBlob } from '../storage/blobs.ts'
import { type AddApp, addPlugin, complete, storable } from './add-plugin.ts'
import { checkManifest } from './check-manifest.ts'
import { refuseWhileSwitchedOn } from './lifecycle/switch-lifecycle.ts'
import { needPlugin, present } from './list-plugins.ts'
import { refuseReach } from './refuse-reach.ts'
import { updatePlugin } from './plugins.store.ts'

/** Installs what `cadre plugins pack` made; in the place of an installed one of the same id, where this one is newer. */
export async function installPlugin(app: AddApp, actor: Actor, bundle: HookBundle): Promise<Plugin> {
  const { manifest, lock, checksum } = bundle
  if (bundleChecksum({ manifest, lock }) !== checksum)
    throw invalid('checksum', 'does not fit the contents: the file was changed or cut after it was packed')
  if (manifest.runtime.type !== 'code' || manifest.runtime.source === undefined) throw invalid('manifest.runtime', `must be 'code' with its source`)
  const known = await app.hooks.find(actor.workspace_id, manifest.id)
  if (!known) return addPlugin(app, actor, manifest)
  if (known.folder !== null) throw new CadreError('PLUGIN_BUNDLED', `'${manifest.id}' is a folder of this server and cannot be replaced by a file`)
  if (known.manifest.runtime.type !== 'code')
    throw invalid('manifest.id', `'${manifest.id}' is registered as a ${known.manifest.runtime.type} ForgeHook; remove it first`)
  checkManifest(manifest)
  refuseReach(actor, manifest)
  await refuseWhileSwitchedOn(app, actor, manifest.id)
  const { stored, source } = storable(app.config, actor.workspace_id, await complete(app, manifest))
  await app.db.write(async (trx) => {
    if (source !== null) await putBlob(trx, source)
    await updatePlugin(trx, actor.workspace_id, manifest.id, stored)
    await audit(trx, app, actor, { action: 'plugins.install', target_type: 'plugin', target_id: manifest.id, detail: { checksum } })
  })
  return present(await needPlugin(app, actor, manifest.id))
}

/** SHA-256 of the canonical JSON of a bundle's contents: keys in order, nothing between. */
export function bundleChecksum(contents: Pick<HookBundle, 'manifest' | 'lock'>): string {
  return createHash('sha256').update(canonicalJson(contents)).digest('hex')
}
