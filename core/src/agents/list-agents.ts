import type { Agent, PublicAgent } from '@cadre/contract/agents'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import { readCursor, writeCursor } from '../storage/cursor.ts'
import type { Db } from '../storage/database.ts'
import { selectAgents } from './agents.store.ts'
import { present } from './get-agent.ts'

export async function listAgents(
  app: { db: Db },
  actor: Actor,
  page: { limit: number; cursor?: string | undefined },
): Promise<Page<Agent | PublicAgent>> {
  const before = page.cursor === undefined ? undefined : readCursor(page.cursor)
  const found = await selectAgents(app.db.read, actor.workspace_id, {
    before,
    limit: page.limit + 1,
    publicOnly: actor.kind === 'public',
    only: actor.agents,
  })
  const items = found.slice(0, page.limit)
  return { items: items.map((agent) => present(actor, agent)), next_cursor: found.length > page.limit ? writeCursor(items.at(-1)?.id ?? '') : null }
}
