import type { Approval, ListApprovals } from '@cadre/contract/approvals'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import { requireAgent } from '../agents/get-agent.ts'
import { seenRuns } from '../agents/sees-runs.ts'
import { readCursor, writeCursor } from '../storage/cursor.ts'
import type { Db } from '../storage/database.ts'
import { selectApprovals } from './approvals.store.ts'
import { present } from './get-approval.ts'

/** What was asked in the runs that the actor may see, newest first. */
export async function listApprovals(app: { db: Db }, actor: Actor, { status, run, agent, cursor, limit }: ListApprovals): Promise<Page<Approval>> {
  const rows = await selectApprovals(app.db.read, {
    seen: await seenRuns(app, actor),
    status,
    run_id: run,
    agent_id: agent === undefined ? undefined : (await requireAgent(app, actor, agent)).id,
    before: cursor === undefined ? undefined : readCursor(cursor),
    limit: limit + 1,
  })
  const items = await present(app, rows.slice(0, limit))
  return { items, next_cursor: rows.length > limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}
