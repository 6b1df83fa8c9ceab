import type { JournalEvent } from '@cadre/contract/run-events'
import type { App } from '../app.ts'
import { dropQuestions } from '../approvals/questions.ts'
import type { Lease } from '../jobs/queue.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { fromJson } from '../storage/json.ts'
import { storableText } from '../storage/storable-text.ts'
import { releaseRun } from '../usage/reserve.ts'
import { costOfRun } from '../usage/record-usage.ts'
import { readResultName } from './context/read-result.ts'
import { countAnswer, journaledModel } from './engine-model.ts'
import { beginExecution, type Execution, sumsOf, timeUsed } from './execution.ts'
import { StaleLease } from './journal.ts'
import { journaledTool } from './journaled-tools.ts'
import { unshelve } from './journal-codec.ts'
import { loadEngine } from './load-engine.ts'
import { shownNow } from './live-runs.ts'
import { noteCut, noteEnded, noteExecuting } from './origins.ts'
import { openRun, type RunJob } from './open-run.ts'
import { outputOf, problemWith, repairPrompt } from './output.ts'
import { holdsText, passReply } from './pass-reply.ts'
import { prepareRun } from './prepare-run.ts'
import { RunControl, RunStopped, type Stop } from './run-control.ts'
import type { HistoryMessage } from './start-run.ts'
import { toldOfEnd } from './tell-end.ts'
import { isAnswered, wakeInTime, wakeNow } from './wake-waiting.ts'

type End = Stop | { kind: 'completed'; text: string; truncated: boolean }

/** A run that was taken up this often and never came to an end kills whoever executes it. */
const maxAttempts = 100
const sameFailureLimit = 5

/**
 * A run happens here. Takes the run under the lease of its job, plays back what the journal holds, continues where it ends, and
 * writes one of the terminal states together with the completion of the job. Safe to repeat from any point: that is how a crash,
 * a drain and an answer from a person are handled.
 * @param stopping aborted when the worker stops or lost its lease: the run is handed back as it is.
 * @returns settled: the job was completed with the run; else the run needs nothing more from this job.
 */
export async function executeRun(app: App, lease: Lease, stopping: AbortSignal): Promise<{ settled: boolean }> {
  const { run_id, base } = lease.data as RunJob
  const opened = app.begun.take(run_id, base + lease.token) ?? (await openRun(app, lease))
  if (!opened) return { settled: false }
  const { row, setup, journal, model } = opened

  const control = new RunControl()
  const forget = app.live.executing(row.id, () => control.stop({ kind: 'gone' }))
  const forgetOrigin = noteExecuting(app, row)
  const handBack = () => control.stop({ kind: 'gone' })
  stopping.addEventListener('abort', handBack, { once: true })
  const clock = setTimeout(() => overtime(control, setup.config.timeout_ms), Math.max(1, setup.config.timeout_ms - timeUsed(journal.past)))
  try {
    const { cost_micros } = row.attempts > 0 ? await costOfRun(app.db.read, row.id) : { cost_micros: null }
    const x = beginExecution({ app, run: row, setup, journal, control, noteFailure: failureCounter(control) }, cost_micros)
    // Without a model nothing is played back, and the sums must not be lost.
    if ('kind' in model) for (const recorded of x.past.calls.values()) countAnswer(x, recorded)
    const end = 'kind' in model ? model : await Promise.race([toEnd(x, model), control.stopped]).catch((error) => endOf(x, error))
    app.probe('run.ending', row.id)
    // What hooks have not seen is not kept: who takes the run up asks for it again.
    if (x.quiet && end.kind !== 'completed') journal.dropDeferred()
    if (end.kind === 'gone' && stopping.aborted) {
      await journal.append([], { status: 'pending' })
      throw stopping.reason
    }
    return await writeEnd(x, end, lease)
  } catch (error) {
    if (error instanceof StaleLease) return { settled: false }
    throw error
  } finally {
    try {
      // Nothing is left of it where this process itself wrote the end.
      const text = shownNow(app, row.id)
      if (text !== '') await noteCut(app, row, text)
    } finally {
      await journal.close()
      clearTimeout(clock)
      stopping.removeEventListener('abort', handBack)
      forget()
      forgetOrigin()
    }
  }
}

/** The whole of a run: ask, let the engine loop over model and tools, and ask once more where the answer does not fit its schema. */
async function toEnd(x: Execution, model: ResolvedModel): Promise<End> {
  if (x.run.attempts - timesWaited(x.journal.past) >= maxAttempts)
    throw x.control.fail('CRASHED', `the run was taken up ${maxAttempts} times and never came to an end`)
  x.quiet = await holdsText(x.app, x.run)
  return answered(x, await answerOf(x, model, await prepareRun(x)))
}

/** The loop over model and tools, to its last words. What the journal holds is played back. */
export async function answerOf(x: Execution, model: ResolvedModel, prepared: string): Promise<string> {
  const engine = await loadEngine()
  const names = x.setup.tools.map((tool) => tool.name)
  const tools = new Map((await x.app.hooks.findTools(x.run.workspace_id, names)).map((tool) => [tool.name, tool]))
  const turn = {
    agent: x.setup.agent,
    system: `${x.setup.system}\n\nToday is ${new Date(x.run.created_at).toISOString().slice(0, 10)} (UTC).${prepared && `\n\n${prepared}`}`,
    model: journaledModel(x, model),
    temperature: x.setup.config.temperature,
    max_tokens: x.setup.config.max_tokens,
    tools: toolsFor(x, model).map((tool) => journaledTool(x, tool, tools.get(tool.name))),
    signal: x.control.signal,
  }
  const first = await engine({ ...turn, history: await historyOf(x), prompt: await promptOf(x) })
  const schema = x.setup.output_schema
  const problem = schema && problemWith(first.text, schema)
  if (!schema || !problem) return first.text
  const second = await engine({ ...turn, history: first.history, prompt: repairPrompt(problem) })
  const still = problemWith(second.text, schema)
  if (still) throw x.control.fail('OUTPUT_INVALID', `the answer does not fit the output schema, also after one repair: ${still}`)
  return second.text
}

/** How often an execution ended by waiting for a person or a budget, which is no crash. */
function timesWaited(events: readonly JournalEvent[]) {
  return events.filter((event) => event.type === 'run.waiting' && event.waiting.for !== 'retry').length
}

// The planner inside is shown all results whole, and each tool costs the engine time.
function toolsFor({ setup }: Execution, { type }: ResolvedModel) {
  return type === 'builtin' ? setup.tools.filter(({ name }) => name !== readResultName) : setup.tools
}

async function promptOf(x: Execution) {
  if (x.run.data === null) return x.run.input
  return `${x.run.input}\n\nData:\n${JSON.stringify(await unshelve(x.app.db.read, fromJson(x.run.data)))}`
}

async function historyOf({ app, run }: Execution): Promise<unknown[]> {
  return run.history === null ? [] : ((await unshelve(app.db.read, fromJson(run.history))) as HistoryMessage[])
}

async function answered(x: Execution, answer: string): Promise<End> {
  const text = storableText(answer)
  const { max_output_bytes } = x.setup.config
  if (text.trim() === '') throw emptyAnswer(x)
  const bytes = Buffer.byteLength(text)
  if (bytes > max_output_bytes)
    throw x.control.fail('OUTPUT_TOO_LARGE', `the answer has ${bytes} bytes; the limit is ${max_output_bytes} (max_output_bytes)`)
  return { kind: 'completed', text: await passReply(x, text), truncated: x.lastFinish === 'length' }
}

function limitOf({ lastLimit, setup }: Execution) {
  return `${lastLimit} tokens (${lastLimit < setup.config.max_tokens ? "half of the model's window" : 'max_tokens'})`
}

function emptyAnswer(x: Execution) {
  const { control, lastFinish } = x
  if (lastFinish === 'length') return control.fail('TRUNCATED', `the model used up its limit of ${limitOf(x)} before it said anything`)
  if (lastFinish === 'content-filter') return control.fail('CONTENT_FILTERED', "the provider's content filter stopped the answer")
  return control.fail('EMPTY_ANSWER', 'the model ended without an answer')
}

function endOf(x: Execution, error: unknown): Stop {
  if (error instanceof StaleLease) throw error
  if (error instanceof RunStopped) return error.stop
  if (x.control.signal.reason instanceof RunStopped) return x.control.signal.reason.stop
  x.app.log.error({ err: error, run_id: x.run.id }, 'run failed in an unforeseen way')
  return { kind: 'failed', error: { code: 'INTERNAL', message: 'Cadre failed in an unforeseen way; its log names this run' } }
}

async function writeEnd(x: Execution, end: End, lease: Lease): Promise<{ settled: boolean }> {
  if (end.kind === 'gone') return { settled: false }
  const completeJob = (trx: Parameters<App['queue']['complete']>[0]) => x.app.queue.complete(trx, lease)
  if (end.kind === 'waiting') {
    const patch = { status: 'pending', waiting: JSON.stringify(end.waiting), ...sumsOf(x) }
    let goesOn = false
    await x.journal.append([{ type: 'run.waiting', waiting: end.waiting }], patch, async (trx) => {
      await completeJob(trx)
      await releaseRun(trx, x.run.id)
      goesOn = await isAnswered(trx, x.awaited)
      if (goesOn) await wakeNow(trx, x.app.queue, x.run.id, x.journal.token)
      else await wakeInTime(trx, x.app, x.run.id, x.journal.token, end.waiting)
    })
    if (goesOn) x.app.wakeWorkers()
    return { settled: true }
  }
  const text = end.kind === 'completed' ? end.text : null
  const error = end.kind === 'completed' ? null : end.error
  const warning = {
    type: 'run.warning' as const,
    code: 'TRUNCATED',
    message: `the model's answer was cut at its limit of ${limitOf(x)}`,
  }
  let afterCommit = () => {}
  const told = await toldOfEnd(x.app, x.run)
  const ended = { type: 'run.ended' as const, status: end.kind, output: outputOf(end.kind, text), output_text: text, error }
  await x.journal.append(
    end.kind === 'completed' && end.truncated ? [warning, ended] : [ended],
    {
      status: end.kind,
      output_text: text,
      error_code: error?.code ?? null,
      error_message: error && storableText(error.message),
      completed_at: x.app.now(),
      ...sumsOf(x),
    },
    async (trx) => {
      await completeJob(trx)
      // A call that is given up holds nothing any more, whether or not it notices.
      if (end.kind !== 'completed') await releaseRun(trx, x.run.id)
      await told.write(trx)
      if (x.asked) await dropQuestions(trx, x.run.id, x.app.now())
      afterCommit = await noteEnded(x.app, trx, x.run, {
        status: end.kind,
        text,
        error: error && { ...error, message: storableText(error.message) },
        tries: error && x.retries + 1,
      })
    },
  )
  x.app.probe('run.ended', x.run.id)
  afterCommit()
  told.after()
  return { settled: true }
}

function overtime(control: RunControl, limit: number) {
  control.stop({ kind: 'timeout', error: { code: 'TIMEOUT', message: `the run took longer than its limit of ${limit} ms (timeout_ms)` } })
}

export function failureCounter(control: RunControl) {
  const failures = new Map<string, number>()
  return (tool: string, input: string) => {
    const key = `${tool} ${input}`
    const count = (failures.get(key) ?? 0) + 1
    failures.set(key, count)
    if (count >= sameFailureLimit) throw control.fail('REPEATED_FAILURE', `the agent made the same failing call to '${tool}' ${count} times`)
  }
}
