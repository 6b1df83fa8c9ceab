import type { CreateBudget } from '@cadre/contract/usage'
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

type Words = Pick<CreateBudget, 'scope' | 'period' | 'unit' | 'on_exceed' | 'unknown'>
export type BudgetRow = Omit<Selectable<Tables['budgets']>, keyof Words> & Words

/** Those of a workspace, or of all, in the order in which they were made. */
export async function selectBudgets(db: Db['read'], workspace: string | 'all'): Promise<BudgetRow[]> {
  if (workspace !== 'all') return (await sql<BudgetRow>`select * from budgets where workspace_id = ${workspace} order by id`.execute(db)).rows
  return (await sql<BudgetRow>`select * from budgets order by id`.execute(db)).rows
}

export async function insertBudget(trx: Trx, row: Insertable<Tables['budgets']>) {
  await trx.insertInto('budgets').values(row).execute()
}

/** Undefined: there is none. */
export async function updateBudgetRow(
  trx: Trx,
  workspace: string,
  id: string,
  change: Updateable<Tables['budgets']>,
): Promise<BudgetRow | undefined> {
  return (await trx
    .updateTable('budgets')
    .set(change)
    .where('workspace_id', '=', workspace)
    .where('id', '=', id)
    .returningAll()
    .executeTakeFirst()) as BudgetRow | undefined
}

/** With what it counted. @returns false when there was none. */
export async function deleteBudgetRow(trx: Trx, workspace: string, id: string): Promise<boolean> {
  const { numDeletedRows } = await trx.deleteFrom('budgets').where('workspace_id', '=', workspace).where('id', '=', id).executeTakeFirst()
  if (numDeletedRows === 0n) return false
  await trx.deleteFrom('budget_counters').where('budget_id', '=', id).execute()
  return true
}
