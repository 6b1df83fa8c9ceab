import type { Logger } from 'pino'
import { type Limits, openLimits } from './access/limits/limits.ts'
import { checkMasterKey } from './access/secrets-check.ts'
import { type Access, openAccess } from './access/open-access.ts'
import type { Config } from './config.ts'
import { openConfiguredDatabase } from './open-configured-database.ts'
import { jobHandlers } from './job-handlers.ts'
import type { Queue } from './jobs/queue.ts'
import { sqlQueue } from './jobs/sql-queue.ts'
import { type Reservation, startWorker, type Worker } from './jobs/worker.ts'
import { connectionUrl } from './connections/connection-url.ts'
import { type Machine, openMachine } from './metrics/machine.ts'
import { LiveConversations } from './conversations/live-conversations.ts'
import { conversationOrigin } from './conversations/turns/origin.ts'
import { openHooks, type HookHost } from './plugins/hook-host.ts'
import { Lifecycle } from './plugins/lifecycle/lifecycle.ts'
import { noteOffer } from './plugins/note-offer.ts'
import { ModelCalls } from './providers/calls/model-calls.ts'
import { ResponseCache } from './providers/calls/response-cache.ts'
import { type Embed, openEmbed } from './providers/embed.ts'
import { openProviders, type Providers } from './providers/providers.ts'
import { BegunRuns } from './runs/begin-here.ts'
import { pruneNowAndThen } from './retention.ts'
import { LiveRuns } from './runs/live-runs.ts'
import type { Origins } from './runs/origins.ts'
import { Setups } from './runs/setup.ts'
import { wakeWaiting } from './runs/wake-waiting.ts'
import { watchForeignEnds } from './runs/watch-foreign-ends.ts'
import type { Db } from './storage/database.ts'
import { newId } from './storage/ids.ts'
import { type LogTail, openLogTail } from './telemetry/log-tail.ts'
import { Connector } from './tools/network/connector.ts'
import { hostPortOf } from './tools/network/network-rules.ts'
import { openSqlGuard, type SqlGuard } from './tools/sql/sql-guard.ts'
import { openUsage, type Usage } from './usage/open-usage.ts'

/** What every verb is given: the parts of a running Cadre. Tests build the same one. */
export type App = {
  config: Config
  log: Logger
  logs: LogTail
  db: Db
  access: Access
  /** For the servers of others that logins and tokens come from. */
  outsideFetch: typeof fetch
  queue: Queue
  limits: Limits
  hooks: HookHost
  lifecycle: Lifecycle
  sql: SqlGuard
  providers: Providers
  usage: Usage
  machine: Machine
  calls: ModelCalls
  embed: Embed
  cache: ResponseCache
  live: LiveRuns
  rooms: LiveConversations
  setups: Setups
  begun: BegunRuns
  /** Who is told of the runs that it caused. */
  origins: Origins
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

export type AppOptions = { probe?: App['probe']; now?: () => number; bundledHooks: string; logs?: LogTail | undefined }

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
    const db = await openConfiguredDatabase(config)
    opened.push(() => db.close())
    for (const warning of await checkMasterKey({ db, config, now })) log.warn(warning)
    const app = {
      config,
      log,
      logs: options.logs ?? openLogTail(now),
      db,
      newId,
      now,
      calls: new ModelCalls((workspace, provider) => app.providers.limitsOf(workspace, provider)),
      cache: new ResponseCache(now),
      live: new LiveRuns(),
      setups: new Setups(),
      begun: new BegunRuns(),
      reserve: () => undefined,
      park: () => () => {},
      queue: sqlQueue(db),
      limits: openLimits({ db, config, now, log }),
      wakeWorkers: () => {},
      probe: options.probe ?? (() => {}),
    } as Partial<App> as App
    const connector = new Connector()
    opened.push(() => connector.close())
    app.outsideFetch = connector.fetchFor(outsideHosts(config), null)
    app.machine = openMachine(app)
    opened.push(() => app.machine.close())
    app.access = openAccess(app, app.outsideFetch)
    opened.push(() => app.access.close())
    app.rooms = new LiveConversations(app)
    opened.push(() => app.rooms.close())
    app.sql = openSqlGuard()
    opened.push(() => app.sql.close())
    app.hooks = openHooks(app, {
      folders: [options.bundledHooks, ...config.plugins_dirs],
      connections: (workspace, name) => connectionUrl(app, workspace, name),
      onSecret: ({ workspace_id, run_id, tool }, kind, name) => app.access.secretUsed({ workspace_id, run_id, hook_id: tool.hook_id, kind, name }),
      onOffer: (workspace, hookId, endpoints) => {
        noteOffer(app, workspace, hookId, endpoints).catch((err: unknown) =>
          log.error({ err, plugin: hookId }, 'what an MCP server offers could not be kept'),
        )
      },
    })
    opened.push(() => app.hooks.close())
    app.lifecycle = new Lifecycle(app)
    opened.push(() => app.lifecycle.flush())
    app.providers = await openProviders(app)
    opened.push(() => app.providers.close())
    app.embed = openEmbed(app)
    app.origins = { conversation: conversationOrigin(app) }
    app.usage = openUsage(app, { onRaised: (trx, raised) => wakeWaiting(trx, app.queue, raised), afterRaise: () => app.wakeWorkers() })
    opened.push(watchForeignEnds(app))
    return { app, work: () => startWork(app, opened), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** What the settings name for logins and tokens, also where it is private; and what those name, where it is public. */
function outsideHosts({ auth }: Config): string[] {
  const urls = [auth.jwt?.jwks_url, auth.oidc?.issuer].filter((url) => url !== undefined)
  return [...urls.map((url) => hostPortOf(new URL(url))), '*']
}

async function startWork(app: App, opened: (() => Promise<void> | void)[]): Promise<Worker> {
  const worker = await startWorker({ db: app.db, queue: app.queue, log: app.log, handlers: jobHandlers(app), concurrency: app.config.concurrency })
  app.wakeWorkers = () => worker.wake()
  app.reserve = () => worker.reserve()
  app.park = () => worker.park()
  opened.push(() => worker.stop(), pruneNowAndThen(app))
  return worker
}
