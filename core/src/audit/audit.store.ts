import { type ExpressionBuilder, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type AuditRow = Tables['audit_log']
export type AuditHead = Omit<Tables['audit_head'], 'id'>
export type AuditFilter = {
  workspace_id: string
  actor?: string | undefined
  action?: string | undefined
  target?: string | undefined
  from?: number | undefined
  to?: number | undefined
}

/** On Postgres the head is held until the transaction ends: the next entry waits for it, so that there is one chain. */
export async function lockHead(trx: Trx, kind: Db['kind']): Promise<AuditHead | null> {
  const query = trx.selectFrom('audit_head').select(headColumns).where('id', '=', 1)
  return (await (kind === 'postgres' ? query.forUpdate() : query).executeTakeFirst()) ?? null
}

export async function selectHead(db: Db['read']): Promise<AuditHead | null> {
  return (await db.selectFrom('audit_head').select(headColumns).where('id', '=', 1).executeTakeFirst()) ?? null
}

/** @returns false when another transaction was quicker. */
export async function insertHead(trx: Trx, head: AuditHead): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('audit_head')
    .values({ id: 1, ...head })
    .onConflict((conflict) => conflict.column('id').doNothing())
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function updateHead(trx: Trx, head: AuditHead) {
  await trx.updateTable('audit_head').set(head).where('id', '=', 1).execute()
}

export async function insertEntry(trx: Trx, row: AuditRow) {
  await trx.insertInto('audit_log').values(row).execute()
}

/** In the order of the chain. */
export function selectChain(db: Db['read'], after: number, limit: number): Promise<AuditRow[]> {
  return db.selectFrom('audit_log').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute()
}

export async function hasEntries(db: Db['read']): Promise<boolean> {
  return (await db.selectFrom('audit_log').select('seq').limit(1).executeTakeFirst()) !== undefined
}

/** The last entry before this time. */
export function selectLastBefore(db: Db['read'], at: number): Promise<Pick<AuditRow, 'seq' | 'hash'> | undefined> {
  // Only a row whose predecessors are all as old: clocks of several servers differ.
  return db
    .selectFrom('audit_log')
    .select(['seq', 'hash'])
    .where('seq', '<', (query) =>
      query
        .selectFrom('audit_log as kept')
        .select((is) => is.fn.coalesce(is.fn.min('kept.seq'), sql<number>`9007199254740991`).as('seq'))
        .where('kept.at', '>=', at),
    )
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst()
}

/** A part at a time, so that others can write in between. @returns how many. */
export async function deleteBelow(trx: Trx, seq: number, limit: number): Promise<number> {
  const { rows } = await sql`
    delete from audit_log where seq in (select seq from audit_log where seq < ${seq} order by seq limit ${limit}) returning seq`.execute(trx)
  return rows.length
}

/** Newest first. `before`: only older than this one. */
export function selectEntries(db: Db['read'], filter: AuditFilter, before: number | null, limit: number): Promise<AuditRow[]> {
  return db
    .selectFrom('audit_log')
    .selectAll()
    .where((is) => is.and(conditions(is, filter, before)))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute()
}

function conditions(
  is: ExpressionBuilder<Tables, 'audit_log'>,
  { workspace_id, actor, action, target, from, to }: AuditFilter,
  before: number | null,
) {
  return [
    is('workspace_id', '=', workspace_id),
    ...(actor === undefined ? [] : [is('actor_id', '=', actor)]),
    // `users` finds `users.create` as well.
    ...(action === undefined
      ? []
      : [is.or([is('action', '=', action), is.and([is('action', '>=', `${action}.`), is('action', '<', `${action}/`)])])]),
    ...(target === undefined ? [] : [is('target_id', '=', target)]),
    ...(from === undefined ? [] : [is('at', '>=', from)]),
    ...(to === undefined ? [] : [is('at', '<', to)]),
    ...(before === null ? [] : [is('seq', '<', before)]),
  ]
}

const headColumns = ['seq', 'hash', 'first_seq', 'first_hash', 'key_id', 'mac'] as const
