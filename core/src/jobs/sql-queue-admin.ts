import { sql } from 'kysely'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { clockSql, leaseMs } from './lease-clock.ts'
import type { Job, JobFilter, JobStatus, Queue } from './queue.ts'

type Admin = Pick<Queue, 'pause' | 'resume' | 'pausedNames' | 'get' | 'list' | 'retry' | 'move' | 'isAhead' | 'inHands' | 'prune' | 'next_run_at'>

const pruneBatch = 1000

/** Looking at the queue and steering it: what people do, not workers. */
export function sqlQueueAdmin(db: Db, now: () => number): Admin {
  const pausedNames = async () => (await db.read.selectFrom('job_pauses').select('name').orderBy('name').execute()).map((row) => row.name)

  return {
    pausedNames,

    async pause(name) {
      const row = { name, paused_at: now() }
      await db.write((trx) =>
        trx
          .insertInto('job_pauses')
          .values(row)
          .onConflict((on) => on.column('name').doNothing())
          .execute(),
      )
    },

    async resume(name) {
      await db.write((trx) => trx.deleteFrom('job_pauses').where('name', '=', name).execute())
    },

    async get(id) {
      const row = await jobs(db).where('jobs.id', '=', id).executeTakeFirst()
      return row && jobOf(row)
    },

    async list(filter = {}) {
      return (await filtered(db, filter).execute()).map(jobOf)
    },

    async move(trx, id, delay_ms) {
      const due = { status: delay_ms > 0 ? 'delayed' : 'waiting', run_at: now() + Math.round(delay_ms) }
      const query = trx.updateTable('jobs').set(due).where('id', '=', id)
      return (await query.where('status', 'in', ['waiting', 'delayed']).executeTakeFirst()).numUpdatedRows > 0n
    },

    async isAhead(trx, id) {
      const query = trx.selectFrom('jobs').select('id').where('id', '=', id)
      return (await query.where('status', 'in', ['waiting', 'delayed']).executeTakeFirst()) !== undefined
    },

    async inHands(name) {
      const { rows } = await sql<{ data: string }>`select data from jobs where status = 'active' and name = ${name} and worker_id in (
        select id from workers where ${sql.raw(clockSql(db.kind))} - heartbeat_at <= ${leaseMs})`.execute(db.read)
      return rows.map(({ data }) => fromJson(data))
    },

    async retry(trx, id) {
      const fresh = { status: 'waiting', attempts: 0, progress: 0, run_at: now(), failure_reason: null, started_at: null, completed_at: null }
      const { numUpdatedRows } = await trx.updateTable('jobs').set(fresh).where('id', '=', id).where('status', '=', 'failed').executeTakeFirst()
      return numUpdatedRows > 0n
    },

    /** Goes by id, which is by creation, and stops at the first job that is too young to be old: it reads what it deletes and little more. */
    async prune(older_than_ms) {
      const before = now() - older_than_ms
      let pruned = 0
      let after = ''
      for (;;) {
        const old = await db.read
          .selectFrom('jobs')
          .select(['id', 'status', 'completed_at'])
          .where('id', '>', after)
          .where('created_at', '<', before)
          .orderBy('id')
          .limit(pruneBatch)
          .execute()
        after = old.at(-1)?.id ?? after
        const ids = old.filter((job) => job.status === 'completed' && (job.completed_at ?? before) < before).map((job) => job.id)
        // The state is asked again: a job may have been started over since.
        if (ids.length > 0) {
          const { numDeletedRows } = await db.write((trx) =>
            trx.deleteFrom('jobs').where('id', 'in', ids).where('status', '=', 'completed').executeTakeFirst(),
          )
          pruned += Number(numDeletedRows)
        }
        if (old.length < pruneBatch) return pruned
      }
    },

    async next_run_at() {
      const row = await db.read
        .selectFrom('jobs')
        .select('run_at')
        .where('status', '=', sql.lit('delayed'))
        .where('name', 'not in', (is) => is.selectFrom('job_pauses').select('job_pauses.name'))
        .orderBy('run_at')
        .limit(1)
        .executeTakeFirst()
      return row?.run_at ?? null
    },
  }
}

function jobs(db: Db) {
  return db.read.selectFrom('jobs').leftJoin('job_pauses', 'job_pauses.name', 'jobs.name').selectAll('jobs').select('job_pauses.paused_at')
}

function filtered(db: Db, { status, name, before, limit = 50 }: JobFilter) {
  let query = jobs(db).orderBy('jobs.id', 'desc').limit(limit)
  if (name !== undefined) query = query.where('jobs.name', '=', name)
  if (before !== undefined) query = query.where('jobs.id', '<', before)
  if (status === 'paused') return query.where('paused_at', 'is not', null).where('jobs.status', 'in', [sql.lit('waiting'), sql.lit('delayed')])
  if (status === 'waiting' || status === 'delayed') query = query.where('paused_at', 'is', null)
  return status === undefined ? query : query.where('jobs.status', '=', sql.lit(status))
}

type Row = NonNullable<Awaited<ReturnType<ReturnType<typeof jobs>['executeTakeFirst']>>>

function jobOf(row: Row): Job {
  const { id, name, priority, progress, attempts, max_attempts, run_at, failure_reason, created_at, started_at, completed_at } = row
  const paused = row.paused_at !== null && (row.status === 'waiting' || row.status === 'delayed')
  return {
    ...{
      id,
      name,
      data: fromJson(row.data),
      priority,
      status: paused ? 'paused' : (row.status as JobStatus),
      progress,
      attempts,
      max_attempts,
      run_at,
    },
    ...{ result: row.result === null ? null : fromJson(row.result), failure_reason, created_at, started_at, completed_at },
  }
}
