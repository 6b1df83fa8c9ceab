import type { Db, Trx } from '../storage/database.ts'
import { insertLabels, selectLabels } from './approvals.store.ts'
import type { Labels } from './ask-reasons.ts'
import type { LabelRow } from './rows.ts'

/** What kinds of data a family of runs has read, by the run at its top. */
export async function labelsOfFamily(db: Db['read'], rootRunId: string): Promise<Labels> {
  const rows = await selectLabels(db, rootRunId)
  return new Map(rows.map(({ label, run_id, step, tool }) => [label, { run_id, step, tool }]))
}

/** Of each label only the first is kept. */
export async function keepLabels(trx: Trx, rows: LabelRow[]) {
  await insertLabels(trx, rows)
}
