import type { Conversation, ListConversations } from '@cadre/contract/conversations'
import { CadreError } from '@cadre/contract/errors'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import { requireAgent } from '../agents/get-agent.ts'
import type { Db } from '../storage/database.ts'
import { selectConversations } from './conversations.store.ts'
import { readPlace, writePlace } from './places.ts'
import { requireProject } from './projects.ts'
import { administers, ownOf, requireSeat } from './seats.ts'
import { showConversations } from './show-conversation.ts'

export async function getConversation(app: { db: Db }, actor: Actor, id: string): Promise<Conversation> {
  const { conversation } = await requireSeat(app.db.read, actor, id, 'see')
  const [shown] = await showConversations(app.db.read, [conversation], actor.user_id)
  if (!shown) throw new Error('a conversation that was shown is gone')
  return shown
}

/** By the last activity, the latest first. One that becomes active while somebody pages through is on the first page again. */
export async function listConversations(app: { db: Db }, actor: Actor, input: ListConversations): Promise<Page<Conversation>> {
  const all = input.scope === 'all' || actor.kind === 'system'
  if (all && (!administers(actor) || actor.agents !== null))
    throw new CadreError('FORBIDDEN', 'scope: only owners and admins of the workspace see all conversations')
  const project = input.project === undefined ? undefined : await requireProject(app.db.read, actor, input.project)
  const agent = input.agent === undefined ? undefined : await requireAgent(app, actor, input.agent)
  const rows = await selectConversations(app.db.read, {
    workspace_id: actor.workspace_id,
    of: all ? null : ownOf(actor),
    kind: input.kind,
    project_id: project?.id,
    agent_id: agent?.id,
    before: input.cursor === undefined ? undefined : beforeOf(input.cursor),
    limit: input.limit + 1,
  })
  const page = rows.slice(0, input.limit)
  const last = page.at(-1)
  return {
    items: await showConversations(app.db.read, page, actor.user_id),
    next_cursor: rows.length > input.limit && last ? writePlace(`${last.active_at}:${last.id}`) : null,
  }
}

function beforeOf(cursor: string) {
  const [active_at, id = ''] = readPlace(cursor, /^\d{1,15}:cnv_[0-9a-z]{26}$/).split(':')
  return { active_at: Number(active_at), id }
}
