import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { audit, type AuditApp } from '../audit/audit.ts'
import type { Db } from '../storage/database.ts'
import type { HookHost } from './hook-host.ts'
import { refuseWhileSwitchedOn } from './lifecycle/switch-lifecycle.ts'
import { missing } from './list-plugins.ts'
import { deletePlugin } from './plugins.store.ts'

/** Agents that name it keep the name: a run of theirs is refused with the reason until it is there again. */
export async function removePlugin(app: AuditApp & { db: Db; hooks: HookHost }, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  const plugin = await app.hooks.find(actor.workspace_id, id)
  if (plugin?.folder) throw new CadreError('PLUGIN_BUNDLED', `'${id}' comes with Cadre and cannot be removed`)
  await refuseWhileSwitchedOn(app, actor, id)
  await app.db.write(async (trx) => {
    if (!(await deletePlugin(trx, actor.workspace_id, id))) throw missing(id)
    await audit(trx, app, actor, { action: 'plugins.remove', target_type: 'plugin', target_id: id })
  })
  return { id, deleted: true }
}
