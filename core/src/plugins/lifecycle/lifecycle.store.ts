import type { Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'

export type SwitchRow = Tables['lifecycle_switches']
export type CountRow = Selectable<Tables['lifecycle_counts']>

export function selectSwitches(db: Db['read'], workspace: string): Promise<SwitchRow[]> {
  return db.selectFrom('lifecycle_switches').selectAll().where('workspace_id', '=', workspace).orderBy('plugin_id').execute()
}

export function findSwitch(db: Db['read'], workspace: string, plugin: string): Promise<SwitchRow | undefined> {
  const query = db.selectFrom('lifecycle_switches').selectAll().where('workspace_id', '=', workspace)
  return query.where('plugin_id', '=', plugin).executeTakeFirst()
}

export async function putSwitch(trx: Trx, row: SwitchRow) {
  const { workspace_id: _, plugin_id: __, ...changed } = row
  await trx
    .insertInto('lifecycle_switches')
    .values(row)
    .onConflict((on) => on.columns(['workspace_id', 'plugin_id']).doUpdateSet(changed))
    .execute()
}

export async function deleteSwitch(trx: Trx, workspace: string, plugin: string) {
  await trx.deleteFrom('lifecycle_switches').where('workspace_id', '=', workspace).where('plugin_id', '=', plugin).execute()
}

export async function deleteCounts(trx: Trx, workspace: string, plugin: string) {
  await trx.deleteFrom('lifecycle_counts').where('workspace_id', '=', workspace).where('plugin_id', '=', plugin).execute()
}

export function selectCounts(db: Db['read'], workspace: string, plugin: string): Promise<CountRow[]> {
  const query = db.selectFrom('lifecycle_counts').selectAll().where('workspace_id', '=', workspace)
  return query.where('plugin_id', '=', plugin).execute()
}

export async function addCounts(trx: Trx, row: CountRow) {
  await trx
    .insertInto('lifecycle_counts')
    .values(row)
    .onConflict((on) =>
      on.columns(['workspace_id', 'plugin_id', 'point']).doUpdateSet((is) => ({
        calls: is('lifecycle_counts.calls', '+', row.calls),
        changed: is('lifecycle_counts.changed', '+', row.changed),
        refused: is('lifecycle_counts.refused', '+', row.refused),
        failed: is('lifecycle_counts.failed', '+', row.failed),
        ...(row.last_failed_at === null ? {} : { last_error: row.last_error, last_failed_at: row.last_failed_at }),
      })),
    )
    .execute()
}
