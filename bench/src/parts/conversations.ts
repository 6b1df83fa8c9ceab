import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ListConversations } from '@cadre/contract/conversations'
import { ListMessages, SearchMessages, SendMessage } from '@cadre/contract/messages'
import type { App } from '@cadre/core'
import { localOwner } from '@cadre/core/access/actor'
import { listConversations } from '@cadre/core/conversations/get-conversation'
import { listMessages } from '@cadre/core/conversations/list-messages'
import { LiveConversations } from '@cadre/core/conversations/live-conversations'
import { findMessages } from '@cadre/core/conversations/search-messages'
import { sendMessage } from '@cadre/core/conversations/send-message'
import { Lifecycle } from '@cadre/core/plugins/lifecycle/lifecycle'
import { sqlQueue } from '@cadre/core/jobs/sql-queue'
import { newId } from '@cadre/core/storage/ids'
import { openDatabase } from '@cadre/core/storage/open-database'
import { api, startCadre, temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { residentMemory } from '../machine.ts'
import { type Figure, megabytes, ms, printTable } from '../report.ts'
import { openStreams } from './open-streams.ts'

const total = 1_000_000
const rooms = 1_000
const words = 'time year people way day man thing woman life child world school state family student group country problem hand part'.split(' ')

/** Reading and searching in a database of a million messages, half of them in one conversation. */
export async function conversations(): Promise<Figure[]> {
  const folder = temporaryFolder('bench')
  const file = join(folder.path, 'cadre.db')
  const db = await openDatabase({ file })
  const ids = fill(file)
  const log = { error: (context: object) => console.error(context) }
  const rooms = new LiveConversations({ db, now: Date.now, log })
  const silent = { info: () => {} } as unknown as App['log']
  const none = { invoke: () => Promise.reject(new Error('there are no hooks here')), lifecycleOf: async () => new Map() }
  const lifecycle = new Lifecycle({ db, log: silent, now: Date.now, hooks: none })
  const app = { db, newId, now: Date.now, rooms, queue: sqlQueue(db), log: silent, probe: () => {}, wakeWorkers: () => {}, lifecycle }
  const me = localOwner()
  const any = (i: number) => ids[(i * 7919) % 50] ?? ''
  const send = (i: number) => sendMessage(app, me, any(i), SendMessage.parse({ content: `one more ${i}` }))
  const search = (q: string) => (i: number) => findMessages(app, me, SearchMessages.parse({ q: `${q} m${(i * 7919) % total}`, limit: 20 }))
  const measures: [string, number, (i: number) => Promise<unknown>][] = [
    ['last 20 messages', 2000, (i) => listMessages(app, me, any(i), ListMessages.parse({}))],
    [
      '20 messages in the middle of 500,000',
      1000,
      (i) => listMessages(app, me, ids[0] ?? '', ListMessages.parse({ before: 1000 + ((i * 7919) % 400_000) })),
    ],
    ['50 conversations with unread counts', 500, () => listConversations(app, me, ListConversations.parse({}))],
    ['send', 1000, send],
    ['search, a rare word', 200, search('')],
    ['search, a word of every 20th message', 20, () => findMessages(app, me, SearchMessages.parse({ q: 'woman', limit: 20 }))],
  ]
  const rows = []
  for (const [name, times, run] of measures) rows.push({ name, ...(await percentiles(times, run)) })
  await app.rooms.close()
  await db.close()
  folder.remove()
  printTable(
    [`in ${total.toLocaleString('en')} messages`, 'p50', 'p95'],
    rows.map(({ name, p50, p95 }) => [name, ms(p50), ms(p95)]),
  )
  return rows
    .filter(({ name }) => /^(last 20|50 conv)/.test(name))
    .map(({ name, p50, p95 }) => ({ name: `${name}, p50 and p95`, value: `${ms(p50)}, ${ms(p95)}`, target: '< 5 ms p95', reached: p95 < 5 }))
}

async function percentiles(times: number, run: (i: number) => Promise<unknown>) {
  for (let i = 0; i < 5; i++) await run(i)
  const taken = []
  for (let i = 0; i < times; i++) {
    const start = performance.now()
    await run(i)
    taken.push(performance.now() - start)
  }
  taken.sort((a, b) => a - b)
  return { p50: taken[Math.floor(times * 0.5)] ?? NaN, p95: taken[Math.floor(times * 0.95)] ?? NaN }
}

/** Written as the stores would, without their transactions: some 20 s instead of two minutes. @returns the ids of the conversations. */
function fill(file: string): string[] {
  const db = new DatabaseSync(file)
  db.exec('pragma synchronous = off; pragma cache_size = -200000; begin')
  const ids = Array.from({ length: rooms }, () => newId('cnv'))
  const sizes = ids.map((_, i) => (i === 0 ? total / 2 : Math.floor(total / 2 / (rooms - 1))))
  const conversation = db.prepare(`insert into conversations
    (id, workspace_id, kind, policy, created_by, created_at, updated_at, last_seq, last_event, last_message_at, active_at, title)
    values (?, 'default', 'group', '{}', 'local', 1, 1, ?, 0, ?, ?, 'T')`)
  const participant = db.prepare(
    `insert into participants (conversation_id, kind, participant_id, role, joined_at, last_read_seq, muted) values (?, 'user', ?, 'owner', 1, ?, 0)`,
  )
  const message = db.prepare(`insert into messages
    (num, id, conversation_id, seq, author_kind, author_id, content, status, active, hop, created_at, updated_at, deleted_at)
    values (?, ?, ?, ?, 'user', 'somebody', ?, 'sent', 1, 0, ?, ?, ?)`)
  const index = db.prepare('insert into message_search (rowid, words, scope) values (?, ?, ?)')
  let num = 0
  for (const [i, id] of ids.entries()) {
    const size = sizes[i] ?? 0
    conversation.run(id, size, num + size, num + size)
    // Behind by up to a thousand messages, every hundredth of which is deleted.
    for (const person of ['local', 'somebody']) participant.run(id, person, Math.max(0, size - i * 3))
    for (let seq = 1; seq <= size; seq++) {
      num += 1
      const text = `m${num} ${words[num % 20]} ${words[(num * 7) % 20]} ${words[(num * 13) % 20]} and what else there is to say`
      message.run(num, newId('msg'), id, seq, text, num, num, seq % 100 === 0 ? num : null)
      index.run(num, text, id.slice(4))
    }
  }
  db.exec('commit')
  db.close()
  return ids
}

/** What the server holds in memory with so many open event streams, and after they were dropped. */
export async function streams(): Promise<Figure[]> {
  const count = 5_000
  const folder = temporaryFolder('bench')
  const server = await startCadre(folder.path)
  const project = await api<{ id: string }>(server.url, 'POST', '/projects', { name: 'P' })
  const room = (title: string) => api<{ id: string }>(server.url, 'POST', '/conversations', { kind: 'channel', title, project_id: project.id })
  const made = []
  for (let i = 0; i < 50; i++) made.push((await room(`c${i}`)).id)
  const say = (id: string) => api(server.url, 'POST', `/conversations/${id}/messages`, { content: 'hello' })
  await say(made[0] ?? '')
  const idle = residentMemory(server.pid)
  const paths = [...made.map((id) => `/api/v1/conversations/${id}/events`), '/api/v1/events']
  const open = await openStreams(
    server.url,
    Array.from({ length: count }, (_, i) => paths[i % paths.length] ?? ''),
  )
  const opened = residentMemory(server.pid)
  const start = performance.now()
  for (const id of made) await say(id)
  await open.received(count)
  const took = performance.now() - start
  const full = residentMemory(server.pid)
  await open.close()
  let after = Infinity
  for (let i = 0; i < 20; i++) {
    await say(made[0] ?? '')
    await new Promise((resolve) => setTimeout(resolve, 250))
    after = Math.min(after, residentMemory(server.pid))
  }
  await server.stop()
  folder.remove()
  printTable(
    ['resident memory', 'idle', `${count} streams`, 'after 50 messages to them', 'after they left'],
    [['the server', ...[idle, opened, full, after].map(megabytes)]],
  )
  return [
    { name: `${count} open streams`, value: megabytes(opened), target: '< 500 MB', reached: opened < 500e6 },
    { name: 'after 50 messages to them', value: megabytes(full), target: '< 500 MB', reached: full < 500e6 },
    { name: `50 messages to ${count} streams, until all have one`, value: ms(took) },
    { name: 'memory after the streams left, of that before', value: (after / idle).toFixed(2) },
  ]
}
