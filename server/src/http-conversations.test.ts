import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cadre/core/config'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Cadre, startCadre } from './cadre.ts'
import { openLog } from './log.ts'
import { openEvents } from './test/sockets.ts'

let cadre: Cadre
let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cadre-http-'))
  const config = { ...loadConfig({ env: { CADRE_DATA_DIR: folder }, cwd: folder }), port: 0 }
  cadre = await startCadre({ config, log: openLog(process.env.CADRE_LOG_LEVEL ?? 'silent'), keep_alive_ms: 20 })
  await api('POST', '/agents', { name: 'Helper', system_prompt: 'You help.' })
})
afterAll(async () => {
  await cadre.stop(0)
  rmSync(folder, { recursive: true })
})

async function api(method: string, path: string, body?: object, headers: Record<string, string> = {}) {
  const init = body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
  const response = await fetch(`${cadre.url}/api/v1${path}`, { method, ...init })
  return { status: response.status, headers: response.headers, json: (await response.json()) as any }
}
const begin = async () => (await api('POST', '/conversations', { kind: 'group', participants: [{ kind: 'agent', id: 'helper' }] })).json.data
const say = (id: string, content: string, headers = {}) => api('POST', `/conversations/${id}/messages`, { content }, headers)
const events = (path: string, headers: Record<string, string> = {}) => openEvents(`${cadre.url}/api/v1${path}`, { headers })

test('a conversation over HTTP, from its beginning to its export', async () => {
  const { id } = await begin()
  const sent = await say(id, 'Olá @helper', { 'idempotency-key': 'k1' })
  expect(sent).toMatchObject({ status: 201, json: { success: true, data: { seq: 1, mentions: [{ kind: 'agent' }] } } })
  expect((await say(id, 'Olá @helper', { 'idempotency-key': 'k1' })).json.data.id).toBe(sent.json.data.id)
  expect((await api('GET', `/conversations/${id}/messages?limit=5`)).json).toMatchObject({
    count: 1,
    next_cursor: null,
    data: [{ content: 'Olá @helper' }],
  })
  expect((await api('GET', '/search/messages?q=ola')).json.data).toMatchObject([{ message: { id: sent.json.data.id }, hits: [{ start: 0, end: 3 }] }])
  const reaction = `/messages/${sent.json.data.id}/reactions/${encodeURIComponent('👍🏽')}`
  expect((await api('PUT', reaction)).json.data.reactions).toEqual([{ emoji: '👍🏽', by: [{ kind: 'user', id: 'local' }] }])
  expect((await api('DELETE', reaction)).json.data.reactions).toEqual([])
  expect((await api('GET', `/conversations/${id}/export?format=html`)).json.data.content).toContain('Olá @helper')
  expect((await api('GET', '/conversations?kind=group')).json.data).toEqual(expect.arrayContaining([expect.objectContaining({ id, unread: 0 })]))
})

test.each([
  ['POST', '/conversations', { kind: 'dm', participants: [{ kind: 'user', id: 'x', role: 'owner' }] }, 'participants[0].role'],
  ['POST', '/conversations', { kind: 'dm', policy: { debounce_ms: -1 } }, 'policy.debounce_ms'],
  ['POST', '/conversations', { kind: 'dm', policy: { language: '<b>' } }, 'policy.language'],
  ['POST', '/conversations', { kind: 'dm', policy: { turns: 'push' } }, 'policy.turns'],
  ['POST', '/conversations', { kind: 'dm', policy: { budget: { unit: 'tokens', limit: 0.5 } } }, 'policy.budget.limit'],
  ['PUT', '/conversations/x', { policy: { budget: { unit: 'usd', limit: -1 } } }, 'policy.budget.limit'],
  ['POST', '/conversations/x/messages', { content: 'x'.repeat(200_001) }, 'content'],
  ['POST', '/conversations/x/messages', { content: 'x', author_id: 'somebody' }, 'author_id'],
  ['PUT', '/conversations/x/read', { seq: 'many' }, 'seq'],
  ['GET', '/conversations/x/messages?before=no', undefined, 'before'],
  ['GET', '/search/messages', undefined, 'q'],
  ['PUT', '/messages/x/reactions/a%20b', undefined, 'emoji'],
  ['POST', '/conversations/x/attachments', { name: '../../etc/passwd', content: 'eA==' }, 'name'],
  ['POST', '/conversations/import', { source: 'somewhere', data: [] }, 'source'],
])('%s %s names the field that is wrong', async (method, path, body, field) => {
  const { status, json } = await api(method, path, body)
  expect([status, json.issues?.[0]?.path], JSON.stringify(json)).toEqual([422, field])
})

test('an attachment is saved under its name, and never shown as a page', async () => {
  const { id } = await begin()
  const page = Buffer.from('<html><script>alert(1)</script>ção')
  const { json } = await api('POST', `/conversations/${id}/attachments`, { name: 'Relatório "1".html', content: page.toString('base64') })
  const response = await fetch(`${cadre.url}/api/v1/attachments/${json.data.id}`)
  expect(response.status).toBe(200)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/plain; charset=utf-8',
    'content-disposition': `attachment; filename="Relat_rio _1_.html"; filename*=UTF-8''Relat%C3%B3rio%20%221%22.html`,
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; sandbox",
    'content-length': String(page.length),
  })
  expect(Buffer.from(await response.arrayBuffer())).toEqual(page)
  expect((await api('GET', '/attachments/att_no')).json.code).toBe('ATTACHMENT_NOT_FOUND')
})

test('windows follow a conversation, and go on after Last-Event-ID where they broke off', async () => {
  const { id, last_event } = await begin()
  const window = await events(`/conversations/${id}/events?after=${last_event}`)
  expect(window.response.headers.get('content-type')).toBe('text/event-stream')
  await say(id, 'one')
  expect(await window.nextEvent()).toMatchObject({
    id: `${last_event + 1}`,
    event: 'message',
    data: { type: 'message.created', message: { content: 'one' } },
  })
  await api('POST', `/conversations/${id}/typing`, {})
  expect(await window.nextEvent()).toMatchObject({ id: `${last_event + 1}`, data: { type: 'typing' } })
  window.abort()
  const sending = Promise.all(Array.from({ length: 200 }, (_, i) => say(id, `m${i}`)))
  const seqs: number[] = []
  for (let last = last_event + 1; seqs.length < 200;) {
    const again = await events(`/conversations/${id}/events`, { 'last-event-id': `${last}` })
    for (let i = 0; i < 25 && seqs.length < 200; i++) {
      const event = await again.nextEvent()
      seqs.push((last = Number(event?.id)))
    }
    again.abort()
  }
  await sending
  expect(seqs).toEqual(Array.from({ length: 200 }, (_, i) => last_event + 2 + i))
})

test('one stream tells of all conversations', async () => {
  const sidebar = await events('/events')
  const one = await begin()
  const two = await begin()
  await say(two.id, 'in two')
  await say(one.id, 'in one')
  const seen: string[] = []
  let last: string | undefined
  while (seen.length < 2) {
    const event = await sidebar.nextEvent()
    last = event?.id
    if (event?.data.type === 'message.created') seen.push(event.data.message.content)
  }
  expect(seen).toEqual(['in two', 'in one'])
  sidebar.abort()
  await say(one.id, 'meanwhile')
  const again = await events('/events', { 'last-event-id': last! })
  expect(await again.nextEvent()).toMatchObject({ data: { conversation_id: one.id, message: { content: 'meanwhile' } } })
  again.abort()
})

test('a stream of no conversation, or after no event, is refused before it begins', async () => {
  expect((await api('GET', '/conversations/cnv_no/events')).json.code).toBe('CONVERSATION_NOT_FOUND')
  const { id } = await begin()
  const response = await fetch(`${cadre.url}/api/v1/conversations/${id}/events`, { headers: { 'last-event-id': 'nonsense' } })
  expect(await response.json()).toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: 'Last-Event-ID' }] })
})

test('a deep tree is imported as text', async () => {
  let children: object[] = []
  for (let i = 80; i > 0; i--) children = [{ messageId: `${i}`, text: `m${i}`, isCreatedByUser: i % 2 === 1, children }]
  const data = { conversationId: 'deep', title: 'Deep', recursive: true, messages: children }
  expect((await api('POST', '/conversations/import', { source: 'librechat', data })).json.issues[0].message).toMatch(/nested/)
  const { json } = await api('POST', '/conversations/import', { source: 'librechat', data: JSON.stringify(data) })
  expect(json.data).toMatchObject({ conversations: [{ title: 'Deep', messages: 80 }], skipped: 0, problems: [] })
})
