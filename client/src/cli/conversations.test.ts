import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ConversationEvent } from '@cadre/contract/conversation-events'
import type { Conversation } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { CadreError } from '@cadre/contract/errors'
import { ConversationPolicy } from '@cadre/contract/participants'
import { expect, onTestFinished, test } from 'vitest'
import { cadre, hear, startCadre } from '../test/cadre.ts'
import { startWire, stream } from '../test/wire.ts'
import { message as anyMessage } from '../test/room.ts'

const env = { TZ: 'UTC' }
const at = '2024-03-05T10:15:00.000Z'

const message = (seq: number, fields: Partial<Message> = {}) =>
  anyMessage(seq, { author_id: 'local', author_name: null, content: `text ${seq}`, created_at: at, updated_at: at, ...fields })

const answer = message(2, {
  author_kind: 'agent',
  author_id: 'agt_1',
  author_name: 'Helper',
  content: '84,\nas you know',
  edited_at: at,
  reactions: [{ emoji: '👍', by: [{ kind: 'user', id: 'local' }] }],
})
const party = { role: 'member' as const, joined_at: at, last_read_seq: 0, muted: false }
const conversation: Conversation = {
  id: 'cnv_1',
  kind: 'dm',
  project_id: null,
  title: null,
  topic: null,
  policy: ConversationPolicy.parse({}),
  participants: [
    { kind: 'user', id: 'local', name: null, slug: null, ...party },
    { kind: 'agent', id: 'agt_1', name: 'Helper', slug: 'helper', ...party },
  ],
  created_by: 'local',
  created_at: at,
  updated_at: at,
  last_seq: 2,
  last_event: 2,
  last_message_at: at,
  last_message: answer,
  unread: 1,
}
const created = (seq: number, of: Message): ConversationEvent => ({ type: 'message.created', conversation_id: 'cnv_1', seq, at, message: of })

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'cadre-cli-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

test('list and show', async () => {
  const wire = await startWire({
    'conversations.list': () => ({ items: [conversation], next_cursor: null }),
    'messages.list': () => ({ items: [message(1), answer, message(3, { content: '', deleted_at: at })], next_cursor: 'more' }),
  })
  const list = await cadre(['conversations', 'list', '--agent', 'helper', '--all'], { url: wire.url, env })
  expect(wire.inputOf('conversations.list')).toEqual({ agent: 'helper', scope: 'all', limit: 50 })
  expect(list.stdout).toBe(
    'CONVERSATION  KIND  UNREAD  ACTIVE            WHO          LAST\ncnv_1         dm         1  2024-03-05 10:15  you, Helper  Helper: 84, as you know\n',
  )
  const shown = await cadre(['conversations', 'show', 'cnv_1'], { url: wire.url, env })
  expect(shown.stdout).toBe(
    '1  you  2024-03-05 10:15\ntext 1\n\n2  Helper  2024-03-05 10:15  (edited, 👍 1)\n84,\nas you know\n\n3  you  2024-03-05 10:15\n(deleted)\n',
  )
  expect(shown.stderr).toContain('--before 1')
})

test('send: to a conversation, to an agent, from standard input', async () => {
  const wire = await startWire({ 'messages.send': () => message(7), 'conversations.create': () => ({ ...conversation, id: 'cnv_dm' }) })
  const sent = await cadre(['conversations', 'send', 'cnv_1', 'hello', '--key', 'k'], { url: wire.url })
  expect([sent.code, sent.stdout]).toEqual([0, 'msg_7\n'])
  expect(wire.inputOf('messages.send')).toMatchObject({ conversationId: 'cnv_1', content: 'hello', client_key: 'k' })
  await cadre(['conversations', 'send', '--to', 'helper', '-'], { url: wire.url, stdin: 'from a pipe\n' })
  expect(wire.inputOf('conversations.create')).toMatchObject({ kind: 'dm', participants: [{ kind: 'agent', id: 'helper' }] })
  expect(wire.inputOf('messages.send')).toMatchObject({ conversationId: 'cnv_dm', content: 'from a pipe\n' })
  for (const args of [['cnv_1'], ['--to', 'helper'], ['--to', 'helper', 'cnv_1', 'x']])
    expect((await cadre(['conversations', 'send', ...args], { url: wire.url })).code).toBe(2)
})

test('follow: what was said after a number, then what comes, over a server that restarts', async () => {
  const first = await startWire(
    {
      'conversations.get': () => conversation,
      'messages.list': () => ({ items: [answer], next_cursor: null }),
      'conversations.follow': ({ signal }) => stream([created(3, message(3))], { held: signal }),
    },
    { returns: true },
  )
  const child = startCadre(['conversations', 'follow', 'cnv_1', '--after', '1'], { url: first.url, env })
  const [stdout, stderr] = [hear(child.stdout!), hear(child.stderr!)]
  await stdout.until('text 3')
  await first.stop()
  await stderr.until('Trying to come back')
  const deleted: ConversationEvent = { type: 'conversation.deleted', conversation_id: 'cnv_1', seq: 5, at }
  const second = await startWire(
    { 'conversations.follow': ({ lastEventId }) => stream([created(3, message(3)), created(4, message(4)), deleted], { after: lastEventId }) },
    { port: first.port },
  )
  const [code] = await once(child, 'close')
  expect(code).toBe(0)
  expect(stdout.text.match(/^(text|84).*$/gm)).toEqual(['84,', 'text 3', 'text 4'])
  expect(stderr.text).toContain('The conversation was deleted.')
  expect(second.calls.map((call) => call.path)).toEqual(['conversations.follow'])
})

test('follow ends for who was removed', async () => {
  let open = true
  const wire = await startWire({
    'conversations.get': () => conversation,
    'conversations.follow': () => {
      if (!open) throw new CadreError('CONVERSATION_NOT_FOUND', 'there is no conversation')
      open = false
      return stream([created(3, message(3))])
    },
  })
  const { code, stdout } = await cadre(['conversations', 'follow', 'cnv_1', '--json'], { url: wire.url })
  expect([code, JSON.parse(stdout).message.content]).toEqual([0, 'text 3'])
})

test('search and export', async () => {
  const wire = await startWire({
    'messages.search': () => ({ items: [{ message: answer, conversation_title: null, snippet: '84, as', hits: [] }], next_cursor: null }),
    'conversations.export': ({ input }) => ({ name: 'a.md', media_type: 'text/markdown', content: `# as ${input.format}\n` }),
  })
  expect((await cadre(['conversations', 'search', '"as you" -no'], { url: wire.url })).stdout).toContain('cnv_1          2  Helper  84, as')
  expect(wire.inputOf('messages.search')).toEqual({ q: '"as you" -no', limit: 20 })
  expect((await cadre(['conversations', 'export', 'cnv_1'], { url: wire.url })).stdout).toBe('# as markdown\n')
  const out = join(folder(), 'x.html')
  expect((await cadre(['conversations', 'export', 'cnv_1', '--format', 'html', '--out', out], { url: wire.url })).stdout).toBe(`${out}\n`)
  expect(readFileSync(out, 'utf8')).toBe('# as html\n')
})

test('import: a large file in parts, each conversation in one piece', async () => {
  const wire = await startWire({
    'conversations.import': ({ input }) => {
      const items = JSON.parse(input.data) as { id: string }[]
      return { conversations: items.map(({ id }) => ({ id, title: 'T', messages: 2 })), skipped: 1, problems: [{ path: 'data[0]', message: 'odd' }] }
    },
  })
  const path = folder()
  const file = join(path, 'conversations.json')
  writeFileSync(file, JSON.stringify(['a', 'b', 'c'].map((id) => ({ id, text: 'x'.repeat(5_000_000) }))))
  const { code, stdout, stderr } = await cadre(['conversations', 'import', '--from', 'chatgpt', file], { url: wire.url })
  expect([code, stdout]).toEqual([0, 'a  2 messages  T\nb  2 messages  T\nc  2 messages  T\n'])
  expect(stderr).toContain('data[0]: odd')
  expect(stderr).toContain('3 conversations imported, 3 there already.')
  expect(wire.calls).toHaveLength(3)
  writeFileSync(file, '{')
  expect((await cadre(['conversations', 'import', '--from', 'librechat', file], { url: wire.url })).code).toBe(5)
})
