import { afterEach, describe, expect, test } from 'vitest'
import { workElsewhere } from '../../runs/test/restart.ts'
import { databaseUrls } from '../../storage/test/databases.ts'
import { type ChatRequest, resultsSoFar } from '../../test/model-double.ts'
import { owner } from '../../test/world.ts'
import { newTurns, type Turns } from './test/turn-world.ts'

describe.each(databaseUrls)('messages put into the work of an agent, on $name', ({ url }) => {
  let turns: Turns
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await turns.close()
  })
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))
  const contents = ({ messages }: ChatRequest) => messages.slice(1).map(({ role, content }) => (role === 'tool' ? 'a result' : (content ?? 'a call')))

  test('what is said while an agent works is in its next prompt, and its one answer is for both', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    await open({
      script: async (request, count) => {
        if (count === 1) {
          asked.resolve()
          await said.promise
        }
        if (count <= 2) return { calls: [{ tool: 'calculator__calculate', input: { expression: `${count}+1` } }] }
        return { text: `after ${resultsSoFar(request).length} more` }
      },
    })
    const agent = await turns.agent()
    const room = await turns.begin([agent], { turns: 'steer' })
    const events = turns.watch(room)
    const first = await turns.say(room, 'add one')
    await asked.promise
    const second = await turns.say(room, 'and then one more')
    const third = await turns.say(room, 'please')
    said.resolve()
    await turns.rest(room)
    await events.until(({ type }) => type === 'job.completed')
    events.close()
    expect(turns.model.requests.map(contents)).toEqual([
      ['add one'],
      ['add one', 'a call', 'a result', 'and then one more\n\nplease'],
      ['add one', 'a call', 'a result', 'and then one more\n\nplease', 'a call', 'a result'],
    ])
    const messages = await turns.messages(room)
    expect(messages.map(({ content }) => content)).toEqual(['add one', 'and then one more', 'please', 'after 1 more'])
    expect(messages[3]?.parent_id).toBe(third.id)
    const run = await turns.api.runs.get(owner, { runId: messages[3]?.run_id ?? '' })
    expect(run.added).toMatchObject([
      { call: 2, text: 'and then one more', by: owner.user_id, message_id: second.id },
      { call: 2, text: 'please', message_id: third.id },
    ])
    expect(run.warnings).toEqual([])
    expect(events.seen.find(({ type }) => type === 'agent.responded')).toMatchObject({ answers: [first.id, second.id, third.id] })
    expect((await turns.api.runs.list(owner, { limit: 10 })).items).toHaveLength(1)
  })

  test('what comes when the last answer is being written has a turn of its own', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) {
          asked.resolve()
          await said.promise
        }
        return { text: `answer ${count}` }
      },
    })
    const room = await turns.begin([await turns.agent()], { turns: 'steer' })
    await turns.say(room, 'one')
    await asked.promise
    await turns.say(room, 'two')
    said.resolve()
    await turns.rest(room)
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['one', 'two', 'answer 1', 'answer 2'])
    expect(contents(turns.model.requests[1] as ChatRequest)).toEqual(['one', 'answer 1', 'two'])
  })

  test('what names another agent, stands in a thread or was deleted is not for the one that works', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) {
          asked.resolve()
          await said.promise
          return { calls: [{ tool: 'calculator__calculate', input: { expression: '1+1' } }] }
        }
        return { text: `answer ${count}` }
      },
    })
    const [one, two] = [await turns.agent({ name: 'One' }), await turns.agent({ name: 'Two' })]
    const room = await turns.begin([one, two], { turns: 'steer' })
    const root = await turns.say(room, '@one begin')
    await asked.promise
    await turns.say(room, '@two you too')
    await turns.say(room, '@one in the thread', { thread_id: root.id })
    const gone = await turns.say(room, '@one no')
    await turns.api.messages.delete(owner, { messageId: gone.id })
    await turns.say(room, '@one edited')
    said.resolve()
    await turns.rest(room)
    expect(contents(turns.model.requests[1] as ChatRequest)).toEqual(['@one begin', 'a call', 'a result', '@one edited'])
    const answers = (await turns.app.db.read.selectFrom('messages').select(['author_id', 'thread_id']).orderBy('seq').execute()).slice(5)
    expect(answers).toHaveLength(3)
    expect(answers[0]).toEqual({ author_id: one.id, thread_id: null })
    expect(answers.slice(1)).toContainEqual({ author_id: two.id, thread_id: null })
    expect(answers.slice(1)).toContainEqual({ author_id: one.id, thread_id: root.id })
  })

  test('a run that is taken up again has what was added at the same call, and no more than once', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    const third = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) {
          asked.resolve()
          await said.promise
        }
        if (count === 3) {
          third.resolve()
          return { hang_after: 0, text: 'never' }
        }
        return count < 4 ? { calls: [{ tool: 'calculator__calculate', input: { expression: `${count}` } }] } : { text: 'done at last' }
      },
    })
    const room = await turns.begin([await turns.agent()], { turns: 'steer' })
    await turns.say(room, 'begin')
    await asked.promise
    await turns.say(room, 'more')
    said.resolve()
    await third.promise
    // The worker goes as if the server was stopped, and another takes the run up.
    await turns.worker?.stop()
    closing.push(await workElsewhere(turns))
    await turns.rest(room)
    const prompts = turns.model.requests.map(contents)
    expect(prompts[3]).toEqual(prompts[2])
    expect(prompts[3]).toEqual(['begin', 'a call', 'a result', 'more', 'a call', 'a result'])
    const [run] = (await turns.api.runs.list(owner, { limit: 10 })).items
    const whole = await turns.api.runs.get(owner, { runId: run?.run_id ?? '' })
    expect(whole).toMatchObject({ status: 'completed', attempts: 2, warnings: [], added: [{ call: 2, text: 'more' }] })
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['begin', 'more', 'done at last'])
  })

  test('an answer whose form has to be mended is not mixed with what is said meanwhile', async () => {
    const asked = Promise.withResolvers<void>()
    const said = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) {
          asked.resolve()
          await said.promise
        }
        return { text: count === 1 ? 'no JSON' : '{"a":1}' }
      },
    })
    const agent = await turns.agent({ output_schema: { type: 'object', required: ['a'], properties: { a: { type: 'integer' } } } })
    const room = await turns.begin([agent], { turns: 'steer' })
    await turns.say(room, 'one')
    await asked.promise
    await turns.say(room, 'two')
    said.resolve()
    await turns.rest(room)
    expect(turns.model.requests[1]?.messages.at(-1)?.content).toContain('does not fit the required JSON Schema')
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['one', 'two', '{"a":1}', '{"a":1}'])
  })
})
