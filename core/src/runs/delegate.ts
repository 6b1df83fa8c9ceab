import { CadreError } from '@cadre/contract/errors'
import type { Waiting } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import { systemIn } from '../access/actor.ts'
import { fromJson } from '../storage/json.ts'
import { ToolError } from '../tools/tool-error.ts'
import { cancelChild } from './cancel-run.ts'
import type { Delegate } from './delegates-of.ts'
import type { Execution } from './execution.ts'
import { awaitStandstill, openMailbox, standsStill } from './follow-run.ts'
import { requireRun, toRun } from './get-run.ts'
import { RunStopped } from './run-control.ts'
import { type NewRunInput, startRun } from './start-run.ts'

/** A run below waits for a budget or for a person's approval. The one above cannot go on without it and waits as well; whatever wakes the one wakes the other. */
export class BelowWaits extends Error {
  override name = 'BelowWaits'
  readonly run_id: string
  readonly waiting: Waiting
  constructor(runId: string, waiting: Waiting) {
    super(`run ${runId} waits: ${waiting.reason}`)
    this.run_id = runId
    this.waiting = waiting
  }
}

/** Runs below a run, below a run... */
const deepest = 5
const lookEvery = 30_000

/**
 * One task for another agent: a run of its own, linked to this one, within its limits. It is found again after a crash, and ended with the
 * run that wanted it.
 */
export async function delegate(x: Execution, { agent_id }: Delegate, step: number, given: unknown): Promise<unknown> {
  const { task, data } = given as { task?: unknown; data?: unknown }
  if (typeof task !== 'string' || task.trim() === '') throw new ToolError('task: is required, in plain words')
  if (data !== undefined && (typeof data !== 'object' || data === null)) throw new ToolError('data: must be an object or a list')
  if (x.run.depth >= deepest) throw new ToolError(`agents may hand work on ${deepest} times, and this run is as deep as that`)
  const actor = { ...systemIn(x.run), id: x.run.triggered_by, user_id: x.run.user_id }
  // While it waits, its place in this process is another's.
  const unpark = x.app.park()
  try {
    const request: NewRunInput = { idOrSlug: agent_id, input: task, data: data as NewRunInput['data'], stream: false, output_schema: undefined }
    const parent = { run_id: x.run.id, depth: x.run.depth, key_id: x.run.key_id, config: x.setup.config }
    const runId = await startRun(x.app, actor, request, `${x.run.id}:${step}`, () => {}, parent)
    return resultOf(await endOf(x, runId))
  } catch (error) {
    if (error instanceof CadreError) throw new ToolError(error.message)
    throw error
  } finally {
    unpark()
  }
}

async function endOf(x: Execution, runId: string): Promise<Run> {
  const { signal } = x.control
  for (;;) {
    await awaitStandstill(x.app, runId, lookEvery, signal, openMailbox(x.app, runId, signal), true)
    const row = await requireRun(x.app, systemIn(x.run), runId)
    if (row.completed_at !== null) return toRun(x.app, row)
    if (standsStill(row, x.app.now())) throw new BelowWaits(runId, fromJson(row.waiting ?? 'null') as Waiting)
    if (!signal.aborted) continue
    // Handed to another worker, this run goes on, and that one with it; timed out or failed, it wants nothing any more.
    if (signal.reason instanceof RunStopped && signal.reason.stop.kind !== 'gone') await cancelChild(x.app, systemIn(x.run), runId)
    throw signal.reason
  }
}

function resultOf({ run_id, status, output, error }: Run): unknown {
  if (status === 'completed') return { run_id, output }
  throw new ToolError(`the agent's run ${run_id} ended as ${status}${error ? `: ${error.message}` : ''}`)
}
