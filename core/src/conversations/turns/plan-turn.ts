import type { Agent } from '@cadre/contract/agents'
import { type Actor, systemIn } from '../../access/actor.ts'
import { findAgentIfThere } from '../../agents/get-agent.ts'
import type { App } from '../../app.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { mentionsIn } from '../mentions.ts'
import { selectMessagesById } from '../messages.store.ts'
import { type NamedParticipant, selectParticipants } from '../participants.store.ts'
import { policyOf } from '../show-conversation.ts'
import { type Choice, chooseAgents, type Unanswered, type Why } from './choose-agent.ts'
import { buildContext, type TurnContext } from './context.ts'
import { mostInChain, refusalOf } from './loop-guard.ts'
import { findRoom, type Responding, selectResponding, selectSpeakers, selectWaiting, type WaitingRow } from './turns.store.ts'

/** What is to be done about the messages that wait in a conversation, as it looked when it was planned. */
export type Plan =
  | { kind: 'nothing' }
  | { kind: 'busy'; room: ConversationRow; running: Responding[] }
  | { kind: 'nobody'; room: ConversationRow; waiting: WaitingRow[]; refused: Choice['refused'] }
  | Answer

export type Answer = {
  kind: 'answer'
  room: ConversationRow
  agent: Agent
  why: Why
  /** What it answers, all in one thread. */
  waiting: WaitingRow[]
  /** Those who answer the same after it. */
  next: string[]
  refused: Choice['refused']
  context: TurnContext
  /** For whom the run is. */
  actor: Actor
}

export async function planTurn(app: App, conversationId: string): Promise<Plan> {
  const db = app.db.read
  const room = await findRoom(db, conversationId)
  const all = await selectWaiting(db, conversationId)
  if (!room || all.length === 0) return { kind: 'nothing' }
  const running = await selectResponding(db, conversationId)
  if (running.length > 0) return { kind: 'busy', room, running }
  const participants = await selectParticipants(db, [room.id])
  const agents = await agentsOf(app, room, participants)
  const waiting = oneTurnOf(all)
  const first = waiting[0] as WaitingRow
  const alive = waiting.filter((row) => row.deleted_at === null && row.active === 1)
  const nobody = (refused: Choice['refused']): Plan => ({ kind: 'nobody', room, waiting, refused })
  if (alive.length === 0) return nobody([])
  const choice: Choice =
    first.agent_id === '' ? await choose(app, room, alive, participants, agents) : await chosenBefore(app, room, alive, first.agent_id)
  const [best, ...next] = choice.agents
  const agent = agents.find(({ id }) => id === best?.id)
  if (!best || !agent) return nobody(choice.refused)
  const several = participants.length > 2
  const context = await buildContext(db, {
    conversation_id: room.id,
    thread_id: first.thread_id,
    agent_id: agent.id,
    waiting: alive,
    limit: policyOf(room).context_messages,
    several,
    // A message and what waits because of it are one transaction, and numbers become visible in order.
    up_to: Math.max(room.last_seq, ...all.map(({ seq }) => seq)),
    later: new Set(all.filter(({ id }) => !alive.some((row) => row.id === id)).map(({ id }) => id)),
  })
  const actor = await actorOf(app, room, alive)
  return { kind: 'answer', room, agent, why: best.why, waiting, next: next.map(({ id }) => id), refused: choice.refused, context, actor }
}

/**
 * One turn is about one thread, and for who was chosen before, one agent. All that people said there is read together, before what agents
 * said, of which each message is a turn of its own: nobody answers themselves.
 */
function oneTurnOf(all: WaitingRow[]): WaitingRow[] {
  const first = all.find(({ author_kind }) => author_kind !== 'agent') ?? (all[0] as WaitingRow)
  if (first.author_kind === 'agent') return [first]
  return all.filter((row) => row.author_kind !== 'agent' && row.thread_id === first.thread_id && row.agent_id === first.agent_id)
}

async function agentsOf(app: App, room: ConversationRow, participants: NamedParticipant[]): Promise<Agent[]> {
  const ids = participants.filter(({ kind }) => kind === 'agent').map(({ participant_id }) => participant_id)
  return (await Promise.all(ids.map((id) => findAgentIfThere(app, room.workspace_id, id)))).filter((agent) => agent !== undefined)
}

/** How far back it is looked who spoke: a chain and those who are not people are well within. */
const speakers = 4 * mostInChain

async function choose(app: App, room: ConversationRow, rows: WaitingRow[], participants: NamedParticipant[], agents: Agent[]): Promise<Choice> {
  const db = app.db.read
  const people = participants.filter(({ kind }) => kind === 'user').length
  const candidate = ({ id, name, description, role, backstory, goal, system_prompt }: Agent) => ({
    ...{ id, name, description, role, backstory, goal, system_prompt },
    last_seq: 0,
  })
  const asked = rows.map((row): Unanswered => ({
    content: row.content,
    author: { kind: row.author_kind, id: row.author_id },
    hop: row.hop,
    mentioned: [],
    replies_to: null,
  }))
  // Nobody else could be meant.
  if (people <= 1 && agents.length === 1) return chooseAgents(asked, { people, candidates: agents.map(candidate), chain: [], max_hops: 0 })
  const parents = new Map((await selectMessagesById(db, [...new Set(rows.flatMap(({ parent_id }) => parent_id ?? []))])).map((row) => [row.id, row]))
  const messages = asked.map((message, i): Unanswered => {
    const parent = parents.get(rows[i]?.parent_id ?? '')
    // The table of mentions does not keep their order.
    const mentioned = mentionsIn(message.content, participants).flatMap(({ kind, id }) => (kind === 'agent' ? [id] : []))
    return { ...message, mentioned, replies_to: parent?.author_kind === 'agent' ? parent.author_id : null }
  })
  const spoke = await selectSpeakers(db, room.id, speakers)
  const last = (id: string) => spoke.find((each) => each.kind === 'agent' && each.id === id)?.seq ?? 0
  const candidates = agents.map((agent) => ({ ...candidate(agent), last_seq: last(agent.id) }))
  return chooseAgents(messages, { people, candidates, chain: chainOf(spoke), max_hops: policyOf(room).max_hops })
}

/** What agents said since a person last spoke, the oldest first. */
function chainOf(spoke: { kind: string; id: string }[]) {
  const person = spoke.findIndex(({ kind }) => kind === 'user')
  const since = person === -1 ? spoke : spoke.slice(0, person)
  return since
    .filter(({ kind }) => kind === 'agent')
    .map(({ id }) => ({ agent_id: id }))
    .toReversed()
}

/** Others may have spoken since: where agents asked, the limits of their chain are looked at again. */
async function chosenBefore(app: App, room: ConversationRow, rows: WaitingRow[], id: string): Promise<Choice> {
  const asked: Choice = { agents: [{ id, why: 'asked' }], refused: [] }
  if (rows.some(({ author_kind }) => author_kind !== 'agent')) return asked
  const hop = Math.min(...rows.map((row) => row.hop))
  const why = refusalOf(id, hop, chainOf(await selectSpeakers(app.db.read, room.id, speakers)), policyOf(room).max_hops)
  return why ? { agents: [], refused: [{ id, why }] } : asked
}

/** Whoever wrote last; where that was an agent, the person who began the chain. */
async function actorOf(app: App, room: ConversationRow, rows: WaitingRow[]): Promise<Actor> {
  const person = rows.findLast(({ author_kind }) => author_kind === 'user')?.author_id ?? (await personBefore(app, rows)) ?? room.created_by
  return { ...systemIn(room), id: person, user_id: person }
}

async function personBefore(app: App, rows: WaitingRow[]): Promise<string | undefined> {
  let above = rows.at(-1)?.parent_id ?? null
  while (above !== null) {
    const [row] = await selectMessagesById(app.db.read, [above])
    if (!row || row.author_kind === 'user') return row?.author_id
    above = row.parent_id
  }
  return undefined
}
