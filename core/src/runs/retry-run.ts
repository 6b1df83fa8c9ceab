import type { Run } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { fromJson } from '../storage/json.ts'
import { getRun, requireRun } from './get-run.ts'
import { unshelve } from './journal-codec.ts'
import { inheritedLabels } from './run-labels.ts'
import { type HistoryMessage, type NewRunInput, startRun } from './start-run.ts'

/**
 * The same agent, as it is now, on the same input once more: a new run that says of which one it is another try. Whatever caused the first
 * (a conversation, an agent above) is told nothing of it.
 */
export async function retryRun(app: App, actor: Actor, runId: string, requestKey: string | undefined): Promise<Run> {
  const row = await requireRun(app, actor, runId)
  const { read } = app.db
  const { output_schema } = await app.setups.get(read, row.setup)
  const history = row.history === null ? [] : ((await unshelve(read, fromJson(row.history))) as HistoryMessage[])
  const input: NewRunInput = {
    idOrSlug: row.agent_id,
    input: row.input,
    stream: row.mode === 'stream',
    again: { run_id: row.id, depth: row.depth, history, also: await inheritedLabels(app, row) },
    output_schema: output_schema ?? undefined,
    data: row.data === null ? undefined : ((await unshelve(read, fromJson(row.data))) as NewRunInput['data']),
  }
  return getRun(app, actor, await startRun(app, actor, input, requestKey))
}
