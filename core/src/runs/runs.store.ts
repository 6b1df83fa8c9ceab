import type { JournalEvent, RunStatus, Waiting } from '@cadre/contract/run-events'
import { type Insertable, type Selectable, sql, type Updateable } from 'kysely'
import type { SeenRuns } from '../agents/sees-runs.ts'
import type { Db, Trx } from '../storage/database.ts'
import { firstIdAt } from '../storage/ids.ts'
import { fromJson } from '../storage/json.ts'
import { fixed, preparedInsert } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

export type RunRow = Selectable<Tables['runs']>
export type NewRun = Insertable<Tables['runs']>
export type RunPatch = Pick<
  Updateable<Tables['runs']>,
  | 'status'
  | 'waiting'
  | 'total_steps'
  | 'tokens_input'
  | 'tokens_output'
  | 'cost'
  | 'output_text'
  | 'error_code'
  | 'error_message'
  | 'completed_at'
  | 'cancel_requested_at'
>
/** One journal row as it is stored: what other rows or columns already say is left out of `data` (journal-codec.ts). */
export type EventRow = { type: JournalEvent['type']; at: number; data: string }

/** What a new run has in the columns that nobody names. */
const empty = {
  data: null,
  output_text: null,
  error_code: null,
  error_message: null,
  waiting: null,
  provider: null,
  model: null,
  cost: null,
  cancel_requested_at: null,
  request_key: null,
  request_hash: null,
  user_id: null,
  key_id: null,
  started_at: null,
  completed_at: null,
  parent_run_id: null,
  depth: 0,
  origin: null,
  history: null,
  agent_version: null,
  retry_of: null,
  forked_from: null,
}

const insertRun = preparedInsert(
  'runs',
  `id, workspace_id, triggered_by, agent_id, status, mode, input, setup, total_steps, tokens_input, tokens_output, attempts, last_seq, token,
    job_id, ip_address, user_agent, created_at, ${Object.keys(empty).join(', ')}`,
  'id',
)

/** Inserts the run, or returns the one already stored under the same request key. */
export async function insertRunOnce(trx: Trx, run: NewRun): Promise<{ row: RunRow; isNew: boolean }> {
  if (run.request_key === null || run.request_key === undefined) {
    const row = { ...empty, ...run }
    await insertRun(trx, row)
    return { row: row as RunRow, isNew: true }
  }
  const inserted = await trx
    .insertInto('runs')
    .values(run)
    .onConflict((on) => on.columns(['workspace_id', 'triggered_by', 'agent_id', 'request_key']).where('request_key', 'is not', null).doNothing())
    .returningAll()
    .executeTakeFirst()
  if (inserted) return { row: inserted, isNew: true }
  const existing = await findRunByRequest(trx, run)
  if (!existing) throw new Error(`run ${run.id}: the run with its request key is gone`)
  return { row: existing, isNew: false }
}

/** The run that the same caller began with the same key. */
export function findRunByRequest(
  db: Db['read'] | Trx,
  of: Pick<NewRun, 'workspace_id' | 'triggered_by' | 'agent_id' | 'request_key'>,
): Promise<RunRow | undefined> {
  return db
    .selectFrom('runs')
    .selectAll()
    .where('workspace_id', '=', of.workspace_id)
    .where('triggered_by', '=', of.triggered_by)
    .where('agent_id', '=', of.agent_id)
    .where('request_key', '=', of.request_key ?? null)
    .executeTakeFirst()
}

// The statements of every run are written out: Kysely builds and compiles a query in 20 µs, five times what SQLite takes to run it.

export async function findRun(db: Db['read'], id: string): Promise<RunRow | undefined> {
  const { rows } = await fixed<RunRow>`select * from runs where id = ${id}`.execute(db)
  return rows[0]
}

/** Those that a run's agents caused and that have not ended. */
export async function selectActiveChildren(db: Db['read'], parentId: string): Promise<string[]> {
  const rows = await db.selectFrom('runs').select('id').where('parent_run_id', '=', parentId).where('completed_at', 'is', null).execute()
  return rows.map(({ id }) => id)
}

/** Runs of a workspace that have ended their execution until a budget is raised or begins anew. */
export async function selectWaitingForBudget(trx: Trx, workspace: string): Promise<{ id: string; token: number }[]> {
  const rows = await trx
    .selectFrom('runs')
    .select(['id', 'token', 'waiting'])
    .where('workspace_id', '=', workspace)
    .where('waiting', 'is not', null)
    .where('status', '=', 'pending')
    .execute()
  return rows.filter(({ waiting }) => (fromJson(waiting ?? 'null') as Waiting | null)?.for === 'budget')
}

/** A run with those above and below it. */
export async function selectFamily(trx: Trx, id: string): Promise<Set<string>> {
  const family = new Set([id])
  for (let below = [id]; below.length > 0;) {
    const rows = await trx.selectFrom('runs').select('id').where('parent_run_id', 'in', below).execute()
    below = rows.map((row) => row.id)
    for (const each of below) family.add(each)
  }
  for (let above: string | null | undefined = id; above;) {
    family.add(above)
    above = (await trx.selectFrom('runs').select('parent_run_id').where('id', '=', above).executeTakeFirst())?.parent_run_id
  }
  return family
}

export async function clearWaiting(trx: Trx, id: string) {
  await trx.updateTable('runs').set({ waiting: null }).where('id', '=', id).where('status', '=', 'pending').execute()
}

/** Holds a run's row until the transaction ends, and says how it stands. */
export function lockRun(trx: Trx, id: string): Promise<Pick<RunRow, 'status' | 'waiting' | 'token' | 'parent_run_id'> | undefined> {
  return trx
    .updateTable('runs')
    .set((is) => ({ status: is.ref('status') }))
    .where('id', '=', id)
    .returning(['status', 'waiting', 'token', 'parent_run_id'])
    .executeTakeFirst()
}

/** How many of these runs wait. */
export async function countWaiting(trx: Trx, ids: readonly string[]): Promise<number> {
  const rows = await trx
    .selectFrom('runs')
    .select('id')
    .where('id', 'in', ids)
    .where('status', '=', 'pending')
    .where('waiting', 'is not', null)
    .execute()
  return rows.length
}

export async function isEnded(db: Db['read'], id: string): Promise<boolean> {
  const row = await db.selectFrom('runs').select('completed_at').where('id', '=', id).executeTakeFirst()
  return row?.completed_at != null
}

/** Takes the run under a lease. Undefined: it is over, or a newer lease holds it. */
export function takeRun(trx: Trx, run: { id: string; token: number; now: number; provider: string; model: string }): Promise<RunRow | undefined> {
  return trx
    .updateTable('runs')
    .set((is) => ({
      status: 'running',
      token: run.token,
      attempts: is('attempts', '+', 1),
      started_at: is.fn.coalesce('started_at', is.val(run.now)),
      waiting: null,
      provider: run.provider,
      model: run.model,
      last_seq: is('last_seq', '+', 1),
    }))
    .where('id', '=', run.id)
    .where('token', '<', run.token)
    .where('completed_at', 'is', null)
    .returningAll()
    .executeTakeFirst()
}

/**
 * Appends journal rows and changes the run with them, in the caller's transaction. Every such write carries the token of the lease:
 * undefined says that the run is over or that a newer lease holds it, and then nothing was written.
 */
export async function appendEvents(trx: Trx, runId: string, token: number, events: EventRow[], patch: RunPatch = {}): Promise<number | undefined> {
  const columns = Object.entries({ waiting: null, ...patch }).map(([column, value]) => sql`${sql.raw(column)} = ${value}`)
  const { rows } = await sql<{ last_seq: number }>`
    update runs set ${sql.join(columns)}, last_seq = last_seq + ${events.length}
    where id = ${runId} and token = ${token} and completed_at is null returning last_seq`.execute(trx)
  const [changed] = rows
  if (!changed) return undefined
  const first = changed.last_seq - events.length + 1
  await insertEvents(trx, runId, first, events)
  return first
}

export async function insertEvents(trx: Trx, runId: string, first: number, events: EventRow[]) {
  const [only] = events
  if (only === undefined) return
  if (events.length === 1) {
    await fixed`insert into run_events (run_id, seq, type, at, data) values (${runId}, ${first}, ${only.type}, ${only.at}, ${only.data})`.execute(trx)
    return
  }
  const values = events.map(({ type, at, data }, i) => sql`(${runId}, ${first + i}, ${type}, ${at}, ${data})`)
  await sql`insert into run_events (run_id, seq, type, at, data) values ${sql.join(values)}`.execute(trx)
}

export type StoredEvent = { seq: number; type: string; at: number; data: string }

/** @param limit the first so many. */
export async function selectEvents(db: Db['read'], runId: string, limit?: number): Promise<StoredEvent[]> {
  if (limit !== undefined)
    return (await fixed<StoredEvent>`select seq, type, at, data from run_events where run_id = ${runId} order by seq limit ${limit}`.execute(db)).rows
  return (await fixed<StoredEvent>`select seq, type, at, data from run_events where run_id = ${runId} order by seq`.execute(db)).rows
}

export type RunFilter = {
  seen: SeenRuns
  agent_id: string | undefined
  status: RunStatus | undefined
  /** Only those that have not ended. */
  live?: boolean
  from: number | undefined
  to: number | undefined
  before: string | undefined
  limit: number
}

/** Newest first. Ids sort by the time of creation, so the key serves times as well. */
export function selectRuns(db: Db['read'], filter: RunFilter): Promise<RunRow[]> {
  const { workspace_id, agents, own } = filter.seen
  let query = db.selectFrom('runs').selectAll().where('workspace_id', '=', workspace_id).orderBy('id', 'desc').limit(filter.limit)
  // Postgres takes no empty list.
  if (agents !== null) query = query.where('agent_id', 'in', [...agents, ''])
  if (own !== null) query = query.where((is) => is.or([is('user_id', '=', own.user_id), is('agent_id', 'in', [...own.agents, ''])]))
  if (filter.agent_id !== undefined) query = query.where('agent_id', '=', filter.agent_id)
  if (filter.status !== undefined) query = query.where('status', '=', filter.status)
  if (filter.live) query = query.where('completed_at', 'is', null)
  if (filter.from !== undefined) query = query.where('id', '>=', firstIdAt('run', filter.from))
  if (filter.to !== undefined) query = query.where('id', '<', firstIdAt('run', filter.to))
  if (filter.before !== undefined) query = query.where('id', '<', filter.before)
  return query.execute()
}

/** Of these runs, the ones that are over: what a process executes although someone else ended it. */
export async function selectEnded(db: Db['read'], ids: string[]): Promise<string[]> {
  if (ids.length === 0) return []
  const rows = await db.selectFrom('runs').select('id').where('id', 'in', ids).where('completed_at', 'is not', null).execute()
  return rows.map((row) => row.id)
}
