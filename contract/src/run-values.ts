import { z } from 'zod'

/**
 * Of which fields only the beginning is there, and how many bytes all of each has as it is kept: a text as it is, any other value as JSON. A field that is cut holds
 * a text; of a `context` that is cut only the lists are empty.
 */
export const Cut = z.record(z.string(), z.int())
export type Cut = z.infer<typeof Cut>

/** What may be cut: of a step, of a model call, and of the run itself. */
export const stepValues = ['input', 'output', 'error', 'original_input'] as const
export const callValues = ['text', 'reasoning', 'tool_calls', 'context'] as const
export const runValues = ['data'] as const

export const CutValues = z.strictObject({
  /** Values of steps and model calls that take more bytes come cut, and `cut` says which. The task and the answer stay whole. */
  max_value_bytes: z.coerce.number().int().min(4_000).max(1_000_000_000).optional(),
})
export type CutValues = z.infer<typeof CutValues>

export const ReadRun = CutValues.extend({
  /** So much of the journal at most, from its beginning: a long trace is there in part at once. `events_left` says how much is missing. */
  max_events: z.coerce.number().int().min(1).max(1_000_000_000).optional(),
})
export type ReadRun = z.infer<typeof ReadRun>

export const ReadRunValue = z.strictObject({
  /** A value of this step; or of this model call; or, with neither, of the run. */
  step: z.coerce.number().int().min(1).optional(),
  call: z.coerce.number().int().min(1).optional(),
  /** `all`: the whole step or model call. */
  of: z.enum(['all', ...stepValues, ...callValues, ...runValues]),
})
export type ReadRunValue = z.infer<typeof ReadRunValue>

export function isValueOf({ step, call, of }: ReadRunValue, context: z.RefinementCtx) {
  const refuse = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message })
  if (step !== undefined && call !== undefined) return refuse('call', 'has no place beside step: name one of the two')
  const known: readonly string[] = step !== undefined ? ['all', ...stepValues] : call !== undefined ? ['all', ...callValues] : runValues
  const whose = step !== undefined ? 'a step' : call !== undefined ? 'a model call' : 'a run, without step or call,'
  if (!known.includes(of)) refuse('of', `${whose} has ${known.join(', ')}`)
}
