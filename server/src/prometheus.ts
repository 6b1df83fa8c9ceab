import { GetMachine, GetSeries, type RunTotals } from '@cadre/contract/metrics'
import type { Actor } from '@cadre/core/access/actor'
import type { Api, Extra } from './router.ts'

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8'

type Kind = 'gauge' | 'counter'

/** The figures of `/metrics/system` and `/metrics/machine`, and today's ended runs of the caller's workspace, in the text format of Prometheus. */
export async function prometheusText(api: Pick<Api, 'metrics'>, actor: Actor, extra: Extra): Promise<string> {
  const [system, { now }, { totals }] = await Promise.all([
    api.metrics.system(actor, undefined, extra),
    api.metrics.machine(actor, GetMachine.parse({ points: 1 }), extra),
    api.metrics.series(actor, GetSeries.parse({ ...today(Date.now()), points: 1 }), extra),
  ])
  const lines: string[] = []
  const add = (name: string, kind: Kind, help: string, samples: Record<string, number>) => {
    lines.push(`# HELP cadre_${name} ${help}`, `# TYPE cadre_${name} ${kind}`)
    for (const [labels, value] of Object.entries(samples)) lines.push(`cadre_${name}${labels} ${value}`)
  }
  const gauge = (name: string, help: string, value: number) => add(name, 'gauge', help, { '': value })
  add('runs_total', 'counter', 'Runs accepted since 00:00 UTC that ended, by how; it begins anew each day.', byStatus(totals))
  gauge('worker_uptime_seconds', 'How long the oldest living worker has been at work.', system.workerUptime / 1000)
  gauge('job_duration_seconds', 'Average of the last 1000 jobs that completed.', system.averageJobProcessingTime / 1000)
  gauge('jobs_waiting', 'Jobs that are due and wait for a worker.', system.jobQueueDepth)
  gauge('query_duration_seconds', 'Average database query of the last minute.', system.averageQueryTime / 1000)
  gauge('database_connections_used_ratio', 'Share of the database connections in use.', system.connectionPoolUtilization)
  gauge('agents_active', 'Agents of which a run is executed.', system.activeAgents)
  gauge('conversations_active', 'Conversations in which an agent answers or is waited for.', system.concurrentConversations)
  gauge('messages_last_minute', 'Messages of the last minute.', system.messagesPerMinute)
  gauge('process_cpu_cores', 'Cores that this process kept busy in the last minute.', now.cpu)
  gauge('machine_cpu_ratio', 'Share of all cores that were busy in the last minute.', now.machine_cpu)
  gauge('process_memory_bytes', 'Resident memory of this process.', now.memory)
  gauge('machine_memory_used_bytes', 'Memory in use on the machine.', now.machine_memory)
  gauge('machine_memory_bytes', 'Memory of the machine.', now.machine_memory_total)
  gauge('disk_free_bytes', 'Free room on the disk of the data.', now.disk_free)
  gauge('disk_bytes', 'Size of the disk of the data.', now.disk_total)
  gauge('event_loop_delay_seconds', 'How late the event loop came, 99th percentile of the last minute.', now.event_loop_ms / 1000)
  gauge('process_uptime_seconds', 'Since this process began.', now.uptime_ms / 1000)
  return `${lines.join('\n')}\n`
}

const dayMs = 86_400_000
/** A sum over all that ever was would grow slower with each day. */
function today(now: number) {
  const from = now - (now % dayMs)
  return { from: new Date(from).toISOString(), to: new Date(from + dayMs).toISOString() }
}

function byStatus({ completed, failed, timeout, cancelled }: RunTotals): Record<string, number> {
  return Object.fromEntries(Object.entries({ completed, failed, timeout, cancelled }).map(([status, count]) => [`{status="${status}"}`, count]))
}
