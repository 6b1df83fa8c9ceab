import type { LifecycleRun } from '@cadre/contract/forgehook'
import type { ActiveHook } from '../plugins/lifecycle/lifecycle.ts'
import { requiredFailed } from '../plugins/lifecycle/pass-through.ts'
import { storableText } from '../storage/storable-text.ts'
import type { Execution } from './execution.ts'
import type { NewEvent } from './journal-codec.ts'
import type { RunRow } from './runs.store.ts'

const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone

/**
 * Before the first model call: hooks put their words into the prompt (agent_initialization) and are told that the run begins
 * (workflow_execution). What they said is in the journal before anything follows from it, so that a run which is taken up again has the
 * prompt that it began with and asks nobody twice.
 * @returns what stands behind the agent's own prompt.
 */
export async function prepareRun(x: Execution): Promise<string> {
  const { app, run, past } = x
  if (past.prepared) return past.prepared.system
  // It began before any hook was switched on, and its prompt stays as it was.
  if (past.calls.size > 0) return ''
  const [asked, told] = await Promise.all([
    app.lifecycle.at(run.workspace_id, 'agent_initialization', [run.agent_id]),
    app.lifecycle.at(run.workspace_id, 'workflow_execution', [run.agent_id]),
  ])
  if (asked.length + told.length === 0) return ''
  const warnings: NewEvent[] = []
  const about = { run: runAbout(run, x.setup.agent), input: run.input }
  const notes: string[] = []
  const hooks: string[] = []
  for (const hook of asked as (ActiveHook & { point: 'agent_initialization' })[]) {
    const answer = await app.lifecycle.call(hook, { ...about, server: { time_zone: timeZone } }, callOf(x, hook))
    if ('failed' in answer) {
      warnings.push(failure(x, hook, answer.failed))
      continue
    }
    const note = storableText(answer.output?.system ?? '').trim()
    app.lifecycle.note(hook, note === '' ? 'passed' : 'changed')
    if (note === '') continue
    notes.push(note)
    hooks.push(hook.plugin_id)
  }
  for (const hook of told as (ActiveHook & { point: 'workflow_execution' })[]) {
    const begins = { ...about, phase: 'before', status: null, error: null, output_text: null }
    const answer = await app.lifecycle.call(hook, begins, callOf(x, hook))
    if ('failed' in answer) warnings.push(failure(x, hook, answer.failed))
    else app.lifecycle.note(hook, 'passed')
  }
  const prepared = { type: 'run.prepared' as const, system: notes.join('\n\n'), hooks }
  await x.journal.append([prepared, ...warnings])
  app.probe('run.prepared', run.id)
  return prepared.system
}

/** What a hook is told of a run. */
export function runAbout(run: Pick<RunRow, 'id' | 'agent_id' | 'user_id' | 'origin' | 'parent_run_id'>, name: string): LifecycleRun {
  return {
    run_id: run.id,
    agent: { id: run.agent_id, name },
    user_id: run.user_id,
    conversation_id: run.origin?.startsWith('conversation:') ? run.origin.slice('conversation:'.length) : null,
    parent_run_id: run.parent_run_id,
  }
}

/** One key for each hook and point of a run: the same when it is called again after a crash. */
export function callOf({ run, control }: Execution, { plugin_id, point }: ActiveHook) {
  return { run_id: run.id, idempotency_key: `${run.id}:${point}:${plugin_id}`, now: run.created_at, signal: control.signal }
}

function failure(x: Execution, hook: ActiveHook, why: string): NewEvent {
  if (hook.required) throw x.control.fail('HOOK_FAILED', requiredFailed(hook, why))
  return hookFailed(hook.plugin_id, hook.point, why)
}

export function hookFailed(plugin: string, point: string, why: string): NewEvent {
  return {
    type: 'run.warning',
    code: 'HOOK_FAILED',
    message: storableText(`the ForgeHook '${plugin}' failed at ${point}, and the run went on without it: ${why}`),
  }
}
