import { CadreError, invalid } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/forgehook'
import type { Plugin } from '@cadre/contract/plugins'
import { type Actor, requireOwner } from '../access/actor.ts'
import { type KeyConfig, seal } from '../access/secrets.ts'
import type { Db } from '../storage/database.ts'
import { toJson } from '../storage/json.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { checkManifest, checkSchemas } from './check-manifest.ts'
import { withHiddenHeaders } from './hidden-headers.ts'
import type { HookHost } from './hook-host.ts'
import { present } from './list-plugins.ts'
import { insertPlugin } from './plugins.store.ts'
import { refuseUngranted } from './refuse-ungranted.ts'

type AddApp = { db: Db; config: KeyConfig; hooks: HookHost; now: () => number }

/** Registers an http ForgeHook. Embedded ones hold code and are installed as folders by whoever runs the server. */
export async function addPlugin(app: AddApp, actor: Actor, manifest: Manifest): Promise<Plugin> {
  requireOwner(actor)
  const { id, runtime } = manifest
  if (runtime.type === 'embedded')
    throw invalid('runtime.type', `embedded ForgeHooks are installed as folders (CADRE_PLUGINS_DIR); here 'http' is possible`)
  checkManifest(manifest)
  checkSchemas(manifest)
  refuseUngranted(manifest, runtime.base_url)
  if ((await app.hooks.all()).some((each) => each.manifest.id === id)) throw taken(id)
  const created_at = app.now()
  const hidden = withHiddenHeaders(manifest)
  const headers = runtime.headers ? seal(app.config, toJson(runtime.headers), `plugins:${id}`) : null
  try {
    await app.db.write((trx) => insertPlugin(trx, id, { manifest: hidden, headers }, actor.id, created_at))
  } catch (error) {
    throw isUniqueViolation(error) ? taken(id) : error
  }
  return present({ manifest: hidden, folder: null, created_at, headers })
}

function taken(id: string) {
  return new CadreError('PLUGIN_ID_TAKEN', `id: there is already a ForgeHook '${id}'`, [{ path: 'id', message: 'is taken' }])
}
