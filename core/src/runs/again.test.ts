import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ForkRun, Run } from '@cadre/contract/runs'
import { keepLabels, labelsOfFamily } from '../approvals/family-labels.ts'
import { databaseUrls } from '../storage/test/databases.ts'
import { type ChatRequest, resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'

const once = (n: number) => ({ tool: 'effects__once', input: { n } })

describe.each(databaseUrls)('runs made of other runs, on $name', ({ url }) => {
  let world: World
  beforeAll(async () => (world = await newWorld({ database_url: await url() })))
  afterAll(() => world.close())
  beforeEach(() => {
    world.says(() => ({ text: 'done' }))
    world.effects.behave(() => undefined)
    world.effects.arrivals.length = 0
    world.model.requests.length = 0
  })

  const ended = async ({ run_id }: { run_id: string }): Promise<Run> => {
    await expect.poll(async () => (await world.api.runs.get(owner, { runId: run_id })).completed_at, { timeout: 20_000 }).not.toBeNull()
    return world.api.runs.get(owner, { runId: run_id })
  }
  const fork = async (run: Run, input: ForkRun) => ended(await world.api.runs.fork(owner, { runId: run.run_id, ...input }))
  /** Two calls with one effect each, then an answer that says what it saw. */
  const twoSteps = async () => {
    world.says((request) => {
      const seen = resultsSoFar(request)
      return seen.length < 2
        ? { calls: [once(seen.length + 1)] }
        : { text: `saw ${seen.map(({ content }) => content).join(' and ')} as ${whoOf(request)}` }
    })
    world.effects.behave(({ input }) => ({ body: { did: (input as { n: number }).n } }))
    return ended(await world.run(await world.agent()))
  }

  test('a retry is a new run of the agent as it is now, with the same input, data and words before it', async () => {
    const agent = await world.agent({ system_prompt: 'You are the first.' })
    const first = await ended(await world.run(agent, { input: 'count', data: { list: [1, 2] } }))
    await world.api.agents.update(owner, { idOrSlug: agent.id, system_prompt: 'You are the second.' })
    const again = await ended(await world.api.runs.retry(owner, { runId: first.run_id }))
    expect(again).toMatchObject({ status: 'completed', input: 'count', data: { list: [1, 2] }, retry_of: first.run_id, forked_from: null })
    expect([first.agent_version, again.agent_version]).toEqual([1, 2])
    expect(again.run_id).not.toBe(first.run_id)
    const [one, two] = world.model.requests
    expect([whoOf(one), whoOf(two)]).toEqual(['You are the first.', 'You are the second.'])
    expect(two?.messages.at(-1)).toEqual(one?.messages.at(-1))
  })

  test('a retry and a fork under one key are made once; the key with something else is refused', async () => {
    const first = await twoSteps()
    const retry = (key: string) => world.api.runs.retry(owner, { runId: first.run_id }, { idempotency_key: key })
    const [a, b] = await Promise.all([retry('again'), retry('again')])
    expect((await ended(a)).run_id).toBe(b.run_id)
    const forked = (call: number) => world.api.runs.fork(owner, { runId: first.run_id, call }, { idempotency_key: 'fork' })
    expect((await ended(await forked(2))).run_id).toBe((await forked(2)).run_id)
    await expect(forked(1)).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
    await expect(retry('fork')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' })
  })

  test('a fork takes over answers and effects before it, repeats none of them, and goes on by itself', async () => {
    const first = await twoSteps()
    expect(world.effects.arrivals).toHaveLength(2)
    const asked = world.model.requests.length
    const forked = await fork(first, { call: 2 })
    expect(forked).toMatchObject({
      status: 'completed',
      forked_from: { run_id: first.run_id, call: 2, step: null, changed: [] },
      output_text: first.output_text,
      metrics: { total_steps: 2, tokens_input: 20, tokens_output: 10 },
      warnings: [],
    })
    expect(forked.model_calls.map(({ taken_over }) => taken_over ?? false)).toEqual([true, false, false])
    expect(forked.steps.map(({ output }) => output)).toEqual(first.steps.map(({ output }) => output))
    // The second effect is one of the new run, with a key of its own.
    expect(world.effects.arrivals).toHaveLength(3)
    expect(world.model.requests.length - asked).toBe(2)
    expect(await ended(first)).toEqual(first)
    // A fork of a fork.
    const second = await fork(forked, { step: 2, output: 'nothing at all' })
    expect(second.output_text).toContain('nothing at all')
    expect(world.effects.arrivals).toHaveLength(3)
  })

  test('from there on it may have another task, prompt or model, or another result of a step', async () => {
    const first = await twoSteps()
    const calls = world.effects.arrivals.length
    const other = await fork(first, { step: 1, output: { did: 'something else' }, system_prompt: 'You are a critic.', input: 'judge' })
    expect(other.forked_from).toEqual({ run_id: first.run_id, call: 2, step: 1, changed: ['input', 'system_prompt', 'result'] })
    expect(other.steps[0]).toMatchObject({ output: { did: 'something else' }, status: 'completed' })
    expect(other.output_text).toMatch(/something else.* as You are a critic\./)
    expect(JSON.stringify(world.model.requests.at(-1)?.messages)).toContain('judge')
    expect(world.effects.arrivals.length - calls).toBe(1)
    const failed = await fork(first, { step: 2, error: 'the printer burns' })
    expect(failed.steps[1]).toMatchObject({ status: 'failed', error: 'the printer burns' })
    expect(failed.output_text).toContain('the printer burns')
    const builtin = await fork(first, { call: 3, provider: 'builtin' })
    expect(builtin).toMatchObject({ provider: 'builtin', forked_from: { changed: ['model'] } })
    expect(builtin.model_calls.map(({ answered_by }) => answered_by?.provider ?? null)).toEqual(['double', 'double', null])
  })

  test('a fork that goes nowhere is refused, and says where it could go', async () => {
    const first = await twoSteps()
    const refused = (input: ForkRun) => expect(world.api.runs.fork(owner, { runId: first.run_id, ...input })).rejects
    await refused({}).toMatchObject({ code: 'INVALID', issues: [{ path: 'call' }] })
    await refused({ call: 1, step: 1 }).toMatchObject({ issues: [{ path: 'call' }] })
    await refused({ call: 4 }).toMatchObject({ issues: [{ path: 'call', message: 'the run made 3 model calls; it can be forked at 1 to 3' }] })
    await refused({ step: 3 }).toMatchObject({ issues: [{ path: 'step', message: 'the run has no step 3' }] })
    await refused({ call: 2, output: 1 }).toMatchObject({ issues: [{ path: 'step' }] })
    await refused({ step: 1, output: 1, error: 'both' }).toMatchObject({ issues: [{ path: 'error' }] })
    await refused({ call: 2, provider: 'nobody' }).toMatchObject({ issues: [{ path: 'provider' }] })
    const member = { ...owner, role: 'member' as const, user_id: 'usr_x', kind: 'user' as const }
    await expect(world.api.runs.fork(member, { runId: first.run_id, call: 1, system_prompt: 'x' })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
    const [own] = [
      await world.api.runs.start(member, { idOrSlug: first.agent_id, input: 'go', stream: false, wait: 20 }, { signal: AbortSignal.timeout(20_000) }),
    ]
    const { run_id } = own as Run
    await expect(world.api.runs.fork(member, { runId: run_id, call: 1, system_prompt: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await ended(await world.api.runs.fork(member, { runId: run_id, call: 1, input: 'x' }))).toMatchObject({ input: 'x' })
  })

  test('what was cut off while a tool was at work can be taken over with a result that somebody gives', async () => {
    const called = Promise.withResolvers<void>()
    world.says((request) =>
      resultsSoFar(request).length === 0 ? { calls: [once(1)] } : { text: `saw ${String(resultsSoFar(request)[0]?.content)}` },
    )
    world.effects.behave(() => (called.resolve(), { hang: true }))
    const started = await world.run(await world.agent(), { wait: 0 })
    await called.promise
    await world.api.runs.cancel(owner, { runId: started.run_id })
    const run = await ended(started)
    await expect(world.api.runs.fork(owner, { runId: run.run_id, call: 2 })).rejects.toMatchObject({ issues: [{ path: 'call' }] })
    expect(await fork(run, { step: 1, output: 'by hand' })).toMatchObject({ status: 'completed', output_text: 'saw by hand' })
  })

  test('what the family of a run has read, a run that is made of it has read as well', async () => {
    const first = await twoSteps()
    const label = { root_run_id: first.run_id, label: 'private' as const, run_id: first.run_id, step: 1, tool: 'effects__read' }
    await world.app.db.write((trx) => keepLabels(trx, [label]))
    const { run_id: forked } = await fork(first, { call: 2 })
    const { run_id: again } = await ended(await world.api.runs.retry(owner, { runId: forked }))
    for (const id of [forked, again]) expect([...(await labelsOfFamily(world.app.db.read, id)).keys()]).toEqual(['private'])
  })

  test('a replay asks no model and no tool and comes to the same; a journal that says otherwise is noticed', async () => {
    const first = await twoSteps()
    const before = [world.model.requests.length, world.effects.arrivals.length]
    const replay = await world.api.runs.replay(owner, { runId: first.run_id })
    expect(replay).toMatchObject({ same: true, reached: 'end', calls: 3, steps: 2, output_text: first.output_text, error: null, differences: [] })
    expect([world.model.requests.length, world.effects.arrivals.length]).toEqual(before)
    expect(await ended(first)).toEqual(first)
    const fork1 = await fork(first, { step: 1, output: 'changed', input: 'other' })
    expect(await world.api.runs.replay(owner, { runId: fork1.run_id })).toMatchObject({ same: true, reached: 'end' })
    await world.app.db.write((trx) => trx.updateTable('runs').set({ input: 'tampered' }).where('id', '=', first.run_id).execute())
    const tampered = await world.api.runs.replay(owner, { runId: first.run_id })
    expect(tampered.same).toBe(false)
    expect(tampered.differences).toHaveLength(3)
  })

  test('a replay of a run that failed comes to the same error, and one that was cancelled to the end of what is recorded', async () => {
    world.says((request) => ({ calls: [once(resultsSoFar(request).length)] }))
    const limited = await ended(await world.run(await world.agent({ config: { max_steps: 2 } })))
    expect(limited.error?.code).toBe('MAX_STEPS')
    expect(await world.api.runs.replay(owner, { runId: limited.run_id })).toMatchObject({ same: true, reached: 'end', error: limited.error })
    const called = Promise.withResolvers<void>()
    world.effects.behave(() => (called.resolve(), { hang: true }))
    const started = await world.run(await world.agent(), { wait: 0 })
    await called.promise
    await expect(world.api.runs.replay(owner, { runId: started.run_id })).rejects.toMatchObject({ code: 'RUN_NOT_ENDED' })
    const calls = world.effects.arrivals.length
    await world.api.runs.cancel(owner, { runId: started.run_id })
    expect(await world.api.runs.replay(owner, { runId: started.run_id })).toMatchObject({ same: true, reached: 'journal', output_text: null })
    expect(world.effects.arrivals).toHaveLength(calls)
  })

  test('a replay asks nobody where the journal has no answer, not even those that stand in', async () => {
    const asked = Promise.withResolvers<void>()
    const never = Promise.withResolvers<{ text: string }>()
    world.says((request) => {
      if (resultsSoFar(request).length === 0) return { calls: [once(1)] }
      asked.resolve()
      return never.promise
    })
    const config = { fallbacks: [{ provider: 'double', model: 'other' }] }
    const started = await world.run(await world.agent({ config }), { wait: 0 })
    await asked.promise
    await world.api.runs.cancel(owner, { runId: started.run_id })
    const requests = world.model.requests.length
    const replay = await world.api.runs.replay(owner, { runId: started.run_id })
    expect(replay).toMatchObject({ same: true, reached: 'journal', calls: 1, steps: 1 })
    expect(world.model.requests).toHaveLength(requests)
    never.resolve({ text: 'too late' })
  })

  test('many are cancelled by ids or by a filter; each that is not is told with the reason', async () => {
    world.effects.behave(() => ({ hang: true }))
    world.says(() => ({ calls: [once(1)] }))
    const [agent, other] = [await world.agent(), await world.agent()]
    const started = await Promise.all([1, 2, 3].map(() => world.run(agent, { wait: 0 })))
    const spared = await world.run(other, { wait: 0 })
    const [first, ...rest] = started.map(({ run_id }) => run_id)
    await world.api.runs.cancel(owner, { runId: first ?? '' })
    const byIds = await world.api.runs.cancelMany(owner, { ids: [first ?? '', rest[0] ?? '', rest[0] ?? '', 'run_nothing'] })
    expect(byIds).toMatchObject({ cancelled: [rest[0]], more: false })
    expect(byIds.refused.map(({ run_id, code }) => [run_id, code])).toEqual([
      [first, 'RUN_ENDED'],
      ['run_nothing', 'RUN_NOT_FOUND'],
    ])
    expect(await world.api.runs.cancelMany(owner, { filter: { agent: agent.slug } })).toEqual({ cancelled: [rest[1]], refused: [], more: false })
    expect((await world.api.runs.get(owner, { runId: spared.run_id })).completed_at).toBeNull()
    await expect(world.api.runs.cancelMany(owner, {})).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'ids' }] })
    await expect(world.api.runs.cancelMany(owner, { ids: ['x'], filter: {} })).rejects.toMatchObject({ code: 'INVALID' })
  })

  test('an export has each run that fits as JSON on a line, with its trace where that is asked for', async () => {
    const first = await twoSteps()
    const second = await ended(await world.run(await world.agent()))
    const lines = async (filter: object) => {
      const file = await world.api.runs.export(owner, { limit: 1000, trace: false, ...filter })
      expect(file.name).toMatch(/^runs-[\d-]+T[\d-]+\.ndjson$/)
      return (await file.text())
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as Run)
    }
    expect((await lines({ limit: 2 })).map(({ run_id }) => run_id)).toEqual([second.run_id, first.run_id])
    expect(await lines({ limit: 1, trace: true })).toEqual([second])
    expect(await lines({ agent: first.agent_id })).toMatchObject([{ run_id: first.run_id, metrics: first.metrics }])
    expect(await lines({ status: 'failed', agent: first.agent_id })).toEqual([])
  })
})

function whoOf(request: ChatRequest | undefined): string {
  const [system] = request?.messages ?? []
  return String(system?.content).split('\n')[0] ?? ''
}
