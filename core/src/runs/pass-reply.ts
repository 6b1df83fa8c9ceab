import type { App } from '../app.ts'
import { HookStop, passThrough } from '../plugins/lifecycle/pass-through.ts'
import type { Execution } from './execution.ts'
import type { NewEvent } from './journal-codec.ts'
import { problemWith } from './output.ts'
import { runAbout } from './prepare-run.ts'
import type { RunRow } from './runs.store.ts'

const point = 'after_message_receive'

/** Whether hooks may change what the agent answers: nobody is shown its text before they have seen it. What a run below another says is no message. */
export async function holdsText(app: App, run: RunRow): Promise<boolean> {
  if (run.depth > 0) return false
  return (await app.lifecycle.at(run.workspace_id, point, [run.agent_id])).some(({ changes }) => changes)
}

/**
 * The final answer goes through the workspace's hooks before it is stored. What they make of it is the answer from then on, in the journal
 * as well: the model's own words are kept nowhere.
 */
export async function passReply(x: Execution, text: string): Promise<string> {
  const { app, run, setup } = x
  if (run.depth > 0) return text
  const hooks = await app.lifecycle.at(run.workspace_id, point, [run.agent_id])
  if (hooks.length === 0) return text
  const about = runAbout(run, setup.agent)
  try {
    const { content, notes } = await passThrough(app.lifecycle, {
      hooks,
      content: text,
      input: (content) => ({ message: { content }, run: about }),
      call: { run_id: run.id, idempotency_key: `${run.id}:${point}`, now: run.created_at, signal: x.control.signal },
      problem: (content) => problemOf(x, content),
    })
    for (const note of notes) x.journal.defer(warningOf(note))
    if (content !== text) x.journal.rewordLast(content)
    return content
  } catch (error) {
    if (!(error instanceof HookStop)) throw error
    throw x.control.fail('HOOK_FAILED', error.message)
  }
}

function problemOf({ setup: { output_schema, config } }: Execution, content: string): string | undefined {
  if (content.trim() === '') return 'it left nothing of the answer'
  if (Buffer.byteLength(content) > config.max_output_bytes) return `it made the answer longer than its limit of ${config.max_output_bytes} bytes`
  const problem = output_schema && problemWith(content, output_schema)
  return problem ? `what it made of the answer does not fit the output schema: ${problem}` : undefined
}

function warningOf({ hook, outcome }: { hook: string; outcome: 'changed' | 'failed' }): NewEvent {
  const message =
    outcome === 'changed' ? `the ForgeHook '${hook}' changed the answer` : `the ForgeHook '${hook}' failed at ${point}, and the answer went past it`
  return { type: 'run.warning', code: outcome === 'changed' ? 'HOOK_CHANGED' : 'HOOK_FAILED', message }
}
