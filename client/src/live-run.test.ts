import { once } from 'node:events'
import { CadreError } from '@cadre/contract/errors'
import type { JournalEvent, RunEvent } from '@cadre/contract/run-events'
import { expect, onTestFinished, test } from 'vitest'
import { createClient } from './client.ts'
import { type LiveRun, type LiveRunOptions, type LiveRunState, openLiveRun } from './live-run.ts'
import { events, pending, run } from './test/samples.ts'
import { type Answer, startWire, stream } from './test/wire.ts'

/** Listeners hear of things when the test says so. */
function frames() {
  const waiting: (() => void)[] = []
  return { schedule: (tell: () => void) => void waiting.push(tell), next: () => waiting.splice(0).map((tell) => tell()).length }
}

async function open(answers: Record<string, Answer>, options: LiveRunOptions = {}) {
  const wire = await startWire(answers)
  const live = openLiveRun(createClient({ url: wire.url }), 'run_1', { schedule: (tell) => queueMicrotask(tell), wait_ms: [1, 1], ...options })
  onTestFinished(live.close)
  return { wire, live }
}

function until(live: LiveRun, fits: (state: LiveRunState) => boolean): Promise<LiveRunState> {
  return new Promise((resolve) => {
    const look = () => {
      if (!fits(live.getState())) return false
      stop()
      resolve(live.getState())
      return true
    }
    const stop = live.subscribe(look)
    look()
  })
}
const isClosed = ({ connection }: LiveRunState) => connection === 'closed'

/** A run whose events come when the test lets them. */
function heldRun() {
  let over = false
  const gates = events.map(() => Promise.withResolvers<void>())
  const answers: Record<string, Answer> = {
    'runs.get': () => run(over ? {} : pending),
    'runs.follow': async function* ({ lastEventId }) {
      for await (const event of stream(events, { after: lastEventId })) {
        await gates[events.findIndex(({ type, seq }) => type === (event as RunEvent).type && seq === (event as RunEvent).seq)]?.promise
        if ((event as RunEvent).type === 'run.ended') over = true
        yield event
      }
    },
  }
  return {
    answers,
    letUntil: (type: RunEvent['type']) => gates.slice(0, events.findIndex((event) => event.type === type) + 1).forEach((gate) => gate.resolve()),
  }
}

test('a run that is over is loaded and not followed', async () => {
  const { wire, live } = await open({ 'runs.get': () => run() })
  expect(await until(live, isClosed)).toEqual({ run: run(), texts: [], connection: 'closed', error: null })
  expect(wire.calls.map(({ path }) => path)).toEqual(['runs.get'])
})

test('of a long run that is over the beginning is there first, then all of it', async () => {
  const rest = Promise.withResolvers<void>()
  const asked: unknown[] = []
  const { live } = await open(
    {
      'runs.get': async ({ input }) => {
        asked.push(input)
        if ((input as { max_events?: number }).max_events !== undefined) return run({ steps: [], events_left: 7 })
        await rest.promise
        return run()
      },
    },
    { first_events: 10, max_value_bytes: 5_000 },
  )
  expect((await until(live, ({ run }) => run !== null)).run).toMatchObject({ steps: [], events_left: 7 })
  rest.resolve()
  expect(await until(live, isClosed)).toEqual({ run: run(), texts: [], connection: 'closed', error: null })
  expect(asked).toEqual([
    { runId: 'run_1', max_value_bytes: 5_000, max_events: 10 },
    { runId: 'run_1', max_value_bytes: 5_000 },
  ])
})

test('what was known of a long run under way stays until its events have come as far', async () => {
  const more = Promise.withResolvers<void>()
  const [first, ...others] = events
  const { live } = await open(
    {
      'runs.get': () => run({ ...pending, steps: run().steps, last_seq: 3, events_left: 1 }),
      'runs.follow': async function* ({ signal }) {
        yield* stream([first!])
        await more.promise
        yield* stream(
          others.filter(({ type }) => type !== 'run.ended'),
          { held: signal },
        )
      },
    },
    { first_events: 10 },
  )
  expect((await until(live, ({ connection }) => connection === 'live')).run).toMatchObject({ steps: run().steps, events_left: 1 })
  more.resolve()
  const { run: caughtUp } = await until(live, (state) => state.run?.events_left === undefined && state.run?.steps[0]?.status === 'completed')
  expect(caughtUp).toMatchObject({ status: 'running', steps: [{ output: { value: 84 } }] })
})

test('a run under way shows text as it arrives, then steps, then what the server has of its end', async () => {
  const { answers, letUntil } = heldRun()
  const { live } = await open(answers)
  expect((await until(live, ({ run }) => run !== null)).run).toMatchObject({ status: 'pending', input: 'What is 12 * 7?', steps: [] })
  letUntil('text.delta')
  expect(await until(live, ({ texts }) => texts.length > 0)).toMatchObject({
    connection: 'live',
    texts: [{ call: 1, text: 'I calculate.', reasoning: '' }],
    run: { status: 'running', provider: 'builtin' },
  })
  letUntil('tool.completed')
  const working = await until(live, (state) => state.run?.steps[0]?.status === 'completed')
  expect(working).toMatchObject({
    texts: [],
    run: { steps: [{ output: { value: 84 } }], metrics: { total_steps: 1, tokens_input: 120, tokens_output: 30 } },
  })
  letUntil('run.ended')
  expect(await until(live, isClosed)).toEqual({ run: run(), texts: [], connection: 'closed', error: null })
})

test('however many events come, listeners hear once a frame, and what did not change stays the same object', async () => {
  const many: RunEvent[] = [events[0]!, ...[1, 2, 3].flatMap((step) => toolCall(step, 2 * step))]
  const second = Promise.withResolvers<void>()
  const all = Promise.withResolvers<void>()
  const { schedule, next } = frames()
  const { live } = await open(
    {
      'runs.get': () => run(pending),
      'runs.follow': async function* ({ signal }) {
        yield* stream(many)
        all.resolve()
        await second.promise
        yield* stream(toolCall(4, 8), { held: signal })
      },
    },
    { schedule },
  )
  let heard = 0
  live.subscribe(() => (heard += 1))
  await all.promise
  await turnsUntil(() => (next(), live.getState().run?.steps.length === 3))
  const before = live.getState().run!.steps
  const heardBefore = heard
  second.resolve()
  await turnsUntil(() => (next(), live.getState().run?.steps[3]?.status === 'completed'))
  const after = live.getState().run!.steps
  expect(after.slice(0, 3).map((step, i) => step === before[i])).toEqual([true, true, true])
  expect(heard - heardBefore).toBeLessThanOrEqual(2)
  expect(live.getState()).toBe(live.getState())
})

test('text of a call that is begun again starts anew', async () => {
  const delta = (part: number, text: string): RunEvent => ({ type: 'text.delta', seq: 1, call: 1, part, kind: 'text', text })
  const { live } = await open({
    'runs.get': () => run(pending),
    'runs.follow': ({ signal }) => stream([events[0]!, delta(0, 'No'), delta(1, ' way'), delta(0, 'Yes')], { held: signal }),
  })
  expect((await until(live, ({ texts }) => texts[0]?.text === 'Yes')).texts).toHaveLength(1)
})

test.each([
  ['retry', 'running'],
  ['uncertain', 'pending'],
] as const)('a run that waits for %s is %s and says what it waits for', async (what, status) => {
  const at = '2024-03-05T10:15:01.000Z'
  const waiting = { for: what, until: null, reason: 'because', step: 1 }
  const waits: JournalEvent = { type: 'run.waiting', seq: 2, at, waiting }
  const { live } = await open({
    'runs.get': () => run(pending),
    'runs.follow': ({ signal }) => stream([events[0]!, waits], { held: signal }),
  })
  expect((await until(live, ({ run }) => run?.waiting?.for === what)).run).toMatchObject({ status, waiting })
})

test('a server that goes away is said to be, and nothing is lost when it is back', async () => {
  let over = false
  const back = Promise.withResolvers<void>()
  const answers: Record<string, Answer> = {
    'runs.get': () => run(pending),
    'runs.follow': ({ signal }) => stream(events.slice(0, 4), { held: signal }),
  }
  const first = await startWire(answers, { returns: true })
  const live = openLiveRun(createClient({ url: first.url }), 'run_1', { schedule: (tell) => queueMicrotask(tell), wait_ms: [1, 1] })
  onTestFinished(live.close)
  await until(live, ({ run }) => run?.steps.length === 1)
  await first.stop()
  await until(live, ({ connection }) => connection === 'away')
  await startWire(
    {
      'runs.get': () => run(over ? {} : pending),
      'runs.follow': async function* ({ lastEventId, signal }) {
        yield* stream(events.slice(0, -1), { after: lastEventId })
        await Promise.race([back.promise, once(signal!, 'abort')])
        over = true
        yield* stream(events.slice(-1))
      },
    },
    { port: first.port },
  )
  expect((await until(live, ({ connection, run }) => connection === 'live' && run?.model_calls.length === 2)).run?.steps).toMatchObject([
    { status: 'completed' },
  ])
  back.resolve()
  expect((await until(live, isClosed)).run).toEqual(run())
})

test('a server that is not there yet is asked until it is', async () => {
  const first = await startWire({}, { returns: true })
  await first.stop()
  const live = openLiveRun(createClient({ url: first.url }), 'run_1', { schedule: (tell) => queueMicrotask(tell), wait_ms: [1, 1] })
  onTestFinished(live.close)
  await until(live, ({ connection }) => connection === 'away')
  await startWire({ 'runs.get': () => run() }, { port: first.port })
  expect(await until(live, isClosed)).toMatchObject({ run: { status: 'completed' }, error: null })
})

test('a run that is not there is an error, not a wait', async () => {
  const { live } = await open({
    'runs.get': () => {
      throw new CadreError('RUN_NOT_FOUND', 'There is no run run_1.')
    },
  })
  expect(await until(live, isClosed)).toMatchObject({ run: null, error: { code: 'RUN_NOT_FOUND' } })
})

test('closing lets the server know and tells nobody', async () => {
  const gone = Promise.withResolvers<void>()
  const { live } = await open({
    'runs.get': () => run(pending),
    'runs.follow': ({ signal }) => {
      signal?.addEventListener('abort', () => gone.resolve())
      return stream(events.slice(0, 1), { held: signal })
    },
  })
  await until(live, ({ connection }) => connection === 'live')
  live.subscribe(() => expect.unreachable())
  live.close()
  await gone.promise
})

function toolCall(step: number, seq: number): JournalEvent[] {
  const at = '2024-03-05T10:15:01.000Z'
  return [
    {
      type: 'tool.started',
      seq,
      at,
      step,
      call: 1,
      index: 0,
      call_id: `c${step}`,
      tool: 'calculator',
      action: 'calculate',
      input: {},
      effect: 'read',
      attempt: 1,
    },
    { type: 'tool.completed', seq: seq + 1, at, step, output: step, error: null, duration_ms: 1, retries: 0 },
  ]
}

/** Turns of the event loop until it is so. */
async function turnsUntil(isSo: () => boolean) {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}
