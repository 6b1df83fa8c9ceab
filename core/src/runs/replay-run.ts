import { CadreError } from '@cadre/contract/errors'
import type { RunError } from '@cadre/contract/run-events'
import type { Replay } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { unknownCard } from '../providers/model-cards.ts'
import type { ResolvedModel } from '../providers/providers.ts'
import { storableText } from '../storage/storable-text.ts'
import { answerOf, failureCounter } from './execute-run.ts'
import { beginExecution } from './execution.ts'
import { refuseErased } from './fork-journal.ts'
import { requireRun } from './get-run.ts'
import { Journal, readJournal } from './journal.ts'
import { RunControl, RunStopped } from './run-control.ts'
import type { RunRow } from './runs.store.ts'

/**
 * Plays an ended run again: the same loop with the recorded answers and results, and nothing else. No model and no tool is asked and nothing
 * is written, so it costs nothing and can be done as often as one likes. It shows that the journal alone makes the run what it is: each
 * prompt is compared with the one that was sent then, and the end with the end.
 */
export async function replayRun(app: App, actor: Actor, runId: string): Promise<Replay> {
  const row = await requireRun(app, actor, runId)
  if (row.completed_at === null) throw new CadreError('RUN_NOT_ENDED', `run '${runId}' has not ended yet; what is recorded of it grows`)
  refuseErased(row)
  const began = performance.now()
  const differences: string[] = []
  const control = new RunControl()
  let atJournalsEnd = false
  const journal = Journal.replaying(app, row, await readJournal(app, row), {
    differs: (message) => differences.push(message),
    ends: () => {
      atJournalsEnd = true
      control.stop({ kind: 'gone' })
    },
  })
  const setup = await app.setups.get(app.db.read, row.setup)
  const x = beginExecution({ app, run: row, setup, journal, control, noteFailure: failureCounter(control) }, null)
  const { text, error } = await Promise.race([answerOf(x, nobody(row), x.past.prepared?.system ?? ''), control.stopped]).then(
    (answer) => ({ text: storableText(answer), error: null }),
    (thrown: unknown) => ({ text: null, error: errorOf(thrown, control) }),
  )
  const wasCompleted = row.status === 'completed'
  if (wasCompleted && text !== row.output_text) differences.push(atJournalsEnd ? 'the journal ends before the answer' : 'the answer is another one')
  if (error && error.code !== row.error_code) differences.push(`it fails: ${error.message}`)
  return {
    run_id: row.id,
    same: differences.length === 0,
    reached: atJournalsEnd ? 'journal' : 'end',
    calls: x.past.calls.size,
    steps: x.outcomes.size,
    output_text: text,
    error,
    differences,
    duration_ms: Math.round(performance.now() - began),
  }
}

function errorOf(thrown: unknown, { signal }: RunControl): RunError | null {
  const stopped = thrown instanceof RunStopped ? thrown : signal.reason
  if (!(stopped instanceof RunStopped)) throw thrown
  return 'error' in stopped.stop ? stopped.stop.error : null
}

/** In the place of the model: it has its names, and answers nothing. */
function nobody({ provider, model }: RunRow): ResolvedModel {
  const refuse = () => {
    throw new Error('a run that is played again asks no model')
  }
  const names = { provider: provider ?? '', model: model ?? '' }
  const languageModel = {
    specificationVersion: 'v3',
    provider: names.provider,
    modelId: names.model,
    supportedUrls: {},
    doGenerate: refuse,
    doStream: refuse,
  }
  return {
    ...names,
    type: provider === 'builtin' ? 'builtin' : 'custom',
    languageModel: languageModel as ResolvedModel['languageModel'],
    context_size: null,
    card: unknownCard,
  }
}
