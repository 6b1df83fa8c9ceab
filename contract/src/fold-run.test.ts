import { expect, test } from 'vitest'
import { foldTrace, TraceFold } from './fold-run.ts'
import type { JournalEvent } from './run-events.ts'

const at = '2024-03-05T10:00:00.000Z'
const started = (step: number, effect: 'read' | 'once' = 'once'): JournalEvent => ({
  type: 'tool.started',
  seq: step,
  at,
  step,
  call: 1,
  index: step - 1,
  call_id: `c${step}`,
  tool: 'mail',
  action: 'send',
  input: {},
  effect,
  attempt: 1,
})
const uncertain = (step: number): JournalEvent => ({ type: 'tool.uncertain', seq: 10 + step, at, step, reason: 'interrupted' })
const statuses = (events: JournalEvent[], over = false) => foldTrace(events, over).steps.map((step) => step.status)

test('a step that is to run again is no longer uncertain, though another still is', () => {
  const events = [started(1), started(2), uncertain(1), uncertain(2)]
  expect(statuses(events)).toEqual(['uncertain', 'uncertain'])
  expect(statuses([...events, { type: 'tool.resolved', seq: 20, at, step: 1, outcome: 'run_again', by: 'local' }])).toEqual(['running', 'uncertain'])
})

test('a step in flight when the run ended failed if it only read, and may have happened otherwise', () => {
  expect(statuses([started(1, 'read'), started(2)], true)).toEqual(['failed', 'uncertain'])
})

test('the outcome of a repetition stands in for the one before', () => {
  const done: JournalEvent = { type: 'tool.completed', seq: 30, at, step: 1, output: { ok: true }, error: null, duration_ms: 3, retries: 0 }
  const [step] = foldTrace([started(1), uncertain(1), started(1), done], false).steps
  expect(step).toMatchObject({ status: 'completed', output: { ok: true }, error: null })
})

test('a step that a person is asked about waits, has what they said, and is not made when the run ends before', () => {
  const { attempt: _, ...call } = started(1) as Extract<JournalEvent, { type: 'tool.started' }>
  const reasons = [{ code: 'manifest' as const, message: 'it says so' }]
  const asked: JournalEvent = { ...call, type: 'approval.requested', approval_id: 'apr_1', reasons, expires_at: at }
  const decided: JournalEvent = {
    type: 'approval.decided',
    seq: 40,
    at,
    step: 1,
    approval_id: 'apr_1',
    decision: 'approved',
    scope: 'once',
    by: 'me',
  }
  const edited: JournalEvent = { ...call, attempt: 1, input: { to: 'b' }, edited: true }
  const approval = { approval_id: 'apr_1', status: 'pending', reasons }
  expect(foldTrace([asked], false).steps).toMatchObject([{ status: 'waiting', approval }])
  expect(foldTrace([asked], true).steps).toMatchObject([
    { status: 'failed', error: expect.stringContaining('not made'), approval: { status: 'cancelled' } },
  ])
  expect(foldTrace([asked, decided, edited], false).steps).toMatchObject([
    { status: 'running', input: { to: 'b' }, approval: { status: 'approved', by: 'me', scope: 'once', original_input: {} } },
  ])
  expect(foldTrace([asked, decided], true).steps).toMatchObject([{ status: 'failed', approval: { status: 'approved' } }])
})

test('a trace that grows keeps the objects of what did not change, and a trace that was given stays as it was', () => {
  const fold = new TraceFold()
  const done: JournalEvent = { type: 'tool.completed', seq: 30, at, step: 2, output: 1, error: null, duration_ms: 3, retries: 0 }
  for (const event of [started(2), started(1)]) fold.apply(event)
  const before = fold.trace(false)
  fold.apply(done)
  const after = fold.trace(false)
  expect(before.steps.map(({ step, status }) => [step, status])).toEqual([
    [1, 'running'],
    [2, 'running'],
  ])
  expect(after.steps.map(({ status }) => status)).toEqual(['running', 'completed'])
  expect(after.steps[0]).toBe(before.steps[0])
  expect(fold.trace(true).steps.map(({ status }) => status)).toEqual(['uncertain', 'completed'])
  expect(after.steps.map(({ status }) => status)).toEqual(['running', 'completed'])
})

test('what is cut is said of the step as it is now: a result of its own, and an input that a person changed beside the first', () => {
  const call = started(1) as Extract<JournalEvent, { type: 'tool.started' }>
  const { attempt: _, ...asked } = call
  const requested: JournalEvent = { ...asked, type: 'approval.requested', approval_id: 'apr_1', reasons: [], expires_at: at, cut: { input: 9_000 } }
  const done: JournalEvent = {
    type: 'tool.completed',
    seq: 30,
    at,
    step: 1,
    output: 'beg',
    error: null,
    duration_ms: 3,
    retries: 0,
    cut: { output: 7_000 },
  }
  const cutOf = (events: JournalEvent[]) => foldTrace(events, false).steps[0]?.cut
  expect(cutOf([requested, { ...call, cut: { input: 9_000 } }, done])).toEqual({ input: 9_000, output: 7_000 })
  expect(cutOf([requested, { ...call, edited: true }, done])).toEqual({ original_input: 9_000, output: 7_000 })
  expect(cutOf([started(1), done, uncertain(1), started(1)])).toEqual({})
  expect(cutOf([started(1)])).toBeUndefined()
})
