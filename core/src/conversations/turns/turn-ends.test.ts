import { afterEach, describe, expect, test } from 'vitest'
import { openBeside, workElsewhere } from '../../runs/test/restart.ts'
import { buildApi } from '../../api.ts'
import { databaseUrls } from '../../storage/test/databases.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

const patience = { timeout: 20_000 }

describe.each(databaseUrls)('how turns end, on $name', ({ url }) => {
  let turns: Turns
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await turns.close()
  })
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))
  const shown = async (room: { id: string }) => (await turns.messages(room)).map(({ content, status }) => [content, status])

  test('stopped by another process, an agent leaves what it had shown in its own', async () => {
    await open({ script: () => ({ text: 'one two three four', hang_after: 3 }) })
    const room = await turns.begin([await turns.agent()])
    const events = turns.watch(room)
    await turns.say(room, 'count')
    let text = ''
    while (text !== 'one two ') {
      const event = await events.until(({ type }) => type === 'message.delta')
      if (event.type === 'message.delta') text += event.text
    }
    const other = await openBeside(turns)
    closing.push(other.close)
    const { stopped_runs } = await buildApi(other.app).conversations.stop(owner, { conversationId: room.id })
    expect(stopped_runs).toHaveLength(1)
    await events.until((event) => event.type === 'message.created' && event.message.author_kind === 'agent')
    events.close()
    expect(await shown(room)).toEqual([
      ['count', 'sent'],
      ['one two ', 'stopped'],
    ])
  })

  test('stopped while a tool works, an agent leaves what it had said before', async () => {
    await open({ script: () => ({ text: 'Let me see.', calls: [{ tool: 'effects__read', input: {} }] }) })
    const held = Promise.withResolvers<void>()
    turns.effects.behave(() => ({ until: held.promise }))
    const room = await turns.begin([await turns.agent()])
    await turns.say(room, 'look')
    await expect.poll(() => turns.effects.arrivals.length, patience).toBe(1)
    await turns.api.conversations.stop(owner, { conversationId: room.id })
    held.resolve()
    expect(await shown(room)).toEqual([
      ['look', 'sent'],
      ['Let me see.', 'stopped'],
    ])
  })

  test('a conversation that is deleted ends the run that works in it, and what waits', async () => {
    const asked = Promise.withResolvers<void>()
    await open({
      script: () => {
        asked.resolve()
        return { text: 'never', hang_after: 0 }
      },
    })
    const room = await turns.begin([await turns.agent()])
    await turns.say(room, 'begin')
    await asked.promise
    await turns.say(room, 'and wait')
    const [run] = (await turns.api.runs.list(owner, { limit: 1 })).items
    await turns.api.conversations.delete(owner, { conversationId: room.id })
    await expect.poll(async () => (await turns.api.runs.get(owner, { runId: run?.run_id ?? '' })).status, patience).toBe('cancelled')
    const links = () => turns.app.db.read.selectFrom('message_jobs').select('status').execute()
    await expect.poll(links, patience).toEqual([{ status: 'passed' }, { status: 'passed' }])
  })

  test('a failure says how often it was tried', async () => {
    await open({ script: () => ({ status: 503, headers: { 'retry-after-ms': '1' } }) })
    const room = await turns.begin([await turns.agent({ config: { max_retries: 2 } })])
    const events = turns.watch(room)
    await turns.say(room, 'hello')
    const failed = await events.until(({ type }) => type === 'job.failed')
    events.close()
    expect(failed).toMatchObject({ attempts: turns.model.requests.length })
    expect(turns.model.requests.length).toBe(3)
  })

  test('agents that talk with each other end by the budget of their conversation, which is said once', async () => {
    const usage = { prompt_tokens: 60, completion_tokens: 40 }
    await open({ script: ({ messages }) => ({ usage, text: String(messages[0]?.content).startsWith('You are Ping.') ? '@pong go' : '@ping go' }) })
    const config = { max_tokens: 50, budget: { tokens: 100_000, on_exceed: 'wait' as const } }
    const ping = await turns.agent({ name: 'Ping', system_prompt: 'You are Ping.', tools: [], config })
    const pong = await turns.agent({ name: 'Pong', system_prompt: 'You are Pong.', tools: [], config })
    const budget = { unit: 'tokens' as const, limit: 450, period: 'total' as const }
    const room = await turns.begin([ping, pong], { max_hops: 100, budget })
    await turns.say(room, '@ping begin')
    await turns.rest(room)
    const said = await turns.messages(room)
    expect(said.at(-1)).toMatchObject({
      status: 'failed',
      content: expect.stringMatching(/^What may be spent on answers in this conversation is used up/),
    })
    expect(said.filter(({ author_kind, status }) => author_kind === 'agent' && status === 'sent').length).toBeLessThanOrEqual(4)
    expect(turns.model.requests.length).toBeLessThanOrEqual(4)
    await turns.say(room, '@ping @pong and now?')
    await turns.rest(room)
    expect(await turns.messages(room)).toHaveLength(said.length + 1)
    const events = turns.watch(room)
    for (let refused = 0; refused < 3; refused++)
      expect(await events.until(({ type }) => type === 'job.failed')).toMatchObject({ error: { code: 'CONVERSATION_BUDGET_EXCEEDED' } })
    events.close()
    const spent = await turns.api.conversations.budget(owner, { conversationId: room.id })
    expect(spent).toEqual({ budget, spent: 100 * turns.model.requests.length, reserved: 0, resets_at: null })
    const daily = { unit: 'usd' as const, limit: 1, period: 'day' as const }
    await turns.api.conversations.update(owner, { conversationId: room.id, policy: { budget: daily } })
    const resets_at = expect.stringMatching(/T00:00:00.000Z$/)
    expect(await turns.api.conversations.budget(owner, { conversationId: room.id })).toEqual({ budget: daily, spent: 0, reserved: 0, resets_at })
    await turns.api.conversations.update(owner, { conversationId: room.id, policy: { budget: { ...budget, limit: 600 } } })
    await turns.say(room, '@ping go on')
    await turns.rest(room)
    const later = (await turns.messages(room)).slice(said.length + 1)
    expect(later[1]).toMatchObject({ content: '@pong go', status: 'sent' })
    expect(later.filter(({ status }) => status === 'failed')).toHaveLength(1)
  })

  test('however many conversations begin at once, an agent answers in no more of them than it may', async () => {
    const decided = Promise.withResolvers<void>()
    let [now, most] = [0, 0]
    await open({
      work: false,
      script: async () => {
        most = Math.max(most, ++now)
        await decided.promise
        now--
        return { text: 'yes' }
      },
    })
    const agent = await turns.agent({ tools: [], config: { max_concurrent_jobs: 2, replies_per_minute: 1000 } })
    const other = await turns.agent({ tools: [] })
    const begun = []
    for (let i = 0; i < 10; i++) begun.push(await turns.begin([agent, other]))
    for (const room of begun) await turns.say(room, `@${agent.slug} hello`)
    closing.push(await workElsewhere(turns))
    const undecided = () => turns.app.db.read.selectFrom('message_jobs').select('status').where('agent_id', '=', '').execute()
    await expect.poll(undecided, patience).toEqual([])
    decided.resolve()
    await Promise.all(begun.map((room) => turns.rest(room)))
    expect(most).toBeLessThanOrEqual(2)
    for (const room of begun) expect(await shown(room)).toHaveLength(2)
  })
})
