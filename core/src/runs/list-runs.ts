import type { Page } from '@cadre/contract/page'
import type { ListRuns, RunSummary } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import { requireAgent } from '../agents/get-agent.ts'
import { seenRuns } from '../agents/sees-runs.ts'
import type { Db } from '../storage/database.ts'
import { readCursor, writeCursor } from '../storage/cursor.ts'
import { toSummary } from './get-run.ts'
import { selectRuns } from './runs.store.ts'

/** The runs that the actor may see by agent, status and time of creation (`from` inclusive, `to` exclusive), newest first. */
export async function listRuns(app: { db: Db }, actor: Actor, input: ListRuns): Promise<Page<RunSummary>> {
  const agent = input.agent === undefined ? undefined : await requireAgent(app, actor, input.agent)
  const rows = await selectRuns(app.db.read, {
    seen: await seenRuns(app, actor),
    agent_id: agent?.id,
    status: input.status,
    from: input.from === undefined ? undefined : Date.parse(input.from),
    to: input.to === undefined ? undefined : Date.parse(input.to),
    before: input.cursor === undefined ? undefined : readCursor(input.cursor),
    limit: input.limit + 1,
  })
  const items = rows.slice(0, input.limit).map(toSummary)
  return { items, next_cursor: rows.length > input.limit ? writeCursor(items.at(-1)?.run_id ?? '') : null }
}
