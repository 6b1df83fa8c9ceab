import { type RawBuilder, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { newId } from '../storage/ids.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { clockSql, leaseMs } from './lease-clock.ts'
import type { Lease, NewJob, Queue, Reclaimed } from './queue.ts'
import { fixed } from '../storage/prepared.ts'
import { sqlQueueAdmin } from './sql-queue-admin.ts'

export type SqlQueueOptions = {
  now?: () => number
  /** From 0 to below 1, for the jitter. */
  random?: () => number
  lease_ms?: number
}

/** No wait between attempts is longer. */
const maxBackoff = 10 * 60_000

/** The queue in the tables `jobs`, `job_pauses` and `workers` of either database. */
export function sqlQueue(db: Db, { now = Date.now, random = Math.random, lease_ms = leaseMs }: SqlQueueOptions = {}): Queue {
  const held = (trx: Trx, lease: Lease) =>
    trx.updateTable('jobs').where('id', '=', lease.job_id).where('token', '=', lease.token).where('status', '=', 'active')

  return {
    ...sqlQueueAdmin(db, now),

    async enqueue(trx, job) {
      const id = job.id ?? newId('job')
      const row = rowOf(id, job, now())
      await fixed`insert into jobs (id, name, data, priority, max_attempts, run_at, created_at, backoff_ms, status, progress, attempts)
        values (${id}, ${row.name}, ${row.data}, ${row.priority}, ${row.max_attempts}, ${row.run_at}, ${row.created_at}, ${row.backoff_ms}, ${row.status},
          ${row.progress}, ${row.attempts})`.execute(trx)
      return id
    },

    async enqueueHeld(trx, job, worker_id) {
      const at = now()
      const row = { ...rowOf(job.id ?? newId('job'), job, at), status: 'active', worker_id, token: 1, attempts: 1, started_at: at }
      // In the list of a select, Postgres takes a parameter for text unless it is told.
      const { rows } = await fixed`
        insert into jobs (id, name, data, priority, max_attempts, run_at, created_at, backoff_ms, progress, status, worker_id, token, attempts, started_at)
        select ${row.id}, ${row.name}, ${row.data}, cast(${row.priority} as integer), cast(${row.max_attempts} as bigint), cast(${row.run_at} as bigint),
          cast(${row.created_at} as bigint), cast(${row.backoff_ms} as bigint), 0, 'active', ${worker_id}, 1, 1, cast(${at} as bigint)
        where exists (select 1 from workers where id = ${worker_id}) and not exists (select 1 from job_pauses where name = ${job.name})
        returning id`.execute(trx)
      if (rows.length === 0) return undefined
      return leaseOf(row, worker_id)
    },

    claim: (worker_id, names, limit) => db.write((trx) => claim(trx, db.kind, { worker_id, names, limit, now: now() })),

    async complete(trx, lease, result) {
      const { rows } = await fixed`update jobs set status = 'completed', progress = 100, worker_id = null, failure_reason = null,
          completed_at = ${now()}, result = ${result === undefined ? null : toJson(result)}
        where id = ${lease.job_id} and token = ${lease.token} and status = 'active' returning id`.execute(trx)
      return rows.length > 0
    },

    async fail(trx, lease, reason, { final = false, retry_in_ms } = {}) {
      const failed = final || lease.attempt >= lease.max_attempts
      const wait = retry_in_ms ?? random() * Math.min(maxBackoff, lease.backoff_ms * 2 ** (lease.attempt - 1))
      const next = failed ? { status: 'failed', completed_at: now() } : { status: 'delayed', run_at: now() + Math.round(wait), progress: 0 }
      const row = await held(trx, lease)
        .set({ ...next, worker_id: null, failure_reason: reason })
        .executeTakeFirst()
      return changed(row) ? (next.status as 'failed' | 'delayed') : 'stale'
    },

    async release(trx, lease) {
      const back = { status: 'waiting', worker_id: null, progress: 0 }
      return changed(
        await held(trx, lease)
          .set((is) => ({ ...back, attempts: is('attempts', '-', 1) }))
          .executeTakeFirst(),
      )
    },

    async progress(lease, percent) {
      const progress = Math.round(Math.min(100, Math.max(0, percent)))
      return changed(await db.write((trx) => held(trx, lease).set({ progress }).executeTakeFirst()))
    },

    async reclaim({ self, isDead = () => false } = {}) {
      const age = sql<number>`${sql.raw(clockSql(db.kind))} - heartbeat_at`.as('age')
      const workers = await db.read.selectFrom('workers').selectAll().select(age).execute()
      const dead = workers.filter((worker) => worker.id !== self && (worker.age > lease_ms || isDead(worker)))
      if (dead.length === 0 && !(await hasOrphans(db))) return []
      return db.write(async (trx) => {
        for (const worker of dead) {
          // One that has renewed its heartbeat meanwhile stays.
          await trx.deleteFrom('workers').where('id', '=', worker.id).where('heartbeat_at', '=', worker.heartbeat_at).execute()
        }
        return freeOrphans(trx, now())
      })
    },

    async leasesOf(worker_id) {
      const rows = await db.read.selectFrom('jobs').selectAll().where('status', '=', sql.lit('active')).where('worker_id', '=', worker_id).execute()
      return rows.map((row) => leaseOf(row, worker_id))
    },
  }
}

function rowOf(id: string, job: NewJob, now: number) {
  const { name, data, priority = 0, delay_ms = 0, max_attempts = 3, backoff_ms = 1000 } = job
  if (name === '') throw new TypeError('name: a job needs a name')
  if (!Number.isSafeInteger(max_attempts) || max_attempts < 1) throw new TypeError(`max_attempts: must be a whole number from 1, not ${max_attempts}`)
  if (!Number.isInteger(priority)) throw new TypeError(`priority: must be a whole number, not ${priority}`)
  if (!(delay_ms >= 0) || !(backoff_ms >= 0)) throw new TypeError('delay_ms, backoff_ms: must not be negative')
  const at = { run_at: now + Math.round(delay_ms), created_at: now, backoff_ms: Math.round(backoff_ms) }
  return { id, name, data: toJson(data), priority, max_attempts, ...at, status: delay_ms > 0 ? 'delayed' : 'waiting', progress: 0, attempts: 0 }
}

export type Claim = { worker_id: string; names: string[] | null; limit: number; now: number }

/**
 * The states are written out, not parameters, so that SQLite sees that the partial indexes apply; each branch reads the head of one of
 * them. `materialized`: else Postgres may look for due jobs again for every row, and take more than the limit.
 */
export function claimStatement(kind: Db['kind'], { worker_id, names, limit, now }: Claim): RawBuilder<ClaimedRow> {
  const named = names ? sql`and name in (${sql.join(names)})` : sql``
  const lock = kind === 'postgres' ? sql`for update skip locked` : sql``
  const head = (state: RawBuilder<unknown>) => sql`select * from (
      select id, priority, run_at from jobs where ${state} ${named} and name not in (select name from job_pauses)
      order by priority desc, run_at, id limit ${limit} ${lock}) as head`
  return sql<ClaimedRow>`
    with due as materialized (
      select id from (${head(sql`status = 'waiting'`)} union all ${head(sql`status = 'delayed' and run_at <= ${now}`)}) as heads
      where exists (select 1 from workers where id = ${worker_id})
      order by priority desc, run_at, id limit ${limit})
    update jobs set status = 'active', worker_id = ${worker_id}, token = token + 1, attempts = attempts + 1, started_at = ${now}
    from due where jobs.id = due.id
    returning jobs.id, name, data, priority, run_at, attempts, max_attempts, backoff_ms, token`
}

async function claim(trx: Trx, kind: Db['kind'], want: Claim): Promise<Lease[]> {
  if (want.limit < 1 || want.names?.length === 0) return []
  const { rows } = await claimStatement(kind, want).execute(trx)
  const inOrder = rows.toSorted((a, b) => b.priority - a.priority || a.run_at - b.run_at || (a.id < b.id ? -1 : 1))
  return inOrder.map((row) => leaseOf(row, want.worker_id))
}

type ClaimedRow = {
  id: string
  name: string
  data: string
  priority: number
  run_at: number
  attempts: number
  max_attempts: number
  backoff_ms: number
  token: number
}

function leaseOf({ id, name, data, attempts, token, max_attempts, backoff_ms }: Omit<ClaimedRow, 'priority' | 'run_at'>, worker_id: string): Lease {
  return { job_id: id, name, data: fromJson(data), attempt: attempts, token, worker_id, max_attempts, backoff_ms }
}

const orphaned = sql<boolean>`status = 'active' and worker_id not in (select id from workers)`

async function hasOrphans(db: Db): Promise<boolean> {
  return (await db.read.selectFrom('jobs').select('id').where(orphaned).limit(1).executeTakeFirst()) !== undefined
}

/** The attempt that died counts. */
async function freeOrphans(trx: Trx, now: number): Promise<Reclaimed[]> {
  const lost = await trx.selectFrom('jobs').select(['id', 'worker_id']).where(orphaned).execute()
  if (lost.length === 0) return []
  const workerOf = new Map(lost.map((job) => [job.id, job.worker_id ?? '']))
  const { rows } = await sql<Omit<Reclaimed, 'worker_id'>>`
    update jobs set worker_id = null, progress = 0, failure_reason = 'its worker died',
      status = case when attempts >= max_attempts then 'failed' else 'waiting' end,
      completed_at = case when attempts >= max_attempts then cast(${now} as bigint) else null end
    where ${orphaned} and id in (${sql.join([...workerOf.keys()])})
    returning id, name, status, attempts`.execute(trx)
  return rows.map((row) => ({ ...row, worker_id: workerOf.get(row.id) ?? '' }))
}

function changed({ numUpdatedRows }: { numUpdatedRows: bigint }) {
  return numUpdatedRows > 0n
}
