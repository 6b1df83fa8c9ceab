import type { AgentMetrics } from '@cadre/contract/metrics'
import type { Actor } from '../access/actor.ts'
import { requireOnAgent } from '../access/grants/require-on-agent.ts'
import { requireAgent } from '../agents/get-agent.ts'
import type { Db } from '../storage/database.ts'
import { countConversationsOf, countQueuedFor, countThumbs } from './now.store.ts'
import { rangeOf } from './range.ts'
import { selectCounts } from './run-stats.store.ts'
import { spanFrom } from './spans.ts'
import { sumRuns } from './sum-runs.ts'

const thumbsMs = 90 * 86_400_000

export type AgentRange = { idOrSlug: string; from?: string | undefined; to?: string | undefined }

export async function getAgentMetrics(app: { db: Db; now: () => number }, actor: Actor, input: AgentRange): Promise<AgentMetrics> {
  const agent = await requireAgent(app, actor, input.idOrSlug)
  await requireOnAgent(app, actor, 'metrics.agent', agent.id)
  const db = app.db.read
  const now = app.now()
  const range = rangeOf({ from: input.from ?? '1970-01-01T00:00:00Z', to: input.to }, now + 1)
  const span = spanFrom(range.from, now)
  const from = range.from - (range.from % span)
  const of = { workspace_id: actor.workspace_id, agent_id: agent.id }
  const rows = await selectCounts(db, { ...of, span, from, to: range.to, step: null })
  const totals = sumRuns(rows)
  const talks = sumRuns(rows.filter(({ talk }) => talk === 1))
  const thumbs = await countThumbs(db, agent.id, Math.max(range.from, now - thumbsMs), range.to)
  const judged = thumbs.up + thumbs.down
  return {
    averageResponseTime: totals.average_ms ?? 0,
    successRate: totals.success_rate ?? 0,
    failureRate: totals.success_rate === null ? 0 : 1 - totals.success_rate,
    totalResponses: totals.completed,
    activeConversations: await countConversationsOf(db, agent.id),
    queuedJobs: await countQueuedFor(db, of),
    ...(judged === 0 ? {} : { userSatisfactionScore: thumbs.up / judged }),
    conversationCompletionRate: talks.runs === 0 ? 0 : talks.completed / talks.runs,
  }
}
