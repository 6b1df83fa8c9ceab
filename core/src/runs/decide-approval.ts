import type { Approval, DecideApproval } from '@cadre/contract/approvals'
import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '../access/actor.ts'
import { isGranted } from '../access/grants/grants.ts'
import type { App } from '../app.ts'
import { decisionOf, refuseLate, refuseMisfits, refuseStrangers, ruleOf } from '../approvals/decision.ts'
import { getApproval, requireApproval } from '../approvals/get-approval.ts'
import { answerOnce, findQuestion } from '../approvals/questions.ts'
import { type ApprovalRow, type Decided, undecided } from '../approvals/rows.ts'
import { audit } from '../audit/audit.ts'
import type { Trx } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { refusalOf } from './call-outcomes.ts'
import type { NewEvent } from './journal-codec.ts'
import { findRun } from './runs.store.ts'
import { wakeAnswered } from './wake-waiting.ts'
import { writeFromOutside } from './write-from-outside.ts'

/**
 * A person's word on a call that waits for it. The approval, the journal of its run and the run's next execution commit together, so any
 * server may write it and any worker go on.
 */
export async function decideApproval(app: App, actor: Actor, id: string, given: DecideApproval): Promise<Approval> {
  const row = await requireApproval(app, actor, id)
  refuseStrangers(actor, await isGranted(app, actor, 'agent', row.agent_id, 'edit'), row, given)
  refuseMisfits(given)
  refuseLate(row, app.now())
  const { tools } = await app.setups.get(app.db.read, row.setup)
  const schema = tools.find(({ name }) => name === row.tool)?.input ?? {}
  const decided = decisionOf(row, given, schema, { decided_by: actor.id, decided_at: app.now() })
  const rule = ruleOf(app.newId('apl'), row, decided, given)
  await settle(app, row, decided, async (trx) => {
    await answerOnce(trx, row, decided, rule)
    const { status, scope, edited_input } = decided
    const detail = { decision: status, scope, run: row.run_id, step: row.step, tool: row.tool, edited: edited_input !== null, rule: rule?.id ?? null }
    await audit(trx, app, actor, { action: 'approvals.decide', target_type: 'approval', target_id: id, detail })
  })
  return getApproval(app, actor, id)
}

/** What the job at the end of an approval's time does, where nobody decided. */
export async function expireApproval(app: App, id: string): Promise<void> {
  const row = await findQuestion(app.db.read, id)
  if (row?.status !== 'pending') return
  const expired = { ...undecided, status: 'expired', decided_at: app.now() }
  try {
    await settle(app, row, expired, (trx) => answerOnce(trx, row, expired, null))
  } catch (error) {
    if (!(error instanceof CadreError) || error.code !== 'APPROVAL_DECIDED') throw error
  }
}

async function settle(app: App, row: ApprovalRow, decided: Decided, answer: (trx: Trx) => Promise<void>): Promise<void> {
  for (let written = false; !written;) {
    const run = await findRun(app.db.read, row.run_id)
    if (!run || run.completed_at !== null) throw new CadreError('APPROVAL_DECIDED', `run '${row.run_id}' has ended; nothing waits for '${row.id}'`)
    // False: a worker took the run up between reading and writing.
    written = await writeFromOutside(app, run, eventsOf(row, decided), {}, async (trx) => {
      await wakeAnswered(trx, app.queue, run)
      await answer(trx)
    })
  }
  app.wakeWorkers()
}

function eventsOf({ id, step, created_at, expires_at }: ApprovalRow, decided: Decided): NewEvent[] {
  const { status, scope, decided_by, note, edited_input } = decided
  const said: NewEvent = {
    type: 'approval.decided',
    step,
    approval_id: id,
    decision: status as 'approved' | 'rejected' | 'expired',
    by: decided_by,
    ...(scope === null ? {} : { scope: scope as 'once' | 'run' | 'always' }),
    ...(edited_input === null ? {} : { edited_input: fromJson(edited_input) as Record<string, unknown> }),
    ...(note === null ? {} : { note }),
  }
  const refusal = refusalOf({ status, note, created_at, expires_at })
  return refusal ? [said, { type: 'tool.completed', step, ...refusal, duration_ms: 0, retries: 0 }] : [said]
}
