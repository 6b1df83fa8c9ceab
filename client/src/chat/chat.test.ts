import { CadreError } from '@cadre/contract/errors'
import { withEventMeta } from '@orpc/server'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from '../client.ts'
import { at, message, party, stage } from '../test/room.ts'
import { pending, run } from '../test/samples.ts'
import { type Answer, startWire } from '../test/wire.ts'
import type { ChatState } from './chat-state.ts'
import { openChat } from './open-chat.ts'

async function open(answers: Record<string, Answer>) {
  const wire = await startWire(answers)
  const chat = openChat(createClient({ url: wire.url }), 'cnv_1', { schedule: (tell) => queueMicrotask(tell), wait_ms: [1, 1], look_ms: 5 })
  onTestFinished(chat.close)
  const until = (fits: (state: ChatState) => boolean) =>
    new Promise<ChatState>((resolve) => {
      const look = () => {
        if (!fits(chat.getState())) return
        stop()
        resolve(chat.getState())
      }
      const stop = chat.subscribe(look)
      look()
    })
  return { wire, chat, until }
}

const isLive = ({ connection }: ChatState) => connection === 'live'
const said = ({ page }: ChatState) => page.messages.map(({ content }) => content)

test('the newest messages, then what happens to them; what did not change is the same object', async () => {
  const { answers, tell } = stage()
  const { chat, until } = await open(answers)
  const [first] = (await until(isLive)).page.messages
  tell(
    { seq: 3, type: 'message.created', message: message(3, { author_id: 'usr_2' }) },
    { seq: 4, type: 'reaction.added', message_id: 'msg_2', emoji: '👍', by: { kind: 'user', id: 'usr_2' } },
    { seq: 5, type: 'message.deleted', message_id: 'msg_3', message_seq: 3 },
    { seq: 6, type: 'participant.joined', participant: party('user', 'usr_3') },
  )
  const state = await until(({ conversation }) => conversation?.participants.length === 3)
  expect(said(state)).toEqual(['message 1', 'message 2', ''])
  expect(state.page.messages[1]?.reactions).toEqual([{ emoji: '👍', by: [{ kind: 'user', id: 'usr_2' }] }])
  expect(state.page.messages[0]).toBe(first)
  expect(chat.getState()).toBe(state)
})

test('a connection that breaks is made again from the last event, and nothing is missed or comes twice', async () => {
  const { answers, tell, cut, asked } = stage()
  const { until } = await open(answers)
  await until(isLive)
  tell({ seq: 3, type: 'message.created', message: message(3) })
  await until(({ page }) => page.messages.length === 3)
  cut()
  tell({ seq: 4, type: 'message.created', message: message(4) })
  tell({ seq: 5, type: 'reaction.added', message_id: 'msg_4', emoji: '👍', by: { kind: 'user', id: 'usr_2' } })
  const state = await until(({ page }) => page.messages.length === 4 && page.messages[3]?.reactions.length === 1)
  expect(said(state)).toEqual(['message 1', 'message 2', 'message 3', 'message 4'])
  expect(asked).toEqual(['2', '3'])
})

test('an answer is shown as it comes, and is a message in the end', async () => {
  const { answers, tell } = stage()
  answers['conversations.agents'] = () => ({
    items: [{ agent_id: 'agt_1', name: 'Helper', slug: 'helper', status: 'busy', waits: false, run_id: 'run_1' }],
    next_cursor: null,
  })
  answers['runs.get'] = () => run(pending)
  answers['runs.follow'] = async function* ({ signal }) {
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
    yield* []
  }
  const { until } = await open(answers)
  await until(isLive)
  // Who comes while it is at work follows its run; what it was asked in that moment is told from the beginning.
  await until(({ answers }) => answers[0]?.run_id === 'run_1')
  tell({ seq: 3, type: 'agent.responding', agent_id: 'agt_1', job_id: 'job_1', run_id: 'run_2', message_ids: ['msg_2'] })
  const delta = (part: number, text: string) => ({
    seq: 3,
    type: 'message.delta' as const,
    message_id: 'msg_9',
    run_id: 'run_2',
    part,
    kind: 'text' as const,
    text,
  })
  tell(delta(0, 'On'), delta(1, 'ce'))
  expect((await until(({ answers }) => answers.some(({ text }) => text === 'Once'))).answers.find(({ run_id }) => run_id === 'run_2')).toMatchObject({
    stage: 'writing',
    thread_id: null,
  })
  // Begun again: what was shown before is no answer.
  tell(delta(0, 'Anew'))
  await until(({ answers }) => answers.some(({ text }) => text === 'Anew'))
  tell({ seq: 4, type: 'message.created', message: message(3, { author_kind: 'agent', author_id: 'agt_1', run_id: 'run_2', content: 'Anew.' }) })
  expect((await until(({ page }) => page.messages.length === 3)).answers.some(({ run_id }) => run_id === 'run_2')).toBe(false)
})

test('text that was missed is taken from the run, and what it waits for is told', async () => {
  const { answers, tell } = stage()
  const busy = { agent_id: 'agt_1', name: 'Helper', slug: 'helper', status: 'busy' as const, waits: false, run_id: 'run_1' }
  let items: (typeof busy)[] = []
  answers['conversations.agents'] = () => ({ items, next_cursor: null })
  answers['runs.get'] = () => run(pending)
  answers['runs.follow'] = async function* ({ signal }) {
    yield withEventMeta({ type: 'text.delta', seq: 1, call: 1, part: 0, kind: 'text', text: 'all of it' }, { id: '1.1.0' })
    yield withEventMeta(
      { type: 'run.waiting', seq: 2, at, waiting: { for: 'approval', until: null, reason: 'mail__send has to be approved', step: 1 } },
      { id: '2' },
    )
    await new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve()))
  }
  const { until } = await open(answers)
  await until(isLive)
  items = [busy]
  tell({ seq: 3, type: 'agent.responding', agent_id: 'agt_1', job_id: 'job_1', run_id: 'run_1', message_ids: ['msg_2'] })
  tell({ seq: 3, type: 'message.delta', message_id: 'msg_9', run_id: 'run_1', part: 4, kind: 'text', text: 'of it' })
  const state = await until(({ answers }) => answers[0]?.stage === 'approval')
  expect(state.answers).toMatchObject([{ agent_id: 'agt_1', text: 'all of it', note: 'mail__send has to be approved' }])
  items = []
  tell({ seq: 4, type: 'job.completed', agent_id: 'agt_1', job_id: 'job_1', run_id: 'run_1' })
  await until(({ answers }) => answers.length === 0)
})

test('nobody is shown at work whom the server does not know of', async () => {
  const { answers, tell } = stage()
  const { until } = await open(answers)
  await until(isLive)
  tell({ seq: 3, type: 'agent.responding', agent_id: 'agt_1', job_id: 'job_1', run_id: 'run_gone', message_ids: [] })
  await until(({ answers }) => answers.length === 1)
  await until(({ answers }) => answers.length === 0)
})

test('a message is sent until the server takes it, with one key, and stands there once', async () => {
  const { answers, tell } = stage()
  const keys = new Set<string>()
  let tries = 0
  answers['messages.send'] = ({ input }) => {
    keys.add(input.client_key)
    if (++tries < 3) throw new CadreError('UNAVAILABLE', 'not now')
    const stored = message(3, { content: input.content })
    tell({ seq: 3, type: 'message.created', message: stored })
    return stored
  }
  const { chat, until } = await open(answers)
  await until(isLive)
  chat.send({ content: 'hello' })
  await until(({ pending }) => pending.length === 1)
  const state = await until(({ pending, page }) => pending.length === 0 && page.messages.length === 3)
  expect(said(state)).toEqual(['message 1', 'message 2', 'hello'])
  expect([tries, keys.size]).toEqual([3, 1])
})

test('what is refused says why, and can be sent again or discarded', async () => {
  const { answers } = stage()
  answers['messages.send'] = () => {
    throw new CadreError('FORBIDDEN', 'not you')
  }
  const { chat, until } = await open(answers)
  await until(isLive)
  chat.send({ content: 'hello' })
  const { pending } = await until(({ pending }) => pending[0]?.error !== null && pending.length === 1)
  expect(pending[0]?.error?.message).toBe('not you')
  answers['messages.send'] = ({ input }) => message(3, { content: input.content })
  chat.resend(pending[0]?.key ?? '')
  expect(said(await until(({ pending }) => pending.length === 0))).toContain('hello')
})

test('older messages are loaded as far back as one is looked for', async () => {
  const { answers } = stage()
  answers['messages.list'] = ({ input }) => {
    const before: number = input.before ?? 101
    const from = Math.max(1, before - 40)
    const items = Array.from({ length: before - from }, (_, n) => message(from + n))
    return { items, next_cursor: from > 1 ? 'more' : null }
  }
  const { chat, until } = await open(answers)
  await until(isLive)
  const [found] = await Promise.all([chat.loadTo(2), chat.loadOlder()])
  expect(found?.id).toBe('msg_2')
  expect(chat.getState().page).toMatchObject({ hasOlder: false, isLoading: false })
  expect(chat.getState().page.messages.map(({ seq }) => seq)).toEqual(Array.from({ length: 100 }, (_, n) => n + 1))
})

test('a thread has messages of its own', async () => {
  const { answers, tell } = stage()
  const listed = answers['messages.list']
  answers['messages.list'] = (call) => (call.input.thread ? { items: [], next_cursor: null } : listed?.(call))
  const { chat, until } = await open(answers)
  await until(isLive)
  await chat.openThread('msg_1')
  const reply = { seq: 3, type: 'message.created' as const, message: message(3, { thread_id: 'msg_1' }) }
  // What is told again after a break counts once.
  tell(reply, reply)
  tell({ seq: 4, type: 'message.pinned', message_id: 'msg_2', by: { kind: 'user', id: 'usr_1' } })
  const state = await until(({ page }) => page.messages[1]?.pinned === true)
  expect(state.threads.msg_1?.messages.length).toBe(1)
  expect(said(state)).toEqual(['message 1', 'message 2'])
  expect(state.page.messages[0]?.replies).toBe(1)
})

test('whoever may not see it is told so', async () => {
  const { answers } = stage()
  answers['conversations.get'] = () => {
    throw new CadreError('CONVERSATION_NOT_FOUND', 'there is no such conversation')
  }
  const { until } = await open(answers)
  expect(await until(({ connection }) => connection === 'closed')).toMatchObject({ error: { code: 'CONVERSATION_NOT_FOUND' }, conversation: null })
})

test('a branch that is shown again is chosen by its message, and comes by events', async () => {
  const { answers, tell } = stage()
  let chosen: unknown
  answers['messages.choose'] = ({ input }) => {
    chosen = input
    return { shown: ['msg_1'], hidden: ['msg_2'] }
  }
  const { chat, until } = await open(answers)
  await until(isLive)
  expect(await chat.choose('msg_1')).toEqual({ shown: ['msg_1'], hidden: ['msg_2'] })
  expect(chosen).toEqual({ messageId: 'msg_1' })
  tell({ seq: 3, type: 'message.updated', message: message(2, { active: false }) })
  expect((await until(({ page }) => page.messages[1]?.active === false)).page.messages[0]?.active).toBe(true)
})
