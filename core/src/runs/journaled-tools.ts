import type { ResolvedTool } from '../tools/resolved-tool.ts'
import { ToolError } from '../tools/tool-error.ts'
import { readResult, readResultName } from './context/read-result.ts'
import { withChanges } from './call-outcomes.ts'
import { type Clearance, clearCall } from './clear-call.ts'
import { BelowWaits, delegate } from './delegate.ts'
import type { EngineTool } from './engine.ts'
import { announceRetry } from './announce-retry.ts'
import type { Batch, Execution, Outcome, PastStep } from './execution.ts'
import { splitToolName } from './journal-codec.ts'
import { retrying } from './retrying.ts'
import { noteLabels, sharedLabels } from './run-labels.ts'
import type { FrozenTool } from './setup.ts'
import { searchFrozen, searchToolName } from './tool-search.ts'

/**
 * The tool wrapper: answers a step from the journal, or writes the intent, calls the tool, and writes the outcome before the model
 * sees it. Between the two stands a person, where one has to approve the call (clear-call.ts). After a crash, a step with intent and no outcome is called again only where its effect allows it (design.md section 3).
 */
export function journaledTool(x: Execution, frozen: FrozenTool, tool: ResolvedTool | undefined): EngineTool {
  return {
    ...frozen,
    async execute(callId, input) {
      const place = /^call_(\d+)_(\d+)$/.exec(callId)
      const batch = x.batches.get(Number(place?.[1]))
      if (!place || !batch) throw new Error(`tool call id '${callId}' is not one that the model wrapper gave`)
      const index = Number(place[2])
      const step = batch.first + index
      const call_id = batch.parts[index]?.call_id ?? ''
      const { name, effect } = frozen
      const outcome = await takeStep(x, { call: Number(place[1]), index, step, batch, call_id, frozen, name, tool, effect, input })
      x.outcomes.set(step, outcome)
      x.app.probe('tool.after', x.run.id)
      if (outcome.error !== null) x.noteFailure(frozen.name, JSON.stringify(input))
      return outcome.error === null ? outcome.output : { error: outcome.error }
    },
  }
}

type StepCall = {
  call: number
  index: number
  step: number
  batch: Batch
  call_id: string
  frozen: FrozenTool
  name: string
  tool: ResolvedTool | undefined
  effect: EngineTool['effect']
  input: unknown
}

async function takeStep(x: Execution, s: StepCall): Promise<Outcome> {
  const past = x.past.steps.get(s.step)
  if (past?.outcome) {
    const outcome = pastOutcome(x, s, past, past.outcome)
    settle(s.batch)
    return outcome
  }
  const { max_steps } = x.setup.config
  if (s.step <= max_steps) x.journal.mayGoOn(`step ${s.step}`)
  if (s.step > max_steps) {
    await othersOf(s.batch)
    throw x.control.fail('MAX_STEPS', `the agent needed more than its limit of ${max_steps} tool calls (max_steps)`)
  }
  if (past && past.starts > 0 && s.effect === 'once' && !past.mayRunAgain) return waitForPerson(x, s, past.uncertain)
  const clearance = await clearCall(x, { ...s, labels: s.batch.labels })
  if (clearance.kind !== 'made') return notMade(x, s, clearance)
  const { input, changed } = clearance
  if (!s.batch.announced.has(s.step)) await announce(x, { ...s, input }, (past?.starts ?? 0) + 1, changed !== null)
  x.app.probe('tool.intent', x.run.id)
  const outcome = await callTool(x, { ...s, input })
  noteLabels(x, s.frozen, s.step)
  settle(s.batch)
  return changed ? withChanges(outcome, input, changed.note) : outcome
}

function pastOutcome(x: Execution, s: StepCall, { decided }: PastStep, outcome: Outcome): Outcome {
  if (decided && decided.decision !== 'approved') return outcome
  noteLabels(x, s.frozen, s.step)
  return decided?.edited_input ? withChanges(outcome, decided.edited_input, decided.note ?? null) : outcome
}

async function notMade(x: Execution, { step, batch }: StepCall, clearance: Exclude<Clearance, { kind: 'made' }>): Promise<Outcome> {
  switch (clearance.kind) {
    case 'refused': // whoever refused it has written so
      settle(batch)
      return clearance.outcome
    case 'waits': {
      const { id, until, reason } = clearance
      x.awaited.approvals.push(id)
      await othersOf(batch)
      throw x.control.stop({ kind: 'waiting', waiting: { for: 'approval', until, reason, step } })
    }
    case 'mismatch':
      throw x.control.fail('APPROVAL_MISMATCH', `step ${step} is not the call that was approved`)
    case 'gone':
      throw x.control.stop({ kind: 'gone' })
  }
}

async function announce(x: Execution, s: StepCall, attempt: number, edited: boolean) {
  const { step, call, index, call_id, effect, input } = s
  const started = { type: 'tool.started' as const, step, call, index, call_id, ...splitToolName(s.name), input, effect, attempt }
  await x.journal.append([edited ? { ...started, edited } : started])
}

async function callTool(x: Execution, s: StepCall): Promise<Outcome> {
  const began = performance.now()
  const { retry_on_error, max_retries } = x.setup.config
  let retries = 0
  let outcome: Outcome
  try {
    const done = await retrying(
      { max_retries: retry_on_error && s.effect !== 'once' ? max_retries : 0, signal: x.control.signal, explain: explainToolError },
      async (reason, delay) => {
        retries++
        await announceRetry(x, reason, delay, s.step)
      },
      // A tool that ignores the signal must not hold the run.
      () => Promise.race([invoke(x, s), x.control.stopped]),
    )
    outcome = { output: done.value ?? null, error: null }
  } catch (error) {
    if (x.control.signal.aborted) throw error
    if (error instanceof BelowWaits) return waitForBelow(x, s, error)
    if (!(error instanceof ToolError)) x.app.log.error({ err: error, run_id: x.run.id, tool: s.name }, 'tool failed in an unforeseen way')
    const doubtful = s.effect === 'once' && error instanceof ToolError && error.uncertain
    outcome = { output: null, error: explainToolError(error).message + (doubtful ? ' (it may have taken effect all the same)' : '') }
  }
  x.app.probe('tool.effect', x.run.id)
  const duration_ms = Math.round(performance.now() - began)
  const completed = { type: 'tool.completed' as const, step: s.step, ...outcome, duration_ms, retries }
  await x.journal.append([completed], {}, await sharedLabels(x, s.frozen, s.step))
  x.app.probe('tool.outcome', x.run.id)
  return outcome
}

async function invoke(x: Execution, s: StepCall): Promise<unknown> {
  if (s.name === searchToolName) return searchFrozen(x.setup.tools, s.input)
  if (s.name === readResultName) return readResult(resultOf(x, s.input), s.input)
  const delegated = x.setup.delegates.find((each) => each.name === s.name)
  if (delegated) return delegate(x, delegated, s.step, s.input)
  if (!s.tool) throw new ToolError(`the tool '${s.name}' was removed after the run began`)
  const { created_at: now, workspace_id } = x.run
  const { signal } = x.control
  const idempotency_key = `${x.run.id}:${s.step}`
  return x.app.hooks.invoke({ tool: s.tool, workspace_id, input: s.input, idempotency_key, run_id: x.run.id, now, signal })
}

/** What the model was given as the result of the step that it names; undefined where there is no such step. */
function resultOf(x: Execution, input: unknown): unknown {
  const outcome = x.outcomes.get(Number((input as { step?: unknown }).step))
  if (!outcome) return undefined
  return outcome.error === null ? outcome.output : { error: outcome.error }
}

function explainToolError(error: unknown) {
  const message = error instanceof Error ? error.message : String(error)
  return { retryable: error instanceof ToolError && error.retryable, message }
}

// Its intent is on disk and its outcome is not: it may have happened. Only a person, or the service itself, can know.
async function waitForPerson(x: Execution, s: StepCall, alreadySaid: boolean): Promise<never> {
  const reason = `'${s.name}' was interrupted and may have taken effect; settle it with POST /api/v1/runs/${x.run.id}/resolve`
  if (!alreadySaid) await x.journal.append([{ type: 'tool.uncertain', step: s.step, reason }])
  await othersOf(s.batch)
  throw x.control.stop({ kind: 'waiting', waiting: { for: 'uncertain', until: null, reason, step: s.step } })
}

/** Asked again when this run is taken up again, it finds the same run below. */
async function waitForBelow(x: Execution, s: StepCall, { run_id, waiting, message }: BelowWaits): Promise<never> {
  x.awaited.runs.push(run_id)
  await othersOf(s.batch)
  throw x.control.stop({ kind: 'waiting', waiting: { ...waiting, reason: message, step: s.step } })
}

function settle(batch: Batch) {
  if (--batch.left <= 0) batch.done.resolve()
}

/** What runs beside a call that cannot go on is brought to its end first: its outcomes are recorded, nothing is left half done. */
function othersOf(batch: Batch) {
  settle(batch)
  return batch.done.promise
}
