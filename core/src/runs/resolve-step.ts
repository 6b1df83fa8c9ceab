import { CadreError, invalid } from '@cadre/contract/errors'
import type { JournalEvent } from '@cadre/contract/run-events'
import type { ResolveStep, Run } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { pastOf } from './execution.ts'
import { getRun, requireRun } from './get-run.ts'
import { readJournal } from './journal.ts'
import type { NewEvent } from './journal-codec.ts'
import { writeFromOutside } from './write-from-outside.ts'

/**
 * A person settles a step whose outcome is uncertain: it happened (with this output), it did not (the model is told so), or run it
 * again. When no other step of the run is uncertain, the run goes on.
 */
export async function resolveStep(app: App, actor: Actor, runId: string, input: ResolveStep): Promise<Run> {
  const row = await requireRun(app, actor, runId)
  if (row.completed_at !== null) throw new CadreError('RUN_ENDED', `run '${runId}' is already ${row.status}`)
  if (input.outcome !== 'happened' && input.output !== undefined) throw invalid('output', `goes only with outcome 'happened'`)
  const uncertain = uncertainSteps(await readJournal(app, row))
  const step = input.step ?? (uncertain.length === 1 ? uncertain[0] : undefined)
  if (uncertain.length > 1 && step === undefined) throw invalid('step', `say which step: ${uncertain.join(', ')} are uncertain`)
  if (row.status !== 'pending' || step === undefined || !uncertain.includes(step)) {
    throw new CadreError(
      'STEP_NOT_UNCERTAIN',
      step === undefined ? `run '${runId}' has no uncertain step` : `step ${step} of run '${runId}' is not uncertain`,
    )
  }
  const goesOn = uncertain.length === 1
  const events: NewEvent[] = [{ type: 'tool.resolved', step, outcome: input.outcome, by: actor.id }, ...outcomeOf(step, input)]
  const written = await writeFromOutside(app, row, events, goesOn ? {} : { waiting: row.waiting }, async (trx) => {
    if (goesOn)
      await app.queue.enqueue(trx, { name: 'runs.execute', data: { run_id: runId, base: row.token }, max_attempts: Number.MAX_SAFE_INTEGER })
  })
  if (!written) throw new CadreError('STEP_NOT_UNCERTAIN', `step ${step} of run '${runId}' was settled in the meantime`)
  if (goesOn) app.wakeWorkers()
  return getRun(app, actor, runId)
}

function outcomeOf(step: number, input: ResolveStep): NewEvent[] {
  const done = { type: 'tool.completed' as const, step, duration_ms: 0, retries: 0 }
  if (input.outcome === 'happened') return [{ ...done, output: input.output ?? null, error: null }]
  if (input.outcome === 'did_not_happen') return [{ ...done, output: null, error: 'interrupted; it did not take effect' }]
  return []
}

function uncertainSteps(events: readonly JournalEvent[]) {
  return [...pastOf(events).steps].filter(([, step]) => step.uncertain && !step.outcome).map(([number]) => number)
}
