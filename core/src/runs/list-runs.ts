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
export async function listRuns(app: { db: Db }, actor: Actor, { limit, cursor, ...filter }: ListRuns): Promise<Page<RunSummary>> {
  const before = cursor === undefined ? undefined : readCursor(cursor)
  const rows = await selectRuns(app.db.read, { ...(await filterOf(app, actor, filter)), before, limit: limit + 1 })
  const items = rows.slice(0, limit).map(toSummary)
  return { items, next_cursor: rows.length > limit ? writeCursor(items.at(-1)?.run_id ?? '') : null }
}

/** What a caller asked for, within what they may see. @throws AGENT_NOT_FOUND */
export async function filterOf(app: { db: Db }, actor: Actor, { agent, status, from, to }: Omit<ListRuns, 'limit' | 'cursor'>) {
  const found = agent === undefined ? undefined : await requireAgent(app, actor, agent)
  return {
    seen: await seenRuns(app, actor),
    agent_id: found?.id,
    status,
    from: from === undefined ? undefined : Date.parse(from),
    to: to === undefined ? undefined : Date.parse(to),
  }
}
