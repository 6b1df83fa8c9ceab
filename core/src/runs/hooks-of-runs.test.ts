import { afterEach, describe, expect, test } from 'vitest'
import { newTurns, type Turns } from '../conversations/turns/test/turn-world.ts'
import { addCodeHook, addServiceHook } from '../plugins/lifecycle/test/hooks.ts'
import { databaseUrls } from '../storage/test/databases.ts'
import { owner } from '../test/world.ts'
import { followRun } from './follow-run.ts'
import { workElsewhere } from './test/restart.ts'

describe.each(databaseUrls)('hooks of runs on $name', ({ name, url }) => {
  let turns: Turns
  const closing: (() => Promise<unknown>)[] = []
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await turns.close()
  })
  const open = async (options: Parameters<typeof newTurns>[0] = {}) => (turns = await newTurns({ database_url: await url(), ...options }))
  const systemOf = (i: number) => String(turns.model.requests[i]?.messages[0]?.content)
  const eventsOf = async (run_id: string) => {
    const events = []
    for await (const event of await followRun(turns.app, owner, run_id, '0', AbortSignal.timeout(30_000))) events.push(event)
    return events
  }

  test('what is put into the prompt is asked for once in a run, also where it is taken up by another process', async () => {
    const gate = Promise.withResolvers<void>()
    await open({
      script: async (_, count) => {
        if (count === 1) return { calls: [{ tool: 'effects__read', input: {} }] }
        gate.resolve()
        // The one that is asked when the process stops never answers.
        if (count === 2) await new Promise(() => {})
        return { text: 'done' }
      },
    })
    const agent = await turns.agent()
    await addServiceHook(turns, { agent_initialization: {} })
    turns.effects.behave(({ path }, count) => (path === '/agent_initialization' ? { body: { system: `note ${count}` } } : undefined))
    const { run_id } = await turns.run(agent, { wait: 0 })
    await gate.promise
    closing.push(await workElsewhere(turns))
    const events = await eventsOf(run_id)
    expect(events.filter(({ type }) => type === 'run.started')).toHaveLength(2)
    expect(events.filter(({ type }) => type === 'run.prepared')).toMatchObject([{ system: 'note 1', hooks: ['service'] }])
    expect(turns.effects.arrivals.filter(({ path }) => path === '/agent_initialization')).toMatchObject([
      { run_id, key: `${run_id}:agent_initialization:service`, input: { run: { run_id, agent: { id: agent.id } }, input: 'go' } },
    ])
    expect(new Set([0, 1, 2].map(systemOf))).toEqual(new Set([expect.stringMatching(/^You are a test\.\n\nToday is .* \(UTC\)\.\n\nnote 1$/)]))
    expect(events.filter(({ type }) => type === 'run.warning')).toEqual([])
  })

  test('the beginning and the end of a run are told, the end by a job that commits with it', async () => {
    await open()
    await addServiceHook(turns, { workflow_execution: {} })
    const ended = Promise.withResolvers<void>()
    turns.effects.behave(({ input }) => void (input['phase'] === 'after' && ended.resolve()))
    const agent = await turns.agent({ tools: [] })
    const { run_id } = await turns.run(agent)
    await ended.promise
    const run = { run_id, agent: { id: agent.id, name: agent.name }, user_id: 'local', conversation_id: null, parent_run_id: null }
    expect(turns.effects.arrivals.map(({ input }) => input)).toEqual([
      { options: {}, run, input: 'go', phase: 'before', status: null, error: null, output_text: null },
      { options: {}, run, input: 'go', phase: 'after', status: 'completed', error: null, output_text: 'done' },
    ])
  })

  test('a hook that may change answers is waited for: no word is shown, stored or told to the model later but what it left', async () => {
    await open({ script: () => ({ reasoning: 'the word is sesame', text: 'it is sesame, really' }) })
    const body = `return { content: input.message.content.replace(/ses[a]me/g, '***') }`
    await addCodeHook(turns, 'hides', { after_message_receive: body }, { after_message_receive: { changes: true } })
    const room = await turns.begin([await turns.agent({ tools: [] })])
    const events = turns.watch(room)
    await turns.say(room, 'what is the word?')
    await events.until(({ type }) => type === 'job.completed')
    events.close()
    const reply = (await turns.messages(room))[1]
    expect(reply).toMatchObject({ content: 'it is ***, really', status: 'sent' })
    expect(events.seen.filter(({ type }) => type === 'message.delta')).toEqual([])
    const run = await turns.api.runs.get(owner, { runId: reply?.run_id ?? '' })
    expect(run).toMatchObject({
      output_text: 'it is ***, really',
      warnings: [{ code: 'HOOK_CHANGED', message: "the ForgeHook 'hides' changed the answer" }],
    })
    expect(await rowsOfAll()).not.toContain('sesame')
  })

  /** Every text in the tables that a message and its run are written to. */
  async function rowsOfAll(): Promise<string> {
    const { read } = turns.app.db
    const tables = ['runs', 'run_events', 'blobs', 'messages', 'llm_messages', 'conversation_events', 'jobs'] as const
    const rows = await Promise.all(tables.map((table) => read.selectFrom(table).selectAll().execute()))
    return JSON.stringify(rows, (_, value: unknown) => (value instanceof Uint8Array ? Buffer.from(value).toString() : value))
  }

  if (name !== 'SQLite') return

  test('one that only looks on changes nothing; one that fails is a warning, and a required one fails the run without its answer', async () => {
    await open({ script: () => ({ text: 'a secret' }) })
    const body = `return { content: 'mine' }`
    await addCodeHook(turns, 'looks-on', { after_message_receive: body, agent_initialization: `throw new Error('boom')` })
    const agent = await turns.agent({ tools: [] })
    const run = await turns.run(agent)
    expect(run).toMatchObject({ status: 'completed', output_text: 'a secret' })
    expect(run.warnings.map(({ code, message }) => [code, message])).toEqual([
      ['HOOK_FAILED', expect.stringMatching(/'looks-on' failed at agent_initialization, and the run went on without it: .*boom/)],
      ['HOOK_FAILED', "the ForgeHook 'looks-on' failed at after_message_receive, and the answer went past it"],
    ])
    const strict = { after_message_receive: { required: true, changes: true } }
    await addCodeHook(turns, 'strict', { after_message_receive: `throw new Error('boom')` }, strict)
    const failed = await turns.run(agent)
    expect(failed).toMatchObject({
      status: 'failed',
      output_text: null,
      error: { code: 'HOOK_FAILED', message: expect.stringMatching(/'strict'.*boom/) },
    })
    expect(JSON.stringify(await eventsOf(failed.run_id))).not.toContain('a secret')
    await addCodeHook(turns, 'first', { agent_initialization: `throw new Error('boom')` }, { agent_initialization: { required: true } })
    const asked = turns.model.requests.length
    expect(await turns.run(agent)).toMatchObject({ status: 'failed', error: { code: 'HOOK_FAILED', message: expect.stringMatching(/'first'/) } })
    expect(turns.model.requests).toHaveLength(asked)
  })

  test('a changed answer still has to fit the output schema', async () => {
    await open({ script: () => ({ text: '{"n": 1}' }) })
    await addCodeHook(turns, 'breaks', { after_message_receive: `return { content: 'no JSON' }` }, { after_message_receive: { changes: true } })
    const output_schema = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'] }
    const run = await turns.run(await turns.agent({ tools: [], output_schema }))
    expect(run).toMatchObject({ status: 'completed', output: { n: 1 }, warnings: [{ code: 'HOOK_FAILED' }] })
  })

  test('a run that is cancelled is told as well, and nothing of a held text is kept', async () => {
    const begun = Promise.withResolvers<void>()
    await open({
      script: () => {
        begun.resolve()
        return { text: 'half a secret', hang_after: 1 }
      },
    })
    const ended = Promise.withResolvers<unknown>()
    await addServiceHook(turns, { workflow_execution: {}, after_message_receive: { changes: true } })
    turns.effects.behave(({ input }) => void (input['phase'] === 'after' && ended.resolve(input['status'])))
    const room = await turns.begin([await turns.agent({ tools: [] })])
    await turns.say(room, 'go on')
    await begun.promise
    await turns.api.conversations.stop(owner, { conversationId: room.id })
    expect(await ended.promise).toBe('cancelled')
    expect((await turns.messages(room)).map(({ content }) => content)).toEqual(['go on'])
    expect(await rowsOfAll()).not.toContain('secret')
  })
})
