import type { ServerSettings } from '@cadre/contract/server'
import type { App } from './app.ts'
import { pruneAudit } from './audit/prune-audit.ts'
import { keepDeletedMs, keepUnsentMs, pruneConversations } from './conversations/prune-conversations.ts'
import { keepMachinesMs, pruneMetrics } from './metrics/prune-metrics.ts'
import { spans } from './metrics/spans.ts'
import { pruneRuns } from './runs/prune-runs.ts'
import { readRetention } from './settings/retention.ts'
import { keepCountersMs, pruneUsage } from './usage/prune.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Completed jobs are kept for a week, for whoever looks after the server; runs are kept apart from them. */
const keepJobsMs = 7 * dayMs

/** For which number of days this process last looked for old runs, and when. */
type LastSweep = { days: number | null; at: number }

/** Looks every hour for what is older than it is to be kept. @returns what ends that. */
export function pruneNowAndThen(app: App): () => void {
  const last: LastSweep = { days: null, at: -Infinity }
  const timer = setInterval(() => void sweep(app, last), hourMs)
  timer.unref()
  return () => clearInterval(timer)
}

/**
 * Deletes what is older than it is to be kept, each kind by itself. For runs once a day, and at once where their days were changed: what they
 * share is found by reading the others.
 */
export async function sweep(app: App, last: LastSweep): Promise<void> {
  const { db, queue, now, log, config } = app
  const said = (what: string) => (err: unknown) => log.error({ err }, `${what} could not be deleted`)
  const kept = readRetention(db.read, config)
  const runs = async () => {
    const { days } = (await kept).runs
    if (days === null || (days === last.days && now() - last.at < dayMs)) return
    Object.assign(last, { days, at: now() })
    await pruneRuns(app, days)
  }
  const entries = async () => {
    const { days } = (await kept).audit
    if (days !== null) await pruneAudit(app, days)
  }
  await Promise.all([
    queue.prune(keepJobsMs).catch(said('old jobs')),
    pruneUsage(db, now()).catch(said('old counters of budgets')),
    pruneMetrics(db, now()).catch(said('old counts of runs')),
    pruneConversations(app).catch(said('old messages')),
    runs().catch(said('old runs')),
    entries().catch(said('old entries of the audit log')),
  ])
}

export async function serverSettings({ config, db }: Pick<App, 'config' | 'db'>): Promise<ServerSettings> {
  const { runs, audit } = await readRetention(db.read, config)
  const [minutes, hours] = spans
  return {
    retention: {
      runs: runs.days,
      audit: audit.days,
      jobs: keepJobsMs / dayMs,
      deleted_conversations: keepDeletedMs / dayMs,
      unsent_uploads: keepUnsentMs / dayMs,
      machine: keepMachinesMs / dayMs,
      counts_by_minute: minutes.kept_ms / dayMs,
      counts_by_hour: hours.kept_ms / dayMs,
      budget_counters: keepCountersMs / dayMs,
    },
    log_level: config.log_level,
    database: db.kind,
    workers: config.workers,
    concurrency: config.concurrency,
  }
}
