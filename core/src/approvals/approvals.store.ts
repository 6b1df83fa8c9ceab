import type { ApprovalStatus } from '@cadre/contract/approvals'
import type { SeenRuns } from '../agents/sees-runs.ts'
import type { Db, Trx } from '../storage/database.ts'
import type { ApprovalRow, Decided, LabelRow, RuleRow } from './rows.ts'

export async function insertApproval(trx: Trx, row: ApprovalRow) {
  await trx.insertInto('approvals').values(row).execute()
}

export function findApproval(db: Db['read'], id: string): Promise<ApprovalRow | undefined> {
  return db.selectFrom('approvals').selectAll().where('id', '=', id).executeTakeFirst()
}

export function findApprovalOfStep(db: Db['read'], runId: string, step: number): Promise<ApprovalRow | undefined> {
  return db.selectFrom('approvals').selectAll().where('run_id', '=', runId).where('step', '=', step).executeTakeFirst()
}

export type ApprovalFilter = {
  seen: SeenRuns
  status: ApprovalStatus | undefined
  run_id: string | undefined
  agent_id: string | undefined
  before: string | undefined
  limit: number
}

/** Newest first; ids sort by the time of creation. */
export function selectApprovals(db: Db['read'], filter: ApprovalFilter): Promise<ApprovalRow[]> {
  const { workspace_id, agents, own } = filter.seen
  let query = db.selectFrom('approvals').selectAll().where('workspace_id', '=', workspace_id).orderBy('id', 'desc').limit(filter.limit)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.run_id !== undefined) query = query.where('run_id', '=', filter.run_id)
  if (filter.agent_id !== undefined) query = query.where('agent_id', '=', filter.agent_id)
  // Postgres takes no empty list.
  if (agents !== null) query = query.where('agent_id', 'in', [...agents, ''])
  if (own !== null) query = query.where((is) => is.or([is('user_id', '=', own.user_id), is('agent_id', 'in', [...own.agents, ''])]))
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return query.execute()
}

/** Decides once. Undefined: it is decided. */
export function settleApproval(trx: Trx, id: string, change: Decided): Promise<ApprovalRow | undefined> {
  return trx.updateTable('approvals').set(change).where('id', '=', id).where('status', '=', 'pending').returningAll().executeTakeFirst()
}

/** Of these, the ones that are decided. */
export function selectDecided(trx: Trx, ids: readonly string[]): Promise<{ id: string }[]> {
  return trx.selectFrom('approvals').select('id').where('id', 'in', ids).where('status', '!=', 'pending').execute()
}

export async function cancelPending(trx: Trx, runId: string, at: number) {
  await trx
    .updateTable('approvals')
    .set({ status: 'cancelled', decided_at: at })
    .where('run_id', '=', runId)
    .where('status', '=', 'pending')
    .execute()
}

/** What stands for later calls of a tool: rules, and what was approved for the whole of this run. */
export async function selectStanding(db: Db['read'], call: { workspace_id: string; agent_id: string; run_id: string; tool: string }) {
  const [rules, ofRun] = await Promise.all([
    db
      .selectFrom('approval_rules')
      .select('pattern')
      .where('workspace_id', '=', call.workspace_id)
      .where('tool', '=', call.tool)
      .where((is) => is.or([is('agent_id', '=', call.agent_id), is('agent_id', 'is', null)]))
      .execute(),
    db
      .selectFrom('approvals')
      .select('pattern')
      .where('run_id', '=', call.run_id)
      .where('tool', '=', call.tool)
      .where('status', '=', 'approved')
      .where('scope', '=', 'run')
      .execute(),
  ])
  return [...rules, ...ofRun].map(({ pattern }) => pattern)
}

export async function insertRule(trx: Trx, row: RuleRow) {
  await trx.insertInto('approval_rules').values(row).execute()
}

export type RuleFilter = { workspace_id: string; agents: readonly string[] | null; before: string | undefined; limit: number }

export function selectRules(db: Db['read'], filter: RuleFilter): Promise<RuleRow[]> {
  let query = db.selectFrom('approval_rules').selectAll().where('workspace_id', '=', filter.workspace_id).orderBy('id', 'desc').limit(filter.limit)
  if (filter.agents !== null) query = query.where('agent_id', 'in', [...filter.agents, ''])
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return query.execute()
}

/** Undefined: there is none. */
export function deleteRule(trx: Trx, workspaceId: string, id: string): Promise<RuleRow | undefined> {
  return trx.deleteFrom('approval_rules').where('id', '=', id).where('workspace_id', '=', workspaceId).returningAll().executeTakeFirst()
}

/** Keeps the first of each label. */
export async function insertLabels(trx: Trx, rows: LabelRow[]) {
  if (rows.length === 0) return
  await trx
    .insertInto('run_labels')
    .values(rows)
    .onConflict((on) => on.columns(['root_run_id', 'label']).doNothing())
    .execute()
}

export async function selectLabels(db: Db['read'], rootRunId: string): Promise<LabelRow[]> {
  return (await db.selectFrom('run_labels').selectAll().where('root_run_id', '=', rootRunId).execute()) as LabelRow[]
}
