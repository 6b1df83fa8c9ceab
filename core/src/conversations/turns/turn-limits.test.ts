import { afterEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../../storage/test/databases.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

describe.each(databaseUrls)('turns that meet a limit, on $name', ({ url }) => {
  let turns: Turns
  afterEach(() => turns.close())
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))

  test('an agent that has answered often enough for this minute waits, and says so', async () => {
    await open()
    const agent = await turns.agent({ config: { replies_per_minute: 1 } })
    const room = await turns.begin([agent])
    await turns.say(room, 'one')
    await turns.rest(room)
    const events = turns.watch(room)
    await turns.say(room, 'two')
    const waits = await events.until(({ type }) => type === 'progress')
    events.close()
    expect(waits).toMatchObject({ agent_id: agent.id, text: expect.stringContaining('it has answered 1 times within a minute') })
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['one', 'done', 'two'])
    expect(await turns.api.conversations.stop(owner, { conversationId: room.id })).toEqual({ stopped_runs: [], dropped: 1 })
  })

  test('an agent whose run cannot even begin says so, and the next message is looked at again', async () => {
    await open()
    const agent = await turns.agent({ tools: ['effects'] })
    const room = await turns.begin([agent], { language: 'en' })
    await turns.api.plugins.remove(owner, { id: 'effects' })
    await turns.say(room, 'Olá')
    await turns.rest(room)
    const [, failed] = await turns.messages(room)
    expect(failed).toMatchObject({ status: 'failed', run_id: null, content: expect.stringMatching(/^Sorry, I could not answer/) })
    await turns.api.agents.update(owner, { idOrSlug: agent.id, tools: [] })
    await turns.say(room, 'and now?')
    await turns.rest(room)
    expect((await turns.messages(room)).at(-1)).toMatchObject({ status: 'sent', content: 'done' })
  })

  test('a message of a person to people is nobody’s to answer; one that names an agent is', async () => {
    await open()
    const agent = await turns.agent()
    const room = await turns.begin([agent, await turns.agent()])
    await turns.app.db.write((trx) =>
      trx
        .insertInto('participants')
        .values({
          conversation_id: room.id,
          kind: 'user',
          participant_id: 'usr_2',
          role: 'member',
          joined_at: 1,
          left_at: null,
          last_read_seq: 0,
          muted: 0,
        })
        .execute(),
    )
    await turns.say(room, 'shall we meet?')
    await turns.rest(room)
    expect(await turns.messages(room)).toHaveLength(1)
    await turns.say(room, `@${agent.slug} find a date`)
    await turns.rest(room)
    expect((await turns.messages(room)).map(({ author_id }) => author_id)).toEqual([owner.user_id, owner.user_id, agent.id])
  })

  test('what is asked in a thread is answered there', async () => {
    await open({ script: () => ({ text: 'here' }) })
    const room = await turns.begin([await turns.agent()])
    const root = await turns.say(room, 'a topic')
    await turns.rest(room)
    await turns.say(room, 'more of it', { thread_id: root.id })
    await turns.rest(room)
    const rows = await turns.app.db.read.selectFrom('messages').select(['content', 'thread_id']).orderBy('seq').execute()
    expect(rows.map(({ content, thread_id }) => [content, thread_id])).toEqual([
      ['a topic', null],
      ['here', null],
      ['more of it', root.id],
      ['here', root.id],
    ])
    // The thread with its root, and nothing of what stands beside it.
    expect(turns.model.requests[1]?.messages.slice(1).map(({ content }) => content)).toEqual(['a topic\n\nmore of it'])
  })

  test('each step from a message to its answer is one record, with ids and times', async () => {
    await open()
    const room = await turns.begin([await turns.agent()])
    const records: { step?: string; conversation_id?: string; ms?: number }[] = []
    const info = turns.app.log.info.bind(turns.app.log)
    const replied = Promise.withResolvers<void>()
    turns.app.log.info = ((about: object, message: string) => {
      records.push(about)
      if ('step' in about && about.step === 'replied') replied.resolve()
      info(about, message)
    }) as typeof turns.app.log.info
    await turns.say(room, 'hello')
    await replied.promise
    const steps = records.filter(({ step }) => step !== undefined)
    expect(steps.map(({ step }) => step).toSorted()).toEqual(
      ['agent chosen', 'context built', 'debounced', 'first token', 'message stored', 'replied', 'run started'].toSorted(),
    )
    expect(new Set(steps.map(({ conversation_id }) => conversation_id))).toEqual(new Set([room.id]))
  })
})
