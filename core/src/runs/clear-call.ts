import type { ApprovalReason } from '@cadre/contract/approvals'
import { dataReasons, dependsOnData, isApprovedBefore, type Labels, settledReasons } from '../approvals/ask-reasons.ts'
import { inputHash } from '../approvals/call-pattern.ts'
import { putQuestion, questionOf } from '../approvals/questions.ts'
import { type ApprovalRow, undecided } from '../approvals/rows.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { refusalOf } from './call-outcomes.ts'
import type { Execution, Outcome } from './execution.ts'
import { splitToolName } from './journal-codec.ts'
import { labelsNow, mayNeedApproval } from './run-labels.ts'
import type { FrozenTool } from './setup.ts'

export type AskedCall = { call: number; index: number; step: number; call_id: string; frozen: FrozenTool; labels: Labels; input: unknown }

/** A call that may be made, with these arguments; one that is not made, and what it comes to; or one that waits for this approval. */
export type Clearance =
  | { kind: 'made'; input: unknown; changed: { note: string | null } | null }
  | { kind: 'refused'; outcome: Outcome }
  | { kind: 'waits'; id: string; until: string; reason: string }
  | { kind: 'gone' }
  | { kind: 'mismatch' }

/**
 * Asks a person before a call, where one has to be asked, and finds their answer when the run is taken up again. There is one approval for a
 * step, bound to its exact arguments: nothing asks twice, and nothing else can use it.
 */
export async function clearCall(x: Execution, s: AskedCall): Promise<Clearance> {
  const free: Clearance = { kind: 'made', input: s.input, changed: null }
  const past = x.past.steps.get(s.step)
  if (past && past.starts > 0 && !past.asked) return free
  if (!past?.asked && !mayNeedApproval(x, s.frozen, s.labels)) return free
  const { db } = x.app
  const row = await questionOf(db.read, x.run.id, s.step)
  if (row) return answered(x, s, row)
  const reasons = await reasonsFor(x, s)
  const { workspace_id, agent_id, id: run_id } = x.run
  const call = { workspace_id, agent_id, run_id, tool: s.frozen.name }
  if (reasons.length === 0 || (await isApprovedBefore(db.read, call, s.input as Record<string, unknown>))) return free
  return waits(await ask(x, s, reasons))
}

async function reasonsFor(x: Execution, { frozen, labels }: AskedCall): Promise<ApprovalReason[]> {
  const { approvals } = x.setup.config
  const flow = dependsOnData(frozen, approvals) ? dataReasons(await labelsNow(x, labels)) : []
  return [...settledReasons(frozen, approvals), ...flow]
}

/** The question and its end commit together: somebody decides, or it expires. */
async function ask(x: Execution, s: AskedCall, reasons: ApprovalReason[]): Promise<ApprovalRow> {
  const { app, run, setup } = x
  const created_at = app.now()
  const { expires_after_ms } = setup.config.approvals
  const row: ApprovalRow = {
    ...undecided,
    id: app.newId('apr'),
    workspace_id: run.workspace_id,
    run_id: run.id,
    step: s.step,
    agent_id: run.agent_id,
    agent_name: setup.agent,
    asked_by: run.triggered_by,
    user_id: run.user_id,
    tool: s.frozen.name,
    effect: s.frozen.effect,
    setup: run.setup,
    input: toJson(s.input),
    input_hash: inputHash(s.input),
    reasons: toJson(reasons),
    status: 'pending',
    expires_at: created_at + expires_after_ms,
    created_at,
  }
  const { call, index, step, call_id, input } = s
  const expires_at = new Date(row.expires_at).toISOString()
  const said = { step, call, index, call_id, ...splitToolName(row.tool), input, effect: s.frozen.effect, approval_id: row.id, reasons, expires_at }
  x.asked = true
  await x.journal.append([{ type: 'approval.requested', ...said }], {}, (trx) => putQuestion(trx, app.queue, row))
  app.probe('approval.requested', run.id)
  return row
}

function answered(x: Execution, s: AskedCall, row: ApprovalRow): Clearance {
  const refusal = refusalOf(row)
  if (refusal) return { kind: 'refused', outcome: refusal }
  if (row.status === 'pending') return waits(row)
  if (row.status !== 'approved') return { kind: 'gone' }
  if (row.input_hash !== inputHash(s.input)) return { kind: 'mismatch' }
  x.app.probe('approval.decided', x.run.id)
  if (row.edited_input === null) return { kind: 'made', input: s.input, changed: null }
  return { kind: 'made', input: fromJson(row.edited_input), changed: { note: row.note } }
}

function waits({ id, tool, run_id, step, expires_at, reasons }: ApprovalRow): Clearance {
  const [why] = fromJson(reasons) as ApprovalReason[]
  const reason = `step ${step} of run ${run_id}, '${tool}', waits for a person: ${why?.message}; decide with POST /api/v1/approvals/${id}`
  return { kind: 'waits', id, until: new Date(expires_at).toISOString(), reason }
}
