import type { Execution } from './execution.ts'

/** Says in the run that something is tried again, and when. */
export async function announceRetry(x: Execution, reason: string, delayMs: number, step: number | null = null) {
  const waiting = { for: 'retry' as const, until: new Date(x.app.now() + delayMs).toISOString(), reason, step }
  if (step === null) x.retries++
  await x.journal.append([{ type: 'run.waiting', waiting }], { waiting: JSON.stringify(waiting) })
}
