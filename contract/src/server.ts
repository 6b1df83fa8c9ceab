import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant } from './page.ts'

export const LogLevel = z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal'])
export type LogLevel = z.infer<typeof LogLevel>

export const FollowLogs = z.strictObject({
  /** Records of this level and above. */
  level: LogLevel.default('trace'),
  /** Only those that have these words somewhere, upper or lower case. */
  q: z.string().max(200).optional(),
})
export type FollowLogs = z.infer<typeof FollowLogs>

/** One line of the log. */
export const LogRecord = z.object({
  type: z.literal('log.record'),
  /** Its id in the stream, for `Last-Event-ID`. */
  position: z.string(),
  at: Instant,
  level: LogLevel,
  /** The process that wrote it: the server, or one of its workers. */
  pid: z.int(),
  text: z.string(),
  /** What the record says beside its text. */
  detail: z.record(z.string(), z.unknown()),
})
export type LogRecord = z.infer<typeof LogRecord>

/** Records came faster than they were read, and are no longer kept. */
export const LogsLost = z.object({ type: z.literal('log.lost'), position: z.string(), count: z.int() })

export const LogEvent = z.discriminatedUnion('type', [LogRecord, LogsLost])
export type LogEvent = z.infer<typeof LogEvent>

const days = z.number()

/** How long things are kept, in days; null: for ever. Messages: each conversation says. */
export const Retention = z.object({
  runs: days.nullable(),
  audit: days.nullable(),
  /** What was done in the background; not the runs themselves. */
  jobs: days,
  deleted_conversations: days,
  /** Uploads that no message took. */
  unsent_uploads: days,
  /** What the machine had to do, of each minute. */
  machine: days,
  /** How runs went, counted by the minute and by the hour; counted by the day they are kept for ever. */
  counts_by_minute: days,
  counts_by_hour: days,
  /** Counters of budgets whose period is over. */
  budget_counters: days,
})
export type Retention = z.infer<typeof Retention>

/** How long one kind of thing is kept, and who said so. */
export const KeptFor = z.object({
  /** null: for ever. */
  days: days.nullable(),
  /** `stored`: somebody here; `configured`: CADRE_RUN_DAYS, CADRE_AUDIT_DAYS or cadre.yaml; `default`: nobody. */
  source: z.enum(['stored', 'configured', 'default']),
  /** What holds where nothing is stored; null: for ever, since nothing is configured. */
  configured: days.nullable(),
  set_by: z.string().nullable(),
  set_at: Instant.nullable(),
})
export type KeptFor = z.infer<typeof KeptFor>

export const RetentionState = z.object({
  /** Runs that ended, with their traces. */
  runs: KeptFor,
  audit: KeptFor,
})
export type RetentionState = z.infer<typeof RetentionState>

/** Whole days; null: for ever; `configured`: as the server was set up. */
export const ChosenDays = z.union(
  [z.int().min(1).max(100_000), z.null(), z.literal('configured')],
  'must be a whole number of days from 1 to 100000, null for ever, or "configured"',
)
export type ChosenDays = z.infer<typeof ChosenDays>

export const SetRetention = z
  .strictObject({
    runs: ChosenDays.optional(),
    audit: ChosenDays.optional(),
    /** Change nothing, and say what would be deleted. */
    dry_run: z.boolean().default(false),
  })
  .refine(({ runs, audit }) => runs !== undefined || audit !== undefined, { path: ['runs'], message: 'give runs, audit, or both' })
export type SetRetention = z.infer<typeof SetRetention>

/** `more`: at least so many; nobody counts further. */
const Deleted = z.object({ count: z.int(), more: z.boolean() })

export const RetentionChange = RetentionState.extend({
  dry_run: z.boolean(),
  /** What is older than that now, and goes within the next hour. */
  deletes: z.object({ runs: Deleted, audit: Deleted }),
})
export type RetentionChange = z.infer<typeof RetentionChange>

/** What the operator set, as far as people who use the server may see it. */
export const ServerSettings = z.object({
  retention: Retention,
  /** Records below it are not written, and never come in the stream of logs. */
  log_level: z.enum([...LogLevel.options, 'silent']),
  database: z.enum(['sqlite', 'postgres']),
  /** Worker processes beside the server; 0: it works itself. */
  workers: z.int(),
  /** Runs at once in one process. */
  concurrency: z.int(),
})
export type ServerSettings = z.infer<typeof ServerSettings>

export const server = {
  settings: oc
    .route({ method: 'GET', path: '/server/settings', summary: 'What the operator set, and how long things are kept' })
    .output(ServerSettings),
  retention: oc
    .route({ method: 'GET', path: '/server/retention', summary: 'How long runs and the audit log are kept, and who said so' })
    .output(RetentionState),
  setRetention: oc
    .route({ method: 'PUT', path: '/server/retention', summary: 'Set how long runs and the audit log are kept, or see what that would delete' })
    .input(SetRetention)
    .output(RetentionChange),
}

export const logs = {
  follow: oc
    .route({ method: 'GET', path: '/logs', summary: 'The last log records of this server, then every new one as it comes' })
    .input(FollowLogs)
    .output(eventIterator(LogEvent)),
}
