import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { expect, test } from 'vitest'
import { barOf, filterRows, traceRows } from './trace-rows.ts'

const begin = Date.parse('2024-03-05T10:00:00.000Z')
const at = (ms: number) => new Date(begin + ms).toISOString()
const call = (number: number, ended_ms: number, duration_ms: number, more: Partial<ModelCall> = {}) =>
  ({ call: number, timestamp: at(ended_ms), duration_ms, text: '', reasoning: '', finish_reason: 'tool-calls', ...more }) as ModelCall
const step = (number: number, call: number, start_ms: number, more: Partial<Step> = {}) =>
  ({
    step: number,
    call,
    timestamp: at(start_ms),
    duration_ms: 50,
    tool: 't',
    action: 'a',
    input: {},
    output: null,
    error: null,
    status: 'completed',
    ...more,
  }) as Step
const run = (model_calls: ModelCall[], steps: Step[], completed_at: string | null = at(1_000)) =>
  ({ created_at: at(-500), started_at: at(0), completed_at, model_calls, steps }) as Run

const whole = run(
  [call(1, 200, 200, { text: 'First I parse.' }), call(2, 600, 300)],
  [
    step(1, 1, 200, { output: { city: 'Zürich' } }),
    step(2, 1, 210, { status: 'failed', error: 'no such column' }),
    step(3, 2, 600, { status: 'uncertain' }),
  ],
)

test('tools stand under the model call that asked for them, each at its time', () => {
  const { rows, total_ms } = traceRows(whole, 0)
  expect(rows.map(({ id, depth, start_ms, duration_ms }) => [id, depth, start_ms, duration_ms])).toEqual([
    ['call-1', 0, 0, 200],
    ['step-1', 1, 200, 50],
    ['step-2', 1, 210, 50],
    ['call-2', 0, 300, 300],
    ['step-3', 1, 600, 50],
  ])
  expect(total_ms).toBe(1_000)
})

test('a run under way goes on until now, and so does its bar', () => {
  const { rows, total_ms } = traceRows(run([], [step(1, 1, 400, { status: 'running' })], null), begin + 800)
  expect({ total_ms, bar: barOf(rows[0]!, total_ms) }).toEqual({ total_ms: 800, bar: { left: 50, width: 50 } })
})

test.each([
  [{ errors: true, search: '' }, ['call-1', 'step-2', 'call-2', 'step-3']],
  [{ errors: true, search: 'COLUMN' }, ['call-1', 'step-2']],
  [{ errors: false, search: 'zürich' }, ['call-1', 'step-1']],
  [{ errors: false, search: 'parse' }, ['call-1']],
  [{ errors: false, search: 'nowhere' }, []],
])('of %j there are %j', (filter, ids) => {
  expect(filterRows(traceRows(whole, 0).rows, filter).map(({ id }) => id)).toEqual(ids)
})

test('bars stay inside and can be seen', () => {
  const place = { id: 'x', depth: 0 as const }
  expect(barOf({ ...place, start_ms: 999_999, duration_ms: 0, isTaken: false }, 1_000_000)).toEqual({ left: 99.5, width: 0.5 })
  expect(barOf({ ...place, start_ms: 0, duration_ms: 5, isTaken: false }, 0)).toEqual({ left: 0, width: 100 })
})

test('30,000 steps make their rows', () => {
  const calls = Array.from({ length: 3_000 }, (_, i) => call(i + 1, 10 * i, 5))
  const steps = Array.from({ length: 30_000 }, (_, i) => step(i + 1, Math.floor(i / 10) + 1, i))
  expect(traceRows(run(calls, steps), 0).rows).toHaveLength(33_000)
})

test('a run that is at work while no tool is waits for its model, which is a row as well', () => {
  const live = (steps: Step[], status = 'running') => ({ ...run([call(1, 200, 200)], steps, null), status }) as Run
  const asking = (of: Run) => traceRows(of, begin + 900).rows.filter(({ kind }) => kind === 'asking')
  expect(asking(live([step(1, 1, 200)]))).toMatchObject([{ id: 'call-2', call: 2, start_ms: 250, duration_ms: null }])
  expect(asking(live([step(1, 1, 200, { status: 'running' })]))).toEqual([])
  expect(asking(live([step(1, 1, 200)], 'pending'))).toEqual([])
  expect(asking(whole)).toEqual([])
})

test('what was taken over from another run took none of the time of this one', () => {
  const forked = run([call(1, 0, 5_000, { taken_over: true }), call(2, 400, 400)], [step(1, 1, 0, { duration_ms: 9_000 })])
  const { rows, total_ms } = traceRows(forked, 0)
  expect(total_ms).toBe(1_000)
  expect(rows.map(({ isTaken }) => isTaken)).toEqual([true, true, false])
})
