import { isOver, type Waiting } from '@cadre/contract/run-events'
import { CadreError } from '@cadre/contract/errors'
import { foldTrace } from '@cadre/contract/fold-run'
import type { ReadRun } from '@cadre/contract/run-values'
import type { ForkedFrom, Run, RunSummary } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import { seesRun } from '../agents/sees-runs.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { asText, beginningOf, sizeOver } from './cut-values.ts'
import { readJournal } from './journal.ts'
import { unshelve } from './journal-codec.ts'
import { outputOf } from './output.ts'
import { findRun, type RunRow } from './runs.store.ts'

/** One run with its whole trace. A run that the actor may not see looks missing. */
export async function getRun(app: { db: Db }, actor: Actor, runId: string, how: ReadRun = {}): Promise<Run> {
  return toRun(app, await requireRun(app, actor, runId), how)
}

export async function requireRun(app: { db: Db }, actor: Actor, runId: string): Promise<RunRow> {
  const row = await findRun(app.db.read, runId)
  if (!row || !(await seesRun(app, actor, row))) throw missingRun(runId)
  return row
}

export function missingRun(id: string) {
  return new CadreError('RUN_NOT_FOUND', `there is no run '${id}'`)
}

/** @param how large values cut, or only the beginning of a long trace. */
export async function toRun(app: { db: Db }, row: RunRow, how: ReadRun = {}): Promise<Run> {
  const summary = toSummary(row)
  const events = await readJournal(app, row, how)
  const isWhole = how.max_events === undefined || events.length < how.max_events
  const trace = foldTrace(events, isOver(summary.status) && isWhole)
  const left = isWhole ? 0 : Math.max(0, row.last_seq - (events.at(-1)?.seq ?? 0))
  return {
    ...summary,
    ...cutData(row.data === null ? null : await unshelve(app.db.read, fromJson(row.data)), how.max_value_bytes ?? Infinity),
    output: outputOf(row.status, row.output_text),
    ...trace,
    // What a part says of them is not how they ended.
    ...(left > 0 ? { steps: trace.steps.filter(({ status }) => status === 'completed' || status === 'failed'), events_left: left } : {}),
    provider: row.provider,
    model: row.model,
    attempts: row.attempts,
    ip_address: row.ip_address,
    user_agent: row.user_agent,
    last_seq: row.last_seq,
  }
}

function cutData(data: unknown, limit: number): Pick<Run, 'data' | 'cut'> {
  if (limit === Infinity || data === null) return { data }
  const text = asText(data)
  const bytes = sizeOver(text, limit)
  return bytes === null ? { data } : { data: beginningOf(text), cut: { data: bytes } }
}

export function toSummary(row: RunRow): RunSummary {
  return {
    run_id: row.id,
    agent_id: row.agent_id,
    agent_version: row.agent_version,
    status: row.status as RunSummary['status'],
    input: row.input,
    output_text: row.output_text,
    error: row.error_code === null ? null : { code: row.error_code, message: row.error_message ?? '' },
    waiting: row.waiting === null ? null : (fromJson(row.waiting) as Waiting),
    metrics: {
      total_steps: row.total_steps,
      tokens_input: row.tokens_input,
      tokens_output: row.tokens_output,
      cost: row.cost,
      duration_ms: row.completed_at === null ? null : row.completed_at - (row.started_at ?? row.completed_at),
    },
    triggered_by: row.triggered_by,
    parent_run_id: row.parent_run_id,
    retry_of: row.retry_of,
    forked_from: row.forked_from === null ? null : (fromJson(row.forked_from) as ForkedFrom),
    created_at: instant(row.created_at),
    started_at: row.started_at === null ? null : instant(row.started_at),
    completed_at: row.completed_at === null ? null : instant(row.completed_at),
  }
}

function instant(ms: number) {
  return new Date(ms).toISOString()
}
