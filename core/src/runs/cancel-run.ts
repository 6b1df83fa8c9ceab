import { CadreError } from '@cadre/contract/errors'
import type { Run } from '@cadre/contract/runs'
import { type Actor, systemIn } from '../access/actor.ts'
import type { App } from '../app.ts'
import { dropQuestions } from '../approvals/questions.ts'
import { releaseRun } from '../usage/reserve.ts'
import { getRun, requireRun } from './get-run.ts'
import { readJournal } from './journal.ts'
import { shownNow } from './live-runs.ts'
import { noteEnded } from './origins.ts'
import { holdsText } from './pass-reply.ts'
import { type RunRow, selectActiveChildren } from './runs.store.ts'
import { toldOfEnd } from './tell-end.ts'
import { writeFromOutside } from './write-from-outside.ts'

/**
 * Ends a run at once. The terminal state is written here and not by whoever executes it, so a tool that ignores its signal, a
 * blocked worker or a dead one cannot delay it: every later write of theirs is refused.
 * @throws RUN_ENDED when it is over already; its state never changes.
 */
export async function cancelRun(app: App, actor: Actor, runId: string): Promise<Run> {
  for (;;) {
    const row = await requireRun(app, actor, runId)
    if (row.completed_at !== null) throw new CadreError('RUN_ENDED', `run '${runId}' is already ${row.status}`)
    let afterCommit = () => {}
    // What was not shown is not kept.
    const said = row.origin === null || (await holdsText(app, row)) ? '' : await lastSaid(app, row)
    const told = await toldOfEnd(app, row)
    const error = { code: 'CANCELLED', message: `cancelled by ${actor.id}` }
    const ended = await writeFromOutside(
      app,
      row,
      [{ type: 'run.ended', status: 'cancelled', output: null, output_text: null, error }],
      {
        status: 'cancelled',
        error_code: error.code,
        error_message: error.message,
        cancel_requested_at: app.now(),
        completed_at: app.now(),
      },
      async (trx) => {
        await releaseRun(trx, row.id)
        await dropQuestions(trx, row.id, app.now())
        await told.write(trx)
        afterCommit = await noteEnded(app, trx, row, { status: 'cancelled', text: shownNow(app, row.id) || said, error, tries: null })
      },
    )
    if (!ended) continue // a worker took it up, or it ended, between reading and writing
    app.live.stop(runId)
    afterCommit()
    told.after()
    for (const child of await selectActiveChildren(app.db.read, runId)) await cancelChild(app, actor, child)
    return getRun(app, actor, runId)
  }
}

/** What the model said with the last tool calls that it made: that is shown until it says something else. */
async function lastSaid(app: App, row: RunRow): Promise<string> {
  const answer = (await readJournal(app, row)).findLast((event) => event.type === 'model.completed')
  return (answer?.content ?? []).map((part) => (part.type === 'text' ? part.text : '')).join('')
}

/** Ends a run that its own cause no longer wants; one that has ended by itself stays as it is. */
export async function cancelChild(app: App, actor: Actor, runId: string) {
  try {
    await cancelRun(app, { ...systemIn(actor), id: actor.id }, runId)
  } catch (error) {
    if (!(error instanceof CadreError) || error.code !== 'RUN_ENDED') throw error
  }
}
