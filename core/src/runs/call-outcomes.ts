import type { ApprovalRow } from '../approvals/rows.ts'
import type { Outcome } from './execution.ts'

/** What the model is told of a call that is not made; undefined where it may be. The same whoever writes it down. */
export function refusalOf({ status, note, created_at, expires_at }: Pick<ApprovalRow, 'status' | 'note' | 'created_at' | 'expires_at'>) {
  if (status === 'expired') return refused(`nobody approved this call within ${inWords(expires_at - created_at)}, so it was not made`)
  if (status === 'rejected') return refused(`a person refused this call, so it was not made${note === null ? '' : `. They say: ${note}`}`)
  return undefined
}

function refused(error: string): Outcome {
  return { output: null, error }
}

/** The outcome of a call whose arguments a person changed, as the model is told of it. */
export function withChanges({ output, error }: Outcome, input: unknown, note: string | null): Outcome {
  const changed = `A person approved this call with other arguments: ${JSON.stringify(input)}.${note === null ? '' : ` They say: ${note}`}`
  return error === null ? { output: { changed, output }, error } : { output, error: `${error}. ${changed}` }
}

function inWords(ms: number): string {
  const units = [
    ['hour', 3_600_000],
    ['minute', 60_000],
    ['second', 1_000],
  ] as const
  const [unit, size] = units.find(([, each]) => ms >= each && ms % each === 0) ?? ['second', 1_000]
  const count = Math.round(ms / size)
  return `${count} ${unit}${count === 1 ? '' : 's'}`
}
