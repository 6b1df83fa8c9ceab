import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { expect, test } from 'vitest'
import { graphOf, nodeWidth, showsRow } from './trace-graph-nodes.ts'
import { traceRows } from './trace-rows.ts'

const at = '2024-03-05T10:00:00.000Z'
const call = (number: number) => ({ call: number, timestamp: at, duration_ms: 1, finish_reason: 'stop' }) as ModelCall
const step = (number: number, call: number, more: Partial<Step> = {}) =>
  ({
    step: number,
    call,
    timestamp: at,
    duration_ms: 1,
    tool: 'mail',
    action: `a${number}`,
    output: null,
    error: null,
    status: 'completed',
    ...more,
  }) as Step
const graph = (calls: number[], steps: Step[], across = 3) => {
  const run = { created_at: at, started_at: at, completed_at: at, model_calls: calls.map(call), steps } as Run
  return graphOf(traceRows(run, 0).rows, across)
}
const links = ({ edges }: ReturnType<typeof graph>) => edges.map(({ id }) => id)

test('a model call leads to the tools that it asked for, and all of them to the next', () => {
  const drawn = graph([1, 2], [step(1, 1), step(2, 1)])
  expect(links(drawn)).toEqual(['call-1>step-1', 'call-1>step-2', 'step-1>call-2', 'step-2>call-2'])
  const [first, left, right, next] = drawn.nodes
  expect([left?.y === right?.y, first!.y < left!.y, left!.y < next!.y, left!.x + nodeWidth < right!.x]).toEqual([true, true, true, true])
})

test('an approval stands before its call, the run of another agent behind it', () => {
  const approval = { status: 'approved' } as Step['approval']
  const drawn = graph([1, 2], [step(1, 1, { approval }), step(2, 1, { tool: 'agents', output: { run_id: 'run_1' } })])
  expect(links(drawn)).toEqual(['call-1>approval-1', 'approval-1>step-1', 'call-1>step-2', 'step-2>run-2', 'step-1>call-2', 'run-2>call-2'])
  const y = (id: string) => drawn.nodes.find((node) => node.id === id)?.y ?? 0
  expect([y('step-1') === y('step-2'), y('approval-1') < y('step-1'), y('run-2') > y('step-2'), y('call-2') > y('run-2')]).toEqual([
    true,
    true,
    true,
    true,
  ])
})

test('many calls of one tool that ended the same way are one node, which shows each of them', () => {
  const sum = (number: number, more: Partial<Step> = {}) => step(number, 1, { tool: 'calculator', action: 'add', ...more })
  const { nodes } = graph([1], [sum(1), sum(2), sum(3, { status: 'failed' }), sum(4), sum(5), step(6, 1)])
  expect(nodes.map(({ id }) => id)).toEqual(['call-1', 'step-1', 'step-3', 'step-6'])
  const many = nodes[1]
  expect(many?.kind === 'tool' && many.count).toBe(4)
  expect(['step-5', 'step-3', 'call-1'].map((row) => showsRow(many!, row))).toEqual([true, false, false])
})

test('more tools than stand beside each other go on below, and nothing lies on anything', () => {
  const { nodes, width } = graph(
    [1, 2],
    Array.from({ length: 7 }, (_, n) => step(n + 1, 1)),
    2,
  )
  expect(width).toBe(2 * nodeWidth + 20)
  expect(new Set(nodes.map(({ x, y }) => `${x} ${y}`)).size).toBe(9)
})

test('steps whose model call is not recorded yet, and a trace without any, are drawn', () => {
  expect(links(graph([], [step(1, 1)]))).toEqual([])
  expect(graph([], []).nodes).toEqual([])
})
