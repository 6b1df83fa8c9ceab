import type { Refusal } from './spend.ts'

/** A budget does not let a call be made. */
export class BudgetRefused extends Error {
  override name = 'BudgetRefused'
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** What the engine and the AI SDK made of an error may have ours as its cause. */
export function refusalIn(error: unknown): BudgetRefused | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof BudgetRefused) return at
  return undefined
}
