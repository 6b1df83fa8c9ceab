import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import type { HookHost } from './hook-host.ts'
import { missing } from './list-plugins.ts'
import { deletePlugin } from './plugins.store.ts'

/** Agents that name it keep the name: a run of theirs is refused with the reason until it is there again. */
export async function removePlugin(app: { db: Db; hooks: HookHost }, actor: Actor, id: string): Promise<{ id: string; deleted: true }> {
  requireOwner(actor)
  const plugin = await app.hooks.find(id)
  if (plugin?.folder) throw new CadreError('PLUGIN_BUNDLED', `'${id}' comes with Cadre and cannot be removed`)
  if (!(await app.db.write((trx) => deletePlugin(trx, id)))) throw missing(id)
  return { id, deleted: true }
}
