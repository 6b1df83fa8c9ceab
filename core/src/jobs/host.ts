import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync } from 'node:fs'
import { hostname, platform } from 'node:os'
import { performance } from 'node:perf_hooks'
import type { WorkerRow } from './queue.ts'

/** Where process ids mean the same: this boot of this machine, and inside it this container. */
export const host = `${hostname()} ${pidSpace()}`.trim()
/** Tells this process from an earlier one that had the same id. */
export const processStartedAt = Math.round(performance.timeOrigin)

function pidSpace() {
  if (platform() !== 'linux') return ''
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')
    return createHash('sha256')
      .update(boot + readlinkSync('/proc/self/ns/pid'))
      .digest('hex')
      .slice(0, 12)
  } catch {
    // No /proc: a name that no other process shares, so that nobody is taken for dead by mistake.
    return `process ${process.pid} of ${processStartedAt}`
  }
}

/** Whether the process of this worker ran here and is gone. False also when that cannot be known: then its heartbeat tells. */
export function isDeadHere(worker: WorkerRow): boolean {
  if (worker.host !== host) return false
  if (worker.pid === process.pid) return worker.started_at !== processStartedAt
  try {
    process.kill(worker.pid, 0)
    return false
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
