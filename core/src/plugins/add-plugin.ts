import { CadreError, invalid } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/forgehook'
import type { Plugin } from '@cadre/contract/plugins'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { checkManifest } from './check-manifest.ts'
import type { HookHost } from './hook-host.ts'
import { present } from './list-plugins.ts'
import { insertPlugin } from './plugins.store.ts'
import { refuseUngranted } from './refuse-ungranted.ts'

/** Registers an http ForgeHook. Embedded ones hold code and are installed as folders by whoever runs the server. */
export async function addPlugin(app: { db: Db; hooks: HookHost; now: () => number }, actor: Actor, manifest: Manifest): Promise<Plugin> {
  requireOwner(actor)
  if (manifest.runtime.type === 'embedded') throw invalid('runtime.type', `embedded ForgeHooks are installed as folders (CADRE_PLUGINS_DIR); here 'http' is possible`)
  checkManifest(manifest)
  refuseUngranted(manifest, manifest.runtime.base_url)
  const created_at = app.now()
  try {
    if ((await app.hooks.all()).some((each) => each.manifest.id === manifest.id)) throw taken(manifest.id)
    await app.db.write((trx) => insertPlugin(trx, manifest, actor.id, created_at))
  } catch (error) {
    throw isUniqueViolation(error) ? taken(manifest.id) : error
  }
  return present({ manifest, folder: null, created_at })
}

function taken(id: string) {
  return new CadreError('PLUGIN_ID_TAKEN', `id: there is already a ForgeHook '${id}'`, [{ path: 'id', message: 'is taken' }])
}
