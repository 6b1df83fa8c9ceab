import { availableParallelism, cpus, freemem, hostname, totalmem } from 'node:os'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import type { MachineNow } from '@cadre/contract/metrics'
import type { Db } from '../storage/database.ts'
import { diskRoom } from '../storage/disk-room.ts'
import { insertMachine, type Measured } from './machine.store.ts'
import { countQueued } from './now.store.ts'

const minuteMs = 60_000
/** How often the event loop's clock ticks; how late it does so is what is asked. */
const tickMs = 20

type MachineApp = {
  db: Pick<Db, 'read' | 'write' | 'load'>
  now: () => number
  config: { data_dir: string }
  log: { warn: (context: object, message: string) => void }
}

/** What this process and its machine have to do: a row of machine_stats each minute, and at any time since the last one. */
export type Machine = {
  /** Since the last row, or the start. */
  measured: () => Pick<Measured, 'cpu' | 'machine_cpu' | 'event_loop_ms' | 'query_ms' | 'pool' | 'memory' | 'machine_memory'>
  now: () => Promise<MachineNow>
  /** Writes a row, as it happens every minute. */
  keep: () => Promise<void>
  close: () => Promise<void>
}

export function openMachine(app: MachineApp): Machine {
  const { db, config, log } = app
  const began = performance.now()
  const process_name = `${hostname()}:${process.pid}`
  const delay = monitorEventLoopDelay({ resolution: tickMs })
  delay.enable()
  let last = marks(db)
  let keeping: Promise<void> = Promise.resolve()

  function measured() {
    const now = marks(db)
    const ms = Math.max(1, now.at - last.at)
    const worked = now.machine.busy - last.machine.busy
    const passed = worked + now.machine.idle - last.machine.idle
    const queries = now.load.queries - last.load.queries
    return {
      cpu: (now.cpu - last.cpu) / 1_000 / ms,
      machine_cpu: passed === 0 ? 0 : worked / passed,
      event_loop_ms: delay.count === 0 ? 0 : Math.max(0, delay.percentile(99) / 1e6 - tickMs),
      query_ms: queries === 0 ? 0 : (now.load.query_ms - last.load.query_ms) / queries,
      pool: now.load.used / now.load.size,
      memory: process.memoryUsage.rss(),
      machine_memory: totalmem() - freemem(),
    }
  }

  const keep = async () => {
    const at = app.now()
    const row = { ...measured(), at: at - (at % minuteMs), process: process_name }
    last = marks(db)
    delay.reset()
    const { free } = await diskRoom(config.data_dir)
    const queue_depth = await countQueued(db.read)
    await db.write((trx) => insertMachine(trx, { ...row, disk_free: free, queue_depth }))
  }
  const timer = setInterval(() => {
    keeping = keep().catch((err: unknown) => log.warn({ err }, 'what this server had to do could not be written down'))
  }, minuteMs)
  timer.unref()

  return {
    measured,
    keep,
    now: async () => {
      const { free, total } = await diskRoom(config.data_dir)
      const disk = { disk_free: free, disk_total: total }
      const uptime_ms = Math.round(performance.now() - began)
      return {
        ...measured(),
        ...disk,
        queue_depth: await countQueued(db.read),
        cores: availableParallelism(),
        machine_memory_total: totalmem(),
        uptime_ms,
      }
    },
    close: async () => {
      clearInterval(timer)
      delay.disable()
      await keeping
    },
  }
}

/** Counters that only grow. */
function marks(db: Pick<Db, 'load'>) {
  const { user, system } = process.cpuUsage()
  return { at: performance.now(), cpu: user + system, machine: machineTimes(), load: db.load() }
}

function machineTimes() {
  const sum = { busy: 0, idle: 0 }
  for (const { times } of cpus()) {
    sum.idle += times.idle
    sum.busy += times.user + times.nice + times.sys + times.irq
  }
  return sum
}
