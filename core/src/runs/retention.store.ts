import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { firstIdAt } from '../storage/ids.ts'

// Like the erasing of a person, retention goes across the tables: everything that hangs on a run goes with it.

type Old = { before: number; after: string; limit: number }

/** Runs that ended before, the oldest first. One whose parent still works is kept: the parent may want its answer again. */
export async function selectOld(db: Db['read'], { before, after, limit }: Old): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from runs as r where id > ${after} and id < ${firstIdAt('run', before)} and completed_at < ${before}
      and not exists (select 1 from runs as p where p.id = r.parent_run_id and p.completed_at is null)
    order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

export type Reference = { run_id: string; text: string }

/** Of these runs, all that may name a blob. */
export async function selectReferences(db: Db['read'] | Trx, runIds: string[]): Promise<Reference[]> {
  if (runIds.length === 0) return []
  const ids = sql.join(runIds)
  const { rows } = await sql<Reference>`
    select run_id, data as text from run_events where run_id in (${ids}) and data like ${'%"$blob"%'}
    union all select id, data from runs where id in (${ids}) and data like ${'%"$blob"%'}
    union all select id, history from runs where id in (${ids}) and history like ${'%"$blob"%'}
    union all select run_id, input from approvals where run_id in (${ids}) and input like ${'%"$blob"%'}
    union all select run_id, edited_input from approvals where run_id in (${ids}) and edited_input like ${'%"$blob"%'}`.execute(db)
  return rows
}

export async function selectRunIds(db: Db['read'], after: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from runs where id > ${after} order by id limit ${limit}`.execute(db)
  return rows.map(({ id }) => id)
}

/** Runs whose journals may have grown since then: those that were at work (`live`) are the caller's to remember. */
export async function selectBegunSince(trx: Trx, ms: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from runs where id >= ${firstIdAt('run', ms)}`.execute(trx)
  return rows.map(({ id }) => id)
}

export async function selectLive(db: Db['read']): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`select id from runs where completed_at is null`.execute(db)
  return rows.map(({ id }) => id)
}

/** What ForgeHooks keep as blobs stands in their manifests by its hash. */
export async function selectManifests(db: Db['read'] | Trx): Promise<string[]> {
  const { rows } = await sql<{ manifest: string }>`select manifest from plugins`.execute(db)
  return rows.map(({ manifest }) => manifest)
}

/** Nobody puts a blob until the transaction ends, and whoever has put one has committed what refers to it. On SQLite nobody else writes anyway. */
export async function lockBlobs(trx: Trx, kind: Db['kind']) {
  if (kind === 'postgres') await sql`lock table blobs in share row exclusive mode`.execute(trx)
}

export async function deleteBlobs(trx: Trx, hashes: string[]) {
  if (hashes.length > 0) await sql`delete from blobs where hash in (${sql.join(hashes)})`.execute(trx)
}

/** @returns how many runs there were. Figures by day, hour and agent stay, and so do messages. */
export async function deleteRuns(trx: Trx, runIds: string[]): Promise<number> {
  const ids = sql.join(runIds)
  await sql`delete from run_events where run_id in (${ids})`.execute(trx)
  await sql`delete from approvals where run_id in (${ids})`.execute(trx)
  await sql`delete from run_labels where root_run_id in (${ids})`.execute(trx)
  await sql`delete from usage_calls where run_id in (${ids})`.execute(trx)
  const { rows } = await sql`delete from runs where id in (${ids}) and completed_at is not null returning id`.execute(trx)
  return rows.length
}
