import { type Selectable, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fixed } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'
import { type Own, ownIds } from './conversations.store.ts'

export type EventRow = Selectable<Tables['conversation_events']>
export type EventRowIn = EventRow & { workspace_id: string; kind: string }

/** So many rows in one statement: databases have a limit for the values of one, which a long branch comes to. */
const atOnce = 1_000

/**
 * The number of the first of so many new events. On Postgres the conversation stays locked to the end of the transaction, so that they become
 * visible in order.
 */
export async function takeEventNumbers(trx: Trx, conversationId: string, events: number): Promise<number> {
  const { rows } = await fixed<{ last_event: number }>`
    update conversations set last_event = last_event + ${events} where id = ${conversationId} returning last_event`.execute(trx)
  return (rows[0]?.last_event ?? 0) - events + 1
}

/** @param first a number that was taken in this transaction, as were those that follow it. */
export async function insertEvents(trx: Trx, conversationId: string, first: number, at: number, events: { type: string; data: string }[]) {
  const [only] = events.length === 1 ? events : []
  if (only) {
    await fixed`insert into conversation_events (conversation_id, seq, type, at, data)
      values (${conversationId}, ${first}, ${only.type}, ${at}, ${only.data})`.execute(trx)
    return
  }
  const values = events.map(({ type, data }, i) => sql`(${conversationId}, ${first + i}, ${type}, ${at}, ${data})`)
  for (let i = 0; i < values.length; i += atOnce)
    await sql`insert into conversation_events (conversation_id, seq, type, at, data) values ${sql.join(values.slice(i, i + atOnce))}`.execute(trx)
}

export async function selectEvents(db: Db['read'], conversationId: string, after: number, limit: number): Promise<EventRow[]> {
  const { rows } = await fixed<EventRow>`select pos, conversation_id, seq, type, at, data from conversation_events
    where conversation_id = ${conversationId} and seq > ${after} order by seq limit ${limit}`.execute(db)
  return rows
}

/**
 * Where reading can go on later so that nothing is missed. On SQLite, which has one writer, the last row. On Postgres the oldest
 * transaction that is still open: whatever is not visible yet was written by it or a later one.
 */
export async function selectPosition(db: Db['read'], kind: Db['kind']): Promise<number> {
  const query =
    kind === 'sqlite'
      ? sql<{ pos: number }>`select coalesce(max(pos), 0) as pos from conversation_events`
      : sql<{ pos: number }>`select pg_snapshot_xmin(pg_current_snapshot())::text::bigint as pos`
  return (await query.execute(db)).rows[0]?.pos ?? 0
}

export type EventPage = { pos: number; conversation_id: string; seq: number }

/**
 * Events of all conversations from a position on; on Postgres some that were read before come again. There a transaction may have its
 * number before it waits for the lock of the conversation: `inOrder` puts right what is read together.
 * @param last the last row of the page before.
 * @param of only those that a person sees.
 */
export async function selectEventsFrom(
  db: Db['read'],
  kind: Db['kind'],
  from: number,
  last: EventPage | undefined,
  limit: number,
  of?: Own,
): Promise<EventRowIn[]> {
  const where = [
    // A restored dump brings rows of a cluster that had come further: they are not new.
    kind === 'sqlite' ? sql`e.pos > ${from}` : sql`e.pos >= ${from} and e.pos < pg_snapshot_xmax(pg_current_snapshot())::text::bigint`,
    ...(last ? [sql`(e.pos, e.conversation_id, e.seq) > (${last.pos}, ${last.conversation_id}, ${last.seq})`] : []),
    ...(of ? [sql`c.workspace_id = ${of.workspace_id} and e.conversation_id in (${ownIds(of)})`] : []),
  ]
  return selectRowsIn(db, where, limit)
}

/** What a reader on Postgres sees, and from where whoever has seen it can go on by `selectEventsFrom`. */
export async function selectSnapshot(db: Db['read']): Promise<{ snapshot: string; from: number }> {
  const query = sql<{ snapshot: string; from: number }>`
    select s::text as snapshot, pg_snapshot_xmin(s)::text::bigint as from from pg_current_snapshot() s`
  return (await query.execute(db)).rows[0] as { snapshot: string; from: number }
}

/**
 * On Postgres exactly what one snapshot sees and another did not, however long transactions stay open elsewhere. `inOrder` puts right what
 * is read together.
 */
export async function selectEventsBetween(
  db: Db['read'],
  { since, until }: { since: string; until: string },
  last: EventPage | undefined,
  limit: number,
): Promise<EventRowIn[]> {
  const xid = sql`e.pos::text::xid8`
  const where = [
    sql`e.pos >= pg_snapshot_xmin(${since}::pg_snapshot)::text::bigint and e.pos < pg_snapshot_xmax(${until}::pg_snapshot)::text::bigint`,
    sql`not pg_visible_in_snapshot(${xid}, ${since}::pg_snapshot) and pg_visible_in_snapshot(${xid}, ${until}::pg_snapshot)`,
    ...(last ? [sql`(e.pos, e.conversation_id, e.seq) > (${last.pos}, ${last.conversation_id}, ${last.seq})`] : []),
  ]
  return selectRowsIn(db, where, limit)
}

async function selectRowsIn(db: Db['read'], where: ReturnType<typeof sql>[], limit: number): Promise<EventRowIn[]> {
  const { rows } = await sql<EventRowIn>`select e.pos, e.conversation_id, e.seq, e.type, e.at, e.data, c.workspace_id, c.kind
    from conversation_events e join conversations c on c.id = e.conversation_id
    where ${sql.join(where, sql` and `)} order by e.pos, e.conversation_id, e.seq limit ${limit}`.execute(db)
  return rows
}

/** The same rows, those of each conversation among themselves in order. */
export function inOrder<R extends { conversation_id: string; seq: number }>(rows: R[]): R[] {
  const queues = Map.groupBy(rows, (row) => row.conversation_id)
  for (const queue of queues.values()) queue.sort((a, b) => b.seq - a.seq)
  return rows.map((row) => queues.get(row.conversation_id)?.pop() ?? row)
}

/** For what retention deleted. @returns how many. */
export async function deleteEventsBefore(trx: Trx, conversationId: string, time: number): Promise<number> {
  const { numDeletedRows } = await trx
    .deleteFrom('conversation_events')
    .where('conversation_id', '=', conversationId)
    .where('at', '<', time)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
