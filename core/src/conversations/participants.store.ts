import { type Insertable, type Selectable, sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import { fixed, prepared } from '../storage/prepared.ts'
import type { Tables } from '../storage/tables.ts'

export type ParticipantRow = Selectable<Tables['participants']>
/** With what people and agents are called now. The one place outside their own stores that reads these names: a list of conversations in one query. */
export type NamedParticipant = ParticipantRow & { name: string | null; slug: string | null }
export type Party = { kind: string; id: string }

const named = sql`select p.conversation_id, p.kind, p.participant_id, p.role, p.joined_at, p.left_at, p.last_read_seq, p.muted,
    case when p.kind = 'agent' then a.name else u.name end as name, a.slug
  from participants p
  left join agents a on p.kind = 'agent' and a.id = p.participant_id and a.deleted_at is null
  left join users u on p.kind = 'user' and u.id = p.participant_id`

/** Those who are there, in the order in which they came. */
export async function selectParticipants(db: Db['read'], conversationIds: string[]): Promise<NamedParticipant[]> {
  const [only] = conversationIds
  if (only === undefined) return []
  if (conversationIds.length === 1) {
    const { rows } = await fixed<NamedParticipant>`${named}
      where p.conversation_id = ${only} and p.left_at is null order by p.joined_at, p.participant_id`.execute(db)
    return rows
  }
  const { rows } = await sql<NamedParticipant>`${named}
    where p.conversation_id in (${sql.join(conversationIds)}) and p.left_at is null order by p.joined_at, p.participant_id`.execute(db)
  return rows
}

/** Also one who left. */
export async function findParticipant(db: Db['read'], conversationId: string, party: Party): Promise<NamedParticipant | undefined> {
  const { rows } = await fixed<NamedParticipant>`${named}
    where p.conversation_id = ${conversationId} and p.kind = ${party.kind} and p.participant_id = ${party.id}`.execute(db)
  return rows[0]
}

/** Adds, or brings back who had left. @returns false when they were there already. */
export async function putParticipant(trx: Trx, row: Insertable<Tables['participants']>): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('participants')
    .values(row)
    .onConflict((on) =>
      on
        .columns(['conversation_id', 'kind', 'participant_id'])
        .doUpdateSet({ role: row.role, joined_at: row.joined_at, left_at: null, last_read_seq: row.last_read_seq, muted: 0 })
        .where('participants.left_at', 'is not', null),
    )
    .executeTakeFirst()
  return (numInsertedOrUpdatedRows ?? 0n) > 0n
}

export async function markLeft(trx: Trx, conversationId: string, party: Party, now: number): Promise<boolean> {
  const query = trx.updateTable('participants').set({ left_at: now }).where('conversation_id', '=', conversationId).where('kind', '=', party.kind)
  const { numUpdatedRows } = await query.where('participant_id', '=', party.id).where('left_at', 'is', null).executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Never goes back. */
export async function setRead(trx: Trx, conversationId: string, party: Party, seq: number) {
  await fixed`update participants set last_read_seq = ${seq}
    where conversation_id = ${conversationId} and kind = ${party.kind} and participant_id = ${party.id} and last_read_seq < ${seq}`.execute(trx)
}

/** For what retention deleted: nobody has it before them any more. */
export async function setReadOfAll(trx: Trx, conversationId: string, seq: number) {
  await sql`update participants set last_read_seq = ${seq} where conversation_id = ${conversationId} and last_read_seq < ${seq}`.execute(trx)
}

export async function setMuted(trx: Trx, conversationId: string, party: Party, muted: boolean) {
  const query = trx
    .updateTable('participants')
    .set({ muted: muted ? 1 : 0 })
    .where('conversation_id', '=', conversationId)
  await query.where('kind', '=', party.kind).where('participant_id', '=', party.id).execute()
}

export async function selectPeopleOf(db: Db['read'], conversationIds: string[]): Promise<{ conversation_id: string; participant_id: string }[]> {
  if (conversationIds.length === 0) return []
  const query = db.selectFrom('participants').select(['conversation_id', 'participant_id']).where('conversation_id', 'in', conversationIds)
  return query.where('kind', '=', 'user').where('left_at', 'is', null).execute()
}

export async function selectAgentsOf(db: Db['read'], conversationId: string): Promise<string[]> {
  const query = db.selectFrom('participants').select('participant_id').where('conversation_id', '=', conversationId)
  return (await query.where('kind', '=', 'agent').where('left_at', 'is', null).execute()).map((row) => row.participant_id)
}

export async function isMember(db: Db['read'], workspaceId: string, userId: string): Promise<boolean> {
  const query = db.selectFrom('memberships').select('user_id').where('workspace_id', '=', workspaceId).where('user_id', '=', userId)
  return (await query.executeTakeFirst()) !== undefined
}

/** What authors are called now, by kind and id; who is gone is not among them. */
export async function selectNames(db: Db['read'], parties: Party[]): Promise<Map<string, string>> {
  const idsOf = (kind: string) => [...new Set(parties.filter((party) => party.kind === kind).map((party) => party.id))]
  const [agents, users] = [idsOf('agent'), idsOf('user')]
  const found = new Map<string, string>()
  for (const { id, name } of await namesOf(db, agents, agentName, 'agents')) found.set(`agent:${id}`, name)
  for (const { id, name } of await namesOf(db, users, userName, 'users')) found.set(`user:${id}`, name)
  return found
}

type Name = { id: string; name: string }
const agentName = prepared((db) => db.selectFrom('agents').select(['id', 'name']).where('id', '=', ''))
const userName = prepared((db) => db.selectFrom('users').select(['id', 'name']).where('id', '=', ''))

async function namesOf(db: Db['read'], ids: string[], ofOne: typeof userName, table: 'agents' | 'users'): Promise<Name[]> {
  const [only] = ids
  if (only === undefined) return []
  return ids.length === 1 ? ofOne(db, only) : db.selectFrom(table).select(['id', 'name']).where('id', 'in', ids).execute()
}
