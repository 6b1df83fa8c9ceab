import type { Insertable, Selectable } from 'kysely'
import type { Db, Trx } from '../../storage/database.ts'
import type { Tables } from '../../storage/tables.ts'

export type GrantRow = Selectable<Tables['grants']>
type Ref = Pick<GrantRow, 'user_id' | 'resource_type' | 'resource_id'>

export function selectGrants(db: Db['read'], workspaceId: string, like: Partial<Ref>): Promise<GrantRow[]> {
  let query = db.selectFrom('grants').selectAll().where('workspace_id', '=', workspaceId)
  for (const column of ['user_id', 'resource_type', 'resource_id'] as const) {
    const value = like[column]
    if (value !== undefined) query = query.where(column, '=', value)
  }
  return query.orderBy('resource_type').orderBy('resource_id').orderBy('user_id').execute()
}

export async function putGrantRow(trx: Trx, row: Insertable<Tables['grants']>) {
  await trx
    .insertInto('grants')
    .values(row)
    .onConflict((on) =>
      on
        .columns(['workspace_id', 'user_id', 'resource_type', 'resource_id'])
        .doUpdateSet({ level: row.level, created_by: row.created_by, created_at: row.created_at }),
    )
    .execute()
}

export async function deleteGrantRow(trx: Trx, workspaceId: string, { user_id, resource_type, resource_id }: Ref): Promise<boolean> {
  const { numDeletedRows } = await trx
    .deleteFrom('grants')
    .where('workspace_id', '=', workspaceId)
    .where('user_id', '=', user_id)
    .where('resource_type', '=', resource_type)
    .where('resource_id', '=', resource_id)
    .executeTakeFirst()
  return numDeletedRows > 0n
}
