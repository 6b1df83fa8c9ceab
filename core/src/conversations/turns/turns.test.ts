import { afterEach, describe, expect, test } from 'vitest'
import { workElsewhere } from '../../runs/test/restart.ts'
import { databaseUrls } from '../../storage/test/databases.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

describe.each(databaseUrls)('turns on $name', ({ url }) => {
  let turns: Turns
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await turns.close()
  })
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))

  test('a message in a DM is answered: a run, text as it comes, one message with what its model is shown later', async () => {
    await open({ script: () => ({ text: 'four' }) })
    const agent = await turns.agent()
    const room = await turns.begin([agent])
    const events = turns.watch(room)
    const asked = await turns.say(room, 'two and two?')
    await events.until(({ type }) => type === 'job.completed')
    events.close()
    const [first, reply, ...rest] = await turns.messages(room)
    expect(rest).toEqual([])
    expect(first?.id).toBe(asked.id)
    expect(reply).toMatchObject({ content: 'four', author_kind: 'agent', author_id: agent.id, status: 'sent', hop: 1, parent_id: asked.id })
    const run = await turns.api.runs.get(owner, { runId: reply?.run_id ?? '' })
    expect(run).toMatchObject({ status: 'completed', input: 'two and two?' })
    const deltas = events.seen.filter((event) => event.type === 'message.delta')
    expect(deltas.map((event) => event.text).join('')).toBe('four')
    expect(new Set(deltas.map((event) => event.message_id))).toEqual(new Set([reply?.id]))
    const types = events.seen.map(({ type }) => type).filter((type) => /^(message.created|agent.respond|job)/.test(type))
    expect(types).toEqual(['message.created', 'agent.responding', 'message.created', 'agent.responded', 'job.completed'])
    const told = await turns.app.db.read.selectFrom('llm_messages').selectAll().execute()
    expect(told).toMatchObject([{ message_id: reply?.id, role: 'assistant', content: '"four"' }])
  })

  test('several quick messages get one answer that has read them all; what came before is shown in turns', async () => {
    await open({ work: false, script: ({ messages }) => ({ text: `heard ${messages.length}` }) })
    const room = await turns.begin([await turns.agent()], { debounce_ms: 40 })
    for (const content of ['one', 'two', 'three']) await turns.say(room, content)
    closing.push(await workElsewhere(turns)) // only now: nobody knows how long it takes to say three things
    await turns.rest(room)
    await turns.say(room, 'four')
    await turns.rest(room)
    const sent = turns.model.requests.map(({ messages }) => messages.slice(1).map(({ role, content }) => [role, content]))
    expect(sent).toEqual([
      [['user', 'one\n\ntwo\n\nthree']],
      [
        ['user', 'one\n\ntwo\n\nthree'],
        ['assistant', 'heard 2'],
        ['user', 'four'],
      ],
    ])
    expect((await turns.messages(room)).map(({ author_kind }) => author_kind)).toEqual(['user', 'user', 'user', 'agent', 'user', 'agent'])
  })

  test('what arrives while an agent works waits, and then one turn answers all of it', async () => {
    const gate = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) await gate.promise
        return { text: `answer ${count}` }
      },
    })
    const agent = await turns.agent()
    const room = await turns.begin([agent])
    const events = turns.watch(room)
    await turns.say(room, 'first')
    await events.until(({ type }) => type === 'agent.responding')
    await turns.say(room, 'second')
    await turns.say(room, 'third')
    const { items } = await turns.api.conversations.agents(owner, { conversationId: room.id })
    expect(items).toMatchObject([{ agent_id: agent.id, status: 'busy' }])
    gate.resolve()
    await turns.rest(room)
    events.close()
    const said = await turns.messages(room)
    expect(said.map(({ content }) => content)).toEqual(['first', 'second', 'third', 'answer 1', 'answer 2'])
    expect(said[4]?.parent_id).toBe(said[2]?.id)
    const [, second] = turns.model.requests
    expect(second?.messages.slice(1).map(({ content }) => content)).toEqual(['first', 'answer 1', 'second\n\nthird'])
    expect((await turns.api.conversations.agents(owner, { conversationId: room.id })).items).toMatchObject([{ status: 'active', waits: false }])
  })

  test('stopped, an agent leaves what was shown of its answer, and answers nothing that waited', async () => {
    await open({ script: () => ({ text: 'one two three four', hang_after: 3 }) })
    const room = await turns.begin([await turns.agent()])
    const events = turns.watch(room)
    await turns.say(room, 'count')
    let shown = ''
    while (shown !== 'one two ') {
      const event = await events.until(({ type }) => type === 'message.delta')
      if (event.type === 'message.delta') shown += event.text
    }
    await turns.say(room, 'and more', {})
    const { stopped_runs } = await turns.api.conversations.stop(owner, { conversationId: room.id })
    await turns.rest(room)
    events.close()
    const said = await turns.messages(room)
    expect(said.map(({ content, status }) => [content, status])).toEqual([
      ['count', 'sent'],
      ['and more', 'sent'],
      ['one two ', 'stopped'],
    ])
    expect(await turns.api.runs.get(owner, { runId: stopped_runs[0] ?? '' })).toMatchObject({ status: 'cancelled' })
  })

  test('interrupted, an agent keeps what it had said, and the next turn answers', async () => {
    await open({ script: (_, count) => (count === 1 ? { text: 'one two three', hang_after: 2 } : { text: 'stopped counting' }) })
    const room = await turns.begin([await turns.agent()], { turns: 'interrupt' })
    const events = turns.watch(room)
    await turns.say(room, 'count')
    await events.until(({ type }) => type === 'message.delta')
    events.close()
    await turns.say(room, 'enough')
    await turns.rest(room)
    const said = await turns.messages(room)
    expect(said.map(({ content, status }) => [content, status])).toEqual([
      ['count', 'sent'],
      ['enough', 'sent'],
      ['one ', 'stopped'],
      ['stopped counting', 'sent'],
    ])
  })

  test('a failure is said once and politely, in the language of the conversation; asked again, the agent answers', async () => {
    await open({ script: (_, count) => (count === 1 ? { status: 400 } : { text: 'agora sim' }) })
    const agent = await turns.agent({ config: { max_retries: 0 } })
    const room = await turns.begin([agent])
    await turns.say(room, 'Olá, você pode somar isso para mim?')
    await turns.rest(room)
    const [, failed] = await turns.messages(room)
    expect(failed).toMatchObject({ status: 'failed', author_id: agent.id, content: expect.stringMatching(/^Desculpe, não consegui/) })
    expect((await turns.api.runs.get(owner, { runId: failed?.run_id ?? '' })).error?.message).toContain('scripted 400')
    await turns.api.messages.retry(owner, { messageId: failed?.id ?? '' })
    await turns.rest(room)
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['Olá, você pode somar isso para mim?', 'agora sim'])
    expect(await turns.messages(room, 'all')).toHaveLength(3)
    const answered = (await turns.messages(room))[1]
    await expect(turns.api.messages.retry(owner, { messageId: answered?.id ?? '' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('an answer is made again, and a message said anew, in branches of their own', async () => {
    await open({ script: ({ messages }, count) => ({ text: `${count}: ${String(messages.at(-1)?.content)}` }) })
    const room = await turns.begin([await turns.agent()])
    const asked = await turns.say(room, 'red?')
    await turns.rest(room)
    const [, first] = await turns.messages(room)
    await turns.api.messages.regenerate(owner, { messageId: first?.id ?? '' })
    await turns.rest(room)
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['red?', '2: red?'])
    const anew = await turns.api.messages.edit(owner, { messageId: asked.id, content: 'blue?', branch: true })
    await turns.rest(room)
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['blue?', '3: blue?'])
    expect(anew).toMatchObject({ metadata: { branch_of: asked.id }, active: true })
    expect((await turns.messages(room, 'all')).map(({ active }) => active)).toEqual([false, false, false, true, true])
    await expect(turns.api.messages.regenerate(owner, { messageId: anew.id })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('all whom a message names answer, one after the other; agents that name each other come to rest', async () => {
    await open({ script: ({ messages }) => ({ text: String(messages[0]?.content).startsWith('You are Ping.') ? '@pong go' : '@ping go' }) })
    const ping = await turns.agent({ name: 'Ping', system_prompt: 'You are Ping.' })
    const pong = await turns.agent({ name: 'Pong', system_prompt: 'You are Pong.' })
    const room = await turns.begin([ping, pong], { max_hops: 2 })
    await turns.say(room, '@pong @ping begin')
    await turns.rest(room)
    const said = await turns.messages(room)
    expect(said.slice(0, 3).map(({ author_id }) => author_id)).toEqual([owner.user_id, pong.id, ping.id])
    expect(Math.max(...said.map(({ hop }) => hop))).toBe(3)
    expect(said.length).toBeLessThan(12)
    const third = turns.model.requests[1]?.messages.at(-1)?.content
    expect(third).toContain('begin')
  })

  test('an agent with one place at a time answers both rooms, one after the other', async () => {
    const gate = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) await gate.promise
        return { text: 'yes' }
      },
    })
    const agent = await turns.agent({ config: { max_concurrent_jobs: 1 } })
    const other = await turns.agent()
    const [one, two] = [await turns.begin([agent]), await turns.begin([agent, other])]
    const events = turns.watch(one)
    await turns.say(one, 'a')
    await events.until(({ type }) => type === 'agent.responding')
    events.close()
    const inTwo = turns.watch(two)
    await turns.say(two, `@${agent.slug} b`)
    const waits = await inTwo.until(({ type }) => type === 'progress')
    expect(waits).toMatchObject({ text: expect.stringContaining('waits: it answers in 1 other') })
    inTwo.close()
    expect(
      (await turns.api.conversations.agents(owner, { conversationId: two.id })).items.find(({ agent_id }) => agent_id === agent.id),
    ).toMatchObject({
      status: 'active',
      waits: true,
    })
    gate.resolve()
    await turns.rest(two)
    expect((await turns.messages(two)).map(({ content }) => content)).toEqual([`@${agent.slug} b`, 'yes'])
  })
})
