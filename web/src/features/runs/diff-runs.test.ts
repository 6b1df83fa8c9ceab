import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { expect, test } from 'vitest'
import { diffRuns } from './diff-runs.ts'

const call = (n: number, text: string, duration_ms = 1) =>
  ({ call: n, text, reasoning: '', tool_calls: [], finish_reason: 'stop', duration_ms, timestamp: `${duration_ms}` }) as unknown as ModelCall
const step = (n: number, ofCall: number, tool: string, output: unknown) =>
  ({ step: n, call: ofCall, tool, action: 'do', input: { n: 1 }, output, error: null, status: 'completed' }) as unknown as Step
const run = (model_calls: ModelCall[], steps: Step[], more: Partial<Run> = {}) =>
  ({ input: 'go', data: null, output_text: 'done', status: 'completed', error: null, model_calls, steps, ...more }) as Run
const shown = (a: Run, b: Run) => diffRuns(a, b).rows.map(({ id, kind }) => `${id} ${kind}`)

test('the same run twice differs in nothing, whatever time it took', () => {
  const make = (ms: number) => run([call(1, 'x', ms), call(2, 'y', ms)], [step(1, 1, 'mail', { b: 1, a: 2 })])
  expect(diffRuns(make(1), make(9))).toMatchObject({ differences: 0, task: false, answer: false })
  expect(shown(make(1), run([call(1, 'x'), call(2, 'y')], [step(1, 1, 'mail', { a: 2, b: 1 })]))).toEqual([
    'call-1/call-1 same',
    'step-1/step-1 same',
    'call-2/call-2 same',
  ])
})

test('a step with another result is the same step; one that the other run lacks stands alone', () => {
  const a = run([call(1, 'x'), call(2, 'y')], [step(1, 1, 'mail', 1), step(2, 1, 'sum', 2)])
  const b = run([call(1, 'x'), call(2, 'z')], [step(1, 1, 'mail', 7), step(2, 2, 'find', 3)], { output_text: 'other', input: 'go on' })
  const diff = diffRuns(a, b)
  expect(diff.rows.map(({ id, kind }) => `${id} ${kind}`)).toEqual([
    'call-1/call-1 same',
    'step-1/step-1 changed',
    'step-2/ first',
    'call-2/call-2 changed',
    '/step-2 second',
  ])
  expect(diff).toMatchObject({ task: true, answer: true, differences: 6 })
})
