import type { MachineSeries, SystemMetrics } from '@cadre/contract/metrics'
import { useMemo } from 'react'
import { useMonitoringTexts } from '../../i18n/monitoring-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { Figures } from '../../ui/figures.tsx'
import { Card } from '../../ui/parts.tsx'
import { type Line, TimeChart } from './time-chart.tsx'
import { scaleOf } from './use-time-names.ts'

/** What the server has to do: now, and over time. */
export function ServerFigures({ machine, system }: { machine: MachineSeries; system: SystemMetrics }) {
  const texts = useMonitoringTexts()
  const format = useFormat()
  const { now } = machine
  return (
    <div className="flex flex-col gap-4">
      <Figures
        small
        figures={[
          [texts.queue, format.number(system.jobQueueDepth)],
          [texts.agentsAtWork, format.number(system.activeAgents)],
          [texts.conversations, format.number(system.concurrentConversations)],
          [texts.messages, format.number(system.messagesPerMinute)],
          [texts.cpu, texts.cpuNow(format.percent(now.cpu / now.cores), format.percent(now.machine_cpu))],
          [texts.memory, format.bytes(now.memory)],
          [texts.machineMemory, texts.share(format.bytes(now.machine_memory), format.bytes(now.machine_memory_total))],
          [texts.diskFree, texts.share(format.bytes(now.disk_free), format.bytes(now.disk_total))],
          [texts.eventLoop, format.duration(now.event_loop_ms)],
          [texts.queries, format.duration(system.averageQueryTime)],
          [texts.pool, format.percent(system.connectionPoolUtilization)],
          [texts.uptime, format.duration(now.uptime_ms)],
        ]}
      />
      {machine.memory.some((value) => value !== null) ? (
        <Charts machine={machine} />
      ) : (
        <Card className="px-4 py-6 text-center text-[13px] text-muted">{texts.noneYet}</Card>
      )}
    </div>
  )
}

function Charts({ machine }: { machine: MachineSeries }) {
  const texts = useMonitoringTexts()
  const format = useFormat()
  const { cores, machine_memory_total, disk_total } = machine.now
  const { scale, lines } = useMemo(() => {
    const one = (name: string, values: Line['values']): Line[] => [{ name, colour: '--accent', values }]
    const both = (ours: Line['values'], all: Line['values']): Line[] => [
      { name: texts.ours, colour: '--accent', values: ours },
      { name: texts.machine, colour: '--muted', values: all },
    ]
    const cpu = machine.cpu.map((busy) => (busy === null ? null : busy / cores))
    const lines = {
      queue: one(texts.queue, machine.queue_depth),
      eventLoop: one(texts.eventLoop, machine.event_loop_ms),
      cpu: both(cpu, machine.machine_cpu),
      memory: both(machine.memory, machine.machine_memory),
      disk: one(texts.diskFree, machine.disk_free),
      queries: one(texts.queries, machine.query_ms),
    }
    return { scale: scaleOf(machine), lines }
  }, [machine, cores, texts])
  return (
    <div className="grid gap-4 lg:grid-cols-2">
      <TimeChart title={texts.queue} note={texts.queueNote} scale={scale} lines={lines.queue} look="area" show={format.short} />
      <TimeChart title={texts.eventLoop} note={texts.eventLoopNote} scale={scale} lines={lines.eventLoop} look="area" show={format.duration} />
      <TimeChart title={texts.cpu} scale={scale} lines={lines.cpu} show={format.percent} top={1} />
      <TimeChart title={texts.memory} scale={scale} lines={lines.memory} show={format.bytes} top={machine_memory_total} />
      <TimeChart title={texts.diskFree} note={texts.diskNote} scale={scale} lines={lines.disk} look="area" show={format.bytes} top={disk_total} />
      <TimeChart title={texts.queries} note={texts.queriesNote} scale={scale} lines={lines.queries} look="area" show={format.duration} />
    </div>
  )
}
