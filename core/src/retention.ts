import type { ServerSettings } from '@cadre/contract/server'
import type { App } from './app.ts'
import { pruneAudit } from './audit/prune-audit.ts'
import { keepDeletedMs, keepUnsentMs, pruneConversations } from './conversations/prune-conversations.ts'
import { keepMachinesMs, pruneMetrics } from './metrics/prune-metrics.ts'
import { spans } from './metrics/spans.ts'
import { pruneRuns } from './runs/prune-runs.ts'
import { keepCountersMs, pruneUsage } from './usage/prune.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
/** Completed jobs are kept for a week, for whoever looks after the server; runs are kept apart from them. */
const keepJobsMs = 7 * dayMs

/** Looks every hour for what is older than it is to be kept, for runs once a day: what they share is found by reading the others. @returns what ends that. */
export function pruneNowAndThen(app: App): () => void {
  const { db, queue, now, log, config } = app
  let runsLookedAt = -Infinity
  const timer = setInterval(() => {
    queue.prune(keepJobsMs).catch((err: unknown) => log.error({ err }, 'old jobs could not be deleted'))
    pruneUsage(db, now()).catch((err: unknown) => log.error({ err }, 'old counters of budgets could not be deleted'))
    pruneMetrics(db, now()).catch((err: unknown) => log.error({ err }, 'old counts of runs could not be deleted'))
    pruneConversations(app).catch((err: unknown) => log.error({ err }, 'old messages could not be deleted'))
    if (config.audit_days !== null)
      pruneAudit(app, config.audit_days).catch((err: unknown) => log.error({ err }, 'old entries of the audit log could not be deleted'))
    if (config.run_days !== null && now() - runsLookedAt >= dayMs) {
      runsLookedAt = now()
      pruneRuns(app, config.run_days).catch((err: unknown) => log.error({ err }, 'old runs could not be deleted'))
    }
  }, hourMs)
  timer.unref()
  return () => clearInterval(timer)
}

export function serverSettings({ config, db }: Pick<App, 'config' | 'db'>): ServerSettings {
  const [minutes, hours] = spans
  return {
    retention: {
      runs: config.run_days,
      audit: config.audit_days,
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
