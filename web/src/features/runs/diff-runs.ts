import { isSame } from '@cadre/contract/changed-fields'
import type { ModelCall, Run, Step } from '@cadre/contract/runs'
import { align } from '../../lib/align.ts'
import { stepName } from './step-name.ts'

export type Entry = { kind: 'model'; id: string; call: ModelCall } | { kind: 'tool'; id: string; step: Step }
export type DiffRow = { id: string; a: Entry | null; b: Entry | null; kind: 'same' | 'changed' | 'first' | 'second' }
export type RunDiff = { rows: DiffRow[]; task: boolean; answer: boolean; differences: number }

/** Two runs side by side: their model calls and steps in order, and whether each is the same: what went in, what came out. Times do not count. */
export function diffRuns(a: Run, b: Run): RunDiff {
  const rows = align(entriesOf(a), entriesOf(b), isEqual, (one, other) => nameOf(one) === nameOf(other)).map(({ a, b }): DiffRow => {
    const id = `${a?.id ?? ''}/${b?.id ?? ''}`
    if (!a || !b) return { id, a, b, kind: a ? 'first' : 'second' }
    return { id, a, b, kind: isEqual(a, b) ? 'same' : 'changed' }
  })
  const task = a.input !== b.input || !isSame(a.data, b.data)
  const answer = a.output_text !== b.output_text || a.status !== b.status || a.error?.message !== b.error?.message
  return { rows, task, answer, differences: rows.filter(({ kind }) => kind !== 'same').length + Number(task) + Number(answer) }
}

function entriesOf(run: Run): Entry[] {
  const stepsOf = Map.groupBy(run.steps, ({ call }) => call)
  return run.model_calls.flatMap((call): Entry[] => [
    { kind: 'model', id: `call-${call.call}`, call },
    ...(stepsOf.get(call.call) ?? []).map((step): Entry => ({ kind: 'tool', id: `step-${step.step}`, step })),
  ])
}

const nameOf = (entry: Entry) => (entry.kind === 'model' ? '' : stepName(entry.step))

export function isEqual(a: Entry, b: Entry): boolean {
  return a.kind === b.kind && isSame(said(a), said(b))
}

/** What there is to compare: the ids of a provider's calls and the times are other ones each time. */
export function said(entry: Entry): Record<string, unknown> {
  if (entry.kind === 'model') {
    const { text, reasoning, tool_calls, finish_reason } = entry.call
    return { text, reasoning, tools: tool_calls.map(({ tool, input }) => ({ tool, input })), finish_reason }
  }
  const { tool, action, input, output, error } = entry.step
  return { tool, action, input, output: output ?? null, error }
}
