import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config } from './config.ts'
import { jobHandlers } from './job-handlers.ts'
import type { Queue } from './jobs/queue.ts'
import { sqlQueue } from './jobs/sql-queue.ts'
import { type Reservation, startWorker, type Worker } from './jobs/worker.ts'
import { connectionUrl } from './connections/connection-url.ts'
import { openHooks, type HookHost } from './plugins/hook-host.ts'
import { noteOffer } from './plugins/note-offer.ts'
import { ModelCalls } from './providers/calls/model-calls.ts'
import { ResponseCache } from './providers/calls/response-cache.ts'
import { openProviders, type Providers } from './providers/providers.ts'
import { BegunRuns } from './runs/begin-here.ts'
import { LiveRuns } from './runs/live-runs.ts'
import { Setups } from './runs/setup.ts'
import { watchForeignEnds } from './runs/watch-foreign-ends.ts'
import type { Db } from './storage/database.ts'
import { newId } from './storage/ids.ts'
import { openDatabase } from './storage/open-database.ts'
import { openSqlGuard, type SqlGuard } from './tools/sql/sql-guard.ts'
import { openUsage, type Usage } from './usage/open-usage.ts'

/** What every verb is given: the parts of a running Cadre. Tests build the same one. */
export type App = {
  config: Config
  log: Logger
  db: Db
  queue: Queue
  hooks: HookHost
  sql: SqlGuard
  providers: Providers
  usage: Usage
  calls: ModelCalls
  cache: ResponseCache
  live: LiveRuns
  setups: Setups
  begun: BegunRuns
  newId: (prefix: string) => string
  now: () => number
  /** Room in this process for a run that is about to be stored; undefined where it does not work, or is full. */
  reserve: () => Reservation | undefined
  /** Says that a run of this process waits for another, which may take its place. @returns what ends that. */
  park: () => () => void
  /** Says that a job was enqueued; whoever works here or beside us looks at once instead of at its next poll. */
  wakeWorkers: () => void
  /** Called at the named points of a run (see e2e/crash). Does nothing in production. */
  probe: (point: string, runId: string) => void
}

export type AppOptions = { probe?: App['probe']; now?: () => number; bundledHooks: string }

export type RunningApp = {
  app: App
  /** Takes up leftovers and starts to work here. */
  work: () => Promise<Worker>
  close: () => Promise<void>
}

/**
 * Opens everything a Cadre process needs, in order; what was opened is closed again when a later part fails, and the error says why.
 * A process that only serves (its workers run beside it) never calls `work`.
 */
export async function openApp(config: Config, log: Logger, options: AppOptions): Promise<RunningApp> {
  const opened: (() => Promise<void> | void)[] = []
  const close = async () => {
    for (const each of opened.splice(0).reverse()) await each()
  }
  try {
    const now = options.now ?? Date.now
    const db = await openDatabase(config.database_url === null ? { file: join(config.data_dir, 'cadre.db') } : { url: config.database_url })
    opened.push(() => db.close())
    const app = {
      config,
      log,
      db,
      newId,
      now,
      calls: new ModelCalls(async () => null),
      cache: new ResponseCache(now),
      live: new LiveRuns(),
      setups: new Setups(),
      begun: new BegunRuns(),
      reserve: () => undefined,
      park: () => () => {},
      queue: sqlQueue(db),
      wakeWorkers: () => {},
      probe: options.probe ?? (() => {}),
    } as Partial<App> as App
    app.sql = openSqlGuard()
    opened.push(() => app.sql.close())
    app.hooks = openHooks(app, {
      folders: [options.bundledHooks, ...config.plugins_dirs],
      connections: (name) => connectionUrl(app, name),
      onOffer: (hookId, endpoints) => {
        noteOffer(app, hookId, endpoints).catch((err: unknown) => log.error({ err, plugin: hookId }, 'what an MCP server offers could not be kept'))
      },
    })
    opened.push(() => app.hooks.close())
    app.providers = await openProviders(app)
    opened.push(() => app.providers.close())
    app.usage = openUsage(app)
    opened.push(watchForeignEnds(app))
    return { app, work: () => startWork(app, opened), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function startWork(app: App, opened: (() => Promise<void> | void)[]): Promise<Worker> {
  const worker = await startWorker({ db: app.db, queue: app.queue, log: app.log, handlers: jobHandlers(app), concurrency: app.config.concurrency })
  app.wakeWorkers = () => worker.wake()
  app.reserve = () => worker.reserve()
  app.park = () => worker.park()
  opened.push(() => worker.stop(), pruneNowAndThen(app))
  return worker
}

/** Completed jobs are kept for a week, for whoever looks after the server; runs are kept apart from them. */
const keepJobsMs = 7 * 24 * 3_600_000

function pruneNowAndThen({ queue, log }: App): () => void {
  const timer = setInterval(() => {
    queue.prune(keepJobsMs).catch((err: unknown) => log.error({ err }, 'old jobs could not be deleted'))
  }, 3_600_000)
  timer.unref()
  return () => clearInterval(timer)
}
