import type { ResolvedTool } from '../tools/resolved-tool.ts'
import { ToolError } from '../tools/tool-error.ts'
import { delegate } from './delegate.ts'
import type { EngineTool } from './engine.ts'
import { announceRetry } from './announce-retry.ts'
import type { Batch, Execution, Outcome } from './execution.ts'
import { splitToolName } from './journal-codec.ts'
import { retrying } from './retrying.ts'
import { searchFrozen, searchToolName } from './tool-search.ts'

/**
 * The tool wrapper: answers a step from the journal, or writes the intent, calls the tool, and writes the outcome before the model
 * sees it. After a crash, a step with intent and no outcome is called again only where its effect allows it (design.md section 3).
 */
export function journaledTool(x: Execution, frozen: Execution['setup']['tools'][number], tool: ResolvedTool | undefined): EngineTool {
  return {
    ...frozen,
    async execute(callId, input) {
      const place = /^call_(\d+)_(\d+)$/.exec(callId)
      const batch = x.batches.get(Number(place?.[1]))
      if (!place || !batch) throw new Error(`tool call id '${callId}' is not one that the model wrapper gave`)
      const index = Number(place[2])
      const step = batch.first + index
      const outcome = await takeStep(x, { call: Number(place[1]), index, step, batch, name: frozen.name, tool, effect: frozen.effect, input })
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
  name: string
  tool: ResolvedTool | undefined
  effect: EngineTool['effect']
  input: unknown
}

async function takeStep(x: Execution, s: StepCall): Promise<Outcome> {
  const past = x.past.steps.get(s.step)
  if (past?.outcome) {
    settle(s.batch)
    return past.outcome
  }
  const { max_steps } = x.setup.config
  if (s.step > max_steps) {
    await othersOf(s.batch)
    throw x.control.fail('MAX_STEPS', `the agent needed more than its limit of ${max_steps} tool calls (max_steps)`)
  }
  if (past && past.starts > 0 && s.effect === 'once' && !past.mayRunAgain) return waitForPerson(x, s, past.uncertain)
  if (!s.batch.announced.has(s.step)) await announce(x, s, (past?.starts ?? 0) + 1)
  x.app.probe('tool.intent', x.run.id)
  const outcome = await callTool(x, s)
  settle(s.batch)
  return outcome
}

async function announce(x: Execution, s: StepCall, attempt: number) {
  const { step, call, index, effect, input } = s
  const call_id = s.batch.parts[index]?.call_id ?? ''
  await x.journal.append([{ type: 'tool.started', step, call, index, call_id, ...splitToolName(s.name), input, effect, attempt }])
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
    if (!(error instanceof ToolError)) x.app.log.error({ err: error, run_id: x.run.id, tool: s.name }, 'tool failed in an unforeseen way')
    const doubtful = s.effect === 'once' && error instanceof ToolError && error.uncertain
    outcome = { output: null, error: explainToolError(error).message + (doubtful ? ' (it may have taken effect all the same)' : '') }
  }
  x.app.probe('tool.effect', x.run.id)
  const duration_ms = Math.round(performance.now() - began)
  await x.journal.append([{ type: 'tool.completed', step: s.step, ...outcome, duration_ms, retries }])
  x.app.probe('tool.outcome', x.run.id)
  return outcome
}

async function invoke(x: Execution, s: StepCall): Promise<unknown> {
  if (s.name === searchToolName) return searchFrozen(x.setup.tools, s.input)
  const delegated = x.setup.delegates.find((each) => each.name === s.name)
  if (delegated) return delegate(x, delegated, s.step, s.input)
  if (!s.tool) throw new ToolError(`the tool '${s.name}' was removed after the run began`)
  const { now, control } = { now: x.run.created_at, control: x.control }
  return x.app.hooks.invoke({ tool: s.tool, input: s.input, idempotency_key: `${x.run.id}:${s.step}`, run_id: x.run.id, now, signal: control.signal })
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

function settle(batch: Batch) {
  if (--batch.left <= 0) batch.done.resolve()
}

/** What runs beside a call that cannot go on is brought to its end first: its outcomes are recorded, nothing is left half done. */
function othersOf(batch: Batch) {
  settle(batch)
  return batch.done.promise
}
