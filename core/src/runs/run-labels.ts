import type { DataLabel } from '@cadre/contract/manifest'
import { dependsOnData, type Labels, settledReasons } from '../approvals/ask-reasons.ts'
import { keepLabels, labelsOfFamily } from '../approvals/family-labels.ts'
import type { Db, Trx } from '../storage/database.ts'
import type { Execution } from './execution.ts'
import { findRun, type RunRow } from './runs.store.ts'
import type { FrozenTool } from './setup.ts'

/**
 * What kinds of data a run has read, by the labels of its tools. A run alone knows that from its own steps. Agents that hand work to each
 * other share one set, kept under the run at the top: what one of them read may be in the task of the next, or in the answer to the last.
 */
export function noteLabels(x: Execution, { name, reads = [] }: FrozenTool, step: number) {
  for (const label of reads) {
    const first = x.labels.get(label)
    if (!first || first.step > step) x.labels.set(label, { run_id: x.run.id, step, tool: name })
  }
}

/** What commits with the outcome of a step, where others share the labels. */
export async function sharedLabels(x: Execution, { name, reads = [] }: FrozenTool, step: number): Promise<((trx: Trx) => Promise<void>) | undefined> {
  const news = reads.filter((label) => !x.labels.has(label))
  if (news.length === 0 || !hasFamily(x)) return undefined
  const root_run_id = await rootOf(x)
  return (trx) =>
    keepLabels(
      trx,
      news.map((label) => ({ root_run_id, label, run_id: x.run.id, step, tool: name })),
    )
}

/** What the run and its family have read. */
export async function labelsNow(x: Execution, own: Labels): Promise<Labels> {
  if (!hasFamily(x)) return own
  return new Map([...(await labelsOfFamily(x.app.db.read, await rootOf(x))), ...own])
}

/** Whether somebody may have to be asked before a call, as far as that is known without the database; then it must not be announced before. */
export function mayNeedApproval(x: Execution, tool: FrozenTool, labels: Labels): boolean {
  const policy = x.setup.config.approvals
  if (settledReasons(tool, policy).length > 0) return true
  return dependsOnData(tool, policy) && (hasFamily(x) || labels.size === allLabels.length)
}
const allLabels: DataLabel[] = ['private', 'untrusted']

function hasFamily({ run, setup }: Execution) {
  return run.depth > 0 || setup.delegates.length > 0
}

function rootOf(x: Execution): Promise<string> {
  x.root ??= findRoot(x.app.db, x.run)
  return x.root
}

async function findRoot({ read }: Db, run: Pick<RunRow, 'id' | 'parent_run_id'>): Promise<string> {
  let root = run.id
  for (let above = run.parent_run_id; above !== null;) {
    root = above
    above = (await findRun(read, above))?.parent_run_id ?? null
  }
  return root
}

/** What the family of a run has read counts for a new run as well that is made of it; to be written with that one, which is at the top of its own. */
export async function inheritedLabels({ db }: { db: Db }, run: RunRow): Promise<(trx: Trx, runId: string) => Promise<void>> {
  const labels = [...(await labelsOfFamily(db.read, await findRoot(db, run)))]
  return async (trx, root_run_id) => {
    if (labels.length === 0) return
    await keepLabels(
      trx,
      labels.map(([label, first]) => ({ root_run_id, label, ...first })),
    )
  }
}
