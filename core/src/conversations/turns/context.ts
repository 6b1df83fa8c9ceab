import type { HistoryMessage } from '../../runs/start-run.ts'
import type { Db } from '../../storage/database.ts'
import { fromJson } from '../../storage/json.ts'
import type { MessageRow } from '../messages.store.ts'
import { selectNames } from '../participants.store.ts'
import { selectAttached, selectLlmMessages, selectSaid } from './turns.store.ts'

export type TurnContext = { history: HistoryMessage[]; prompt: string; messages: number }
type Turn = { conversation_id: string; thread_id: string | null; agent_id: string; waiting: MessageRow[]; limit: number; several: boolean } & Unseen
/** What came after the plan was made, and what waits for another turn: both are answered then, and would be answered twice if they were shown. */
type Unseen = { up_to: number; later: ReadonlySet<string> }

/**
 * What an agent is shown: the newest messages, its own as an assistant's, all others as a user's, with their names where there are
 * several. An answer stands after what it answers, also where something came between; what is to be answered stands last and is the prompt.
 */
export async function buildContext(db: Db['read'], turn: Turn): Promise<TurnContext> {
  const { conversation_id, thread_id, waiting } = turn
  const asked = new Set(waiting.map(({ id }) => id))
  const found = await selectSaid(db, { conversation_id, thread_id, up_to: turn.up_to, limit: turn.limit + turn.later.size })
  const said = found.filter(({ id }) => !asked.has(id) && !turn.later.has(id))
  const messages = [...inTurns(said).slice(Math.max(0, said.length + waiting.length - turn.limit)), ...waiting]
  const ids = messages.map(({ id }) => id)
  const attachments = await selectAttached(db, ids)
  const names = await selectNames(
    db,
    messages.map((row) => ({ kind: row.author_kind, id: row.author_id })),
  )
  const told = Map.groupBy(await selectLlmMessages(db, ids), ({ message_id }) => message_id)
  const shown = messages.flatMap((row): HistoryMessage[] => {
    const isOwn = row.author_kind === 'agent' && row.author_id === turn.agent_id
    const own = isOwn ? told.get(row.id)?.flatMap(asHistory) : undefined
    if (own && own.length > 0) return own
    const text = withFiles(row, attachments)
    if (text === '') return []
    const name = names.get(`${row.author_kind}:${row.author_id}`)
    return [isOwn ? { role: 'assistant', content: text } : { role: 'user', content: saidBy(turn.several && name, text) }]
  })
  const merged = merge(shown)
  const last = merged.at(-1)
  return { history: merged.slice(0, -1), prompt: last?.content ?? '', messages: messages.length }
}

/** A message with the names of the files that came with it. */
export function withFiles({ id, content }: MessageRow, attachments: { message_id: string; name: string }[]): string {
  const files = attachments.filter(({ message_id }) => message_id === id).map(({ name }) => `[attached file: ${name}]`)
  return [content, ...files].filter((line) => line.trim() !== '').join('\n')
}

export function saidBy(name: string | false | null | undefined, text: string): string {
  return name ? `${name}: ${text}` : text
}

/** An agent's answer goes to what it answers; everything else stands by its number. */
export function inTurns(rows: MessageRow[]): MessageRow[] {
  const byId = new Map(rows.map((row) => [row.id, row]))
  const anchors = new Map<string, number>()
  // By number, so that what an answer answers has its place already.
  for (const row of rows) {
    const parent = row.author_kind === 'agent' && row.parent_id !== null ? byId.get(row.parent_id) : undefined
    anchors.set(row.id, (parent && anchors.get(parent.id)) ?? row.seq)
  }
  return rows.toSorted((a, b) => (anchors.get(a.id) ?? 0) - (anchors.get(b.id) ?? 0) || a.seq - b.seq)
}

function asHistory({ role, content }: { role: string; content: string }): HistoryMessage[] {
  const text = fromJson(content)
  return (role === 'user' || role === 'assistant') && typeof text === 'string' && text !== '' ? [{ role, content: text }] : []
}

/** Some models take only one message of each side at a time. */
function merge(messages: HistoryMessage[]): HistoryMessage[] {
  const merged: HistoryMessage[] = []
  for (const message of messages) {
    const last = merged.at(-1)
    if (last?.role === message.role) merged[merged.length - 1] = { ...last, content: `${last.content}\n\n${message.content}` }
    else merged.push(message)
  }
  // Some take none that begins with an assistant's.
  return merged[0]?.role === 'assistant' ? [{ role: 'user', content: '[The conversation so far:]' }, ...merged] : merged
}
