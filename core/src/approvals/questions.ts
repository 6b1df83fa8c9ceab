import { CadreError } from '@cadre/contract/errors'
import type { Queue } from '../jobs/queue.ts'
import type { Db, Trx } from '../storage/database.ts'
import { cancelPending, findApproval, findApprovalOfStep, insertApproval, insertRule, selectDecided, settleApproval } from './approvals.store.ts'
import type { ApprovalRow, Decided, RuleRow } from './rows.ts'

/** What a run asked a person, from the question to its one answer. The journal of the run tells the same and commits with it: runs/. */

export function findQuestion(db: Db['read'], id: string): Promise<ApprovalRow | undefined> {
  return findApproval(db, id)
}

/** What was asked about a step; nothing is asked about it again. */
export function questionOf(db: Db['read'], runId: string, step: number): Promise<ApprovalRow | undefined> {
  return findApprovalOfStep(db, runId, step)
}

/** A question is never without the job that ends it. */
export async function putQuestion(trx: Trx, queue: Queue, row: ApprovalRow) {
  await insertApproval(trx, row)
  const delay_ms = row.expires_at - row.created_at
  await queue.enqueue(trx, { name: 'approvals.expire', data: { approval_id: row.id }, delay_ms, max_attempts: Number.MAX_SAFE_INTEGER })
}

/** Throws APPROVAL_DECIDED for all but the first answer. */
export async function answerOnce(trx: Trx, { id }: ApprovalRow, decided: Decided, rule: RuleRow | null) {
  if (!(await settleApproval(trx, id, decided))) throw decidedBefore(id)
  if (rule) await insertRule(trx, rule)
}

/** Of these, whether one was answered. */
export async function isAnyAnswered(trx: Trx, ids: readonly string[]): Promise<boolean> {
  return ids.length > 0 && (await selectDecided(trx, ids)).length > 0
}

/** A run that is over waits for nobody. */
export async function dropQuestions(trx: Trx, runId: string, at: number) {
  await cancelPending(trx, runId, at)
}

export function decidedBefore(id: string) {
  return new CadreError('APPROVAL_DECIDED', `approval '${id}' is decided; it is for one call, once`)
}
