import { oc } from '@orpc/contract'
import { z } from 'zod'
import { AgentRef } from './agents.ts'
import { Instant } from './page.ts'

/** Of when runs were accepted. It is widened to whole minutes, to whole hours where it begins over 2 days ago, to whole UTC days over 90. */
const range = { from: Instant.optional(), to: Instant.optional() }

/** All that was counted, unless a range is given. Times are milliseconds, shares go from 0 to 1; without any run all is 0. */
export const AgentMetrics = z.object({
  /** From the acceptance of a run to its end, of those that completed. */
  averageResponseTime: z.number(),
  /** Of the runs that completed, failed or ran out of time. */
  successRate: z.number(),
  failureRate: z.number(),
  /** Runs that completed. */
  totalResponses: z.int(),
  /** Conversations in which it answers, or is waited for, now. */
  activeConversations: z.int(),
  /** Runs of it that wait for a worker, and messages that wait for it, now. */
  queuedJobs: z.int(),
  /** The share of 👍 among 👍 and 👎 on its messages, of at most 90 days; left out where there are none. */
  userSatisfactionScore: z.number().optional(),
  /** Of its turns in conversations, those that came to an answer; the others failed, or somebody stopped them. */
  conversationCompletionRate: z.number(),
})
export type AgentMetrics = z.infer<typeof AgentMetrics>

/** Of the whole server, now. Times are milliseconds. */
export const SystemMetrics = z.object({
  /** Of the worker that has been at work longest; 0 where none is. */
  workerUptime: z.number(),
  /** From its start to its end, of the last 1,000 jobs that completed. */
  averageJobProcessingTime: z.number(),
  /** Jobs that are due and wait for a worker. */
  jobQueueDepth: z.int(),
  /** Of the last minute's, in the process that answers. */
  averageQueryTime: z.number(),
  /** The share of its database connections in use, from 0 to 1; SQLite has one that writes. */
  connectionPoolUtilization: z.number(),
  /** Agents of which a run is executed. */
  activeAgents: z.int(),
  /** Conversations in which an agent answers or is waited for. */
  concurrentConversations: z.int(),
  /** Messages of the last minute. */
  messagesPerMinute: z.int(),
})
export type SystemMetrics = z.infer<typeof SystemMetrics>

const points = z.coerce.number().int().min(1).max(1000).default(120)
const Scale = {
  from: Instant,
  to: Instant,
  /** What one point stands for: the time from its `at` on. `GET /runs?from=...&to=...` over this time lists its runs. */
  step_ms: z.int(),
  at: z.array(Instant),
}
const numbers = z.array(z.number().nullable())
const counts = z.array(z.int())

export const GetSeries = z.strictObject({
  /** By default a day before `to`. */
  ...range,
  /** An agent, by id or slug; without it all of the workspace. */
  agent: z.string().min(1).max(300).optional(),
  /** At most so many; the step is the least usual one (a minute, 5, 15, 30, an hour, ...) that needs no more. */
  points,
})
export type GetSeries = z.infer<typeof GetSeries>

const latency = { average_ms: z.number().nullable(), p50_ms: z.number().nullable(), p95_ms: z.number().nullable(), p99_ms: z.number().nullable() }
const sums = {
  runs: z.int(),
  completed: z.int(),
  failed: z.int(),
  timeout: z.int(),
  cancelled: z.int(),
  success_rate: z.number().nullable(),
  ...latency,
}
export const RunTotals = z.object(sums)
export type RunTotals = z.infer<typeof RunTotals>

/** Columns of equal length, as a chart takes them. Runs that ended, by when they were accepted; latencies of those that completed. */
export const RunSeries = z.object({
  ...Scale,
  runs: counts,
  completed: counts,
  failed: counts,
  timeout: counts,
  cancelled: counts,
  /** Null where nothing ended. Percentiles are read from a histogram: at most a quarter off. */
  success_rate: numbers,
  average_ms: numbers,
  p50_ms: numbers,
  p95_ms: numbers,
  p99_ms: numbers,
  totals: RunTotals,
})
export type RunSeries = z.infer<typeof RunSeries>

export const GetMachine = z.strictObject({ ...range, points })
export type GetMachine = z.infer<typeof GetMachine>

const measured = {
  /** Cores that our processes kept busy: 1.5 is one and a half. */
  cpu: z.number(),
  /** The share of all cores that anything on the machine kept busy, from 0 to 1. */
  machine_cpu: z.number(),
  /** Bytes in memory: of our processes, and of everything on the machine. */
  memory: z.number(),
  machine_memory: z.number(),
  /** Bytes left where the data is. */
  disk_free: z.number(),
  /** How late the event loop came at worst, but for one time in a hundred. */
  event_loop_ms: z.number(),
  /** Jobs that were due and waited for a worker. */
  queue_depth: z.number(),
  query_ms: z.number(),
  /** As connectionPoolUtilization. */
  pool: z.number(),
}
export const MachineNow = z.object({ ...measured, cores: z.int(), machine_memory_total: z.number(), disk_total: z.number(), uptime_ms: z.number() })
export type MachineNow = z.infer<typeof MachineNow>

/** What the servers had to do: all processes of this database together, the worst of them for the event loop. Null where none was there. */
export const MachineSeries = z.object({
  ...Scale,
  cpu: numbers,
  machine_cpu: numbers,
  memory: numbers,
  machine_memory: numbers,
  disk_free: numbers,
  event_loop_ms: numbers,
  queue_depth: numbers,
  query_ms: numbers,
  pool: numbers,
  /** Of the process that answers. */
  now: MachineNow,
})
export type MachineSeries = z.infer<typeof MachineSeries>

export const metrics = {
  agent: oc
    .route({ method: 'GET', path: '/metrics/agents/{idOrSlug}', summary: 'How one agent does' })
    .input(AgentRef.extend(range))
    .output(AgentMetrics),
  system: oc.route({ method: 'GET', path: '/metrics/system', summary: 'How the whole server does, now' }).output(SystemMetrics),
  series: oc
    .route({ method: 'GET', path: '/metrics/series', summary: 'Runs over time: how many, how they ended, and how long they took' })
    .input(GetSeries)
    .output(RunSeries),
  machine: oc
    .route({ method: 'GET', path: '/metrics/machine', summary: 'CPU, memory, disk, event loop, queue and database over time, and now' })
    .input(GetMachine)
    .output(MachineSeries),
}
