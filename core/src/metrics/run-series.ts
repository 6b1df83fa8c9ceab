import type { GetSeries, RunSeries } from '@cadre/contract/metrics'
import type { Actor } from '../access/actor.ts'
import { requireAgent } from '../agents/get-agent.ts'
import type { Db } from '../storage/database.ts'
import { rangeOf } from './range.ts'
import { selectCounts } from './run-stats.store.ts'
import { scaleOf } from './spans.ts'
import { sumRuns } from './sum-runs.ts'

/** How many runs of the workspace ended how, and how long they took, over time. */
export async function getRunSeries(app: { db: Db; now: () => number }, actor: Actor, input: GetSeries): Promise<RunSeries> {
  const agent = input.agent === undefined ? undefined : await requireAgent(app, actor, input.agent)
  const now = app.now()
  const scale = scaleOf({ ...rangeOf(input, now), points: input.points, now })
  const rows = await selectCounts(app.db.read, { workspace_id: actor.workspace_id, agent_id: agent?.id, ...scale })
  const byStart = Map.groupBy(rows, ({ start }) => start)
  const starts = Array.from({ length: scale.count }, (_, i) => scale.from + i * scale.step)
  const points = starts.map((start) => sumRuns(byStart.get(start) ?? []))
  const column = <K extends keyof (typeof points)[number]>(name: K) => points.map((point) => point[name])
  return {
    from: iso(scale.from),
    to: iso(scale.to),
    step_ms: scale.step,
    at: starts.map(iso),
    runs: column('runs'),
    completed: column('completed'),
    failed: column('failed'),
    timeout: column('timeout'),
    cancelled: column('cancelled'),
    success_rate: column('success_rate'),
    average_ms: column('average_ms'),
    p50_ms: column('p50_ms'),
    p95_ms: column('p95_ms'),
    p99_ms: column('p99_ms'),
    totals: sumRuns(rows),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()
