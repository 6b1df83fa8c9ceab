import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { RunEvent } from '@cadre/contract/run-events'
import { databaseUrls } from '../storage/test/databases.ts'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, stranger, type World } from '../test/world.ts'
import { requireRun } from './get-run.ts'

describe.each(databaseUrls)('runs on $name', ({ url }) => {
  let world: World
  beforeEach(async () => (world = await newWorld({ database_url: await url() })))
  afterEach(() => world.close())
  const signal = () => AbortSignal.timeout(20_000)
  const start = async (change: Parameters<World['agent']>[0] = {}) => {
    const agent = await world.agent(change)
    return { agent, run: await world.run(agent, { wait: 0 }) }
  }

  test('a second call with the same idempotency key gets the first run; another body with it is refused', async () => {
    const agent = await world.agent()
    const first = await world.run(agent, { input: 'one' }, { idempotency_key: 'k' })
    expect((await world.run(agent, { input: 'one' }, { idempotency_key: 'k' })).run_id).toBe(first.run_id)
    await expect(world.run(agent, { input: 'two' }, { idempotency_key: 'k' })).rejects.toMatchObject({
      code: 'IDEMPOTENCY_KEY_REUSED',
      issues: [{ path: 'Idempotency-Key' }],
    })
    expect(world.model.requests).toHaveLength(1)
  })

  test('twenty calls at once with one key make one run', async () => {
    const agent = await world.agent()
    const runs = await Promise.all(Array.from({ length: 20 }, () => world.run(agent, {}, { idempotency_key: 'same' })))
    expect(new Set(runs.map((run) => run.run_id)).size).toBe(1)
    expect(world.model.requests).toHaveLength(1)
  })

  test('cancel ends the run although its tool never answers, and the state stays', async () => {
    const called = Promise.withResolvers<void>()
    world.effects.behave(() => (called.resolve(), { hang: true }))
    world.says(() => ({ calls: [{ tool: 'effects__once', input: {} }] }))
    const { run } = await start()
    await called.promise
    const cancelled = await world.api.runs.cancel(owner, { runId: run.run_id })
    expect(cancelled).toMatchObject({ status: 'cancelled', error: { code: 'CANCELLED' }, steps: [{ status: 'uncertain' }] })
    await expect(world.api.runs.cancel(owner, { runId: run.run_id })).rejects.toMatchObject({ code: 'RUN_ENDED' })
    expect((await world.api.runs.get(owner, { runId: run.run_id })).status).toBe('cancelled')
  })

  test('a follower sees every journal event once, in order, and text before the answer', async () => {
    world.says((request) =>
      resultsSoFar(request).length ? { text: 'one two three' } : { calls: [{ tool: 'calculator__calculate', input: { expression: '1+1' } }] },
    )
    const agent = await world.agent()
    const events: RunEvent[] = []
    const stream = (await world.api.runs.start(
      owner,
      { idOrSlug: agent.id, input: 'go', stream: true, wait: 0 },
      { signal: signal() },
    )) as AsyncIterable<RunEvent>
    for await (const event of stream) events.push(event)
    const journal = events.filter((event) => event.type !== 'text.delta')
    expect(journal.map((event) => event.type)).toEqual([
      'run.started',
      'model.completed',
      'tool.started',
      'tool.completed',
      'model.completed',
      'run.ended',
    ])
    expect(journal.map((event) => event.seq)).toEqual([1, 2, 3, 4, 5, 6])
    const text = events.map((event) => (event.type === 'text.delta' ? event.text : '')).join('')
    expect(text).toBe('one two three')
    expect(journal[2]).toMatchObject({ tool: 'calculator', action: 'calculate', input: { expression: '1+1' } })
    expect(journal.at(-1)).toMatchObject({ status: 'completed', output: { result: 'one two three' } })
    const stored = []
    for await (const event of await world.api.runs.follow(owner, { runId: await lastRun() }, { signal: signal() })) stored.push(event)
    expect(stored).toEqual(journal)
  })

  test('Last-Event-ID resumes after that event; one that is none is refused', async () => {
    const { run } = await start()
    await ended(run.run_id)
    const rest = []
    for await (const event of await world.api.runs.follow(owner, { runId: run.run_id }, { last_event_id: '2', signal: signal() }))
      rest.push(event.seq)
    expect(rest).toEqual([3])
    await expect(world.api.runs.follow(owner, { runId: run.run_id }, { last_event_id: 'x', signal: signal() })).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    })
  })

  test('the list filters by agent, status and time, and pages without gaps', async () => {
    const agent = await world.agent()
    const before = new Date(Date.now() - 1000).toISOString()
    const ids = []
    for (let i = 0; i < 5; i++) ids.unshift((await world.run(agent)).run_id)
    await world.run(await world.agent())
    const seen = []
    let cursor: string | undefined
    do {
      const page = await world.api.runs.listOfAgent(owner, { idOrSlug: agent.slug, limit: 2, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map((run) => run.run_id))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(seen).toEqual(ids)
    const count = async (filter: object) => (await world.api.runs.list(owner, { limit: 50, ...filter })).items.length
    expect([
      await count({ status: 'failed' }),
      await count({ status: 'completed' }),
      await count({ to: before }),
      await count({ from: before }),
    ]).toEqual([0, 6, 0, 6])
  })

  test('a public caller runs only what is open, and has nothing of runs but what the call itself answers', async () => {
    const open = await world.agent({ is_public: true, api_key_required: false })
    const closed = await world.agent({ is_public: true })
    const hidden = await world.agent()
    const run = (agent: { id: string }) =>
      world.api.runs.start(stranger, { idOrSlug: agent.id, input: 'go', stream: false, wait: 20 }, { signal: signal() })
    const theirs = await run(open)
    expect(theirs).toMatchObject({ status: 'completed' })
    await expect(run(closed)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await expect(run(hidden)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    const mine = await world.run(hidden)
    for (const { run_id: runId } of [mine, theirs]) {
      await expect(world.api.runs.get(stranger, { runId })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
      await expect(requireRun(world.app, stranger, runId)).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      await expect(world.api.runs.follow(stranger, { runId }, { signal: signal() })).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    }
    const again = world.api.runs.start(
      stranger,
      { idOrSlug: open.id, input: 'go', stream: false, wait: 20 },
      { signal: signal(), idempotency_key: 'k' },
    )
    await expect(again).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'Idempotency-Key' }] })
    expect(await world.api.agents.get(stranger, { idOrSlug: open.id })).not.toHaveProperty('system_prompt')
  })

  test('an agent that is changed or deleted meanwhile does not change a run that began', async () => {
    const called = Promise.withResolvers<void>()
    const released = Promise.withResolvers<void>()
    world.says(async (request) => {
      called.resolve()
      await released.promise
      return resultsSoFar(request).length ? { text: String(request.messages[0]?.content) } : { calls: [{ tool: 'effects__read', input: {} }] }
    })
    const { agent, run } = await start({ system_prompt: 'The first prompt.' })
    await called.promise
    await world.api.agents.update(owner, { idOrSlug: agent.id, system_prompt: 'Another prompt.' })
    await world.api.agents.delete(owner, { idOrSlug: agent.id })
    released.resolve()
    await ended(run.run_id)
    const { output_text } = await world.api.runs.get(owner, { runId: run.run_id })
    expect(output_text).toContain('The first prompt.')
  })

  test('a step that is not uncertain cannot be settled', async () => {
    const { run } = await start()
    await expect(world.api.runs.resolve(owner, { runId: run.run_id, outcome: 'happened', output: {} })).rejects.toMatchObject({
      code: expect.stringMatching(/STEP_NOT_UNCERTAIN|RUN_ENDED/),
    })
  })

  test('nothing is stored twice: runs of one agent share their setup, and a large value is one blob', async () => {
    const agent = await world.agent()
    const data = { csv: 'a,b\n'.repeat(5000) }
    for (let i = 0; i < 3; i++) await world.run(agent, { data })
    const blobs = await world.app.db.read.selectFrom('blobs').select('hash').execute()
    expect(blobs).toHaveLength(2)
  })

  async function lastRun() {
    return (await world.api.runs.list(owner, { limit: 1 })).items[0]?.run_id ?? ''
  }
  async function ended(runId: string) {
    for await (const event of await world.api.runs.follow(owner, { runId }, { signal: signal() })) if (event.type === 'run.ended') return
  }
})
