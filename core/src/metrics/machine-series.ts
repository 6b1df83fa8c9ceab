import type { GetMachine, MachineSeries } from '@cadre/contract/metrics'
import type { Db } from '../storage/database.ts'
import { selectMachine } from './machine.store.ts'
import type { Machine } from './machine.ts'
import { rangeOf } from './range.ts'
import { scaleOf } from './spans.ts'

type MachineApp = { db: Db; now: () => number; machine: Machine }

/** What the servers of this database had to do over time, and this one now. */
export async function getMachineSeries({ db, now, machine }: MachineApp, input: GetMachine): Promise<MachineSeries> {
  const range = rangeOf(input, now())
  // These are kept by the minute as long as they are kept at all.
  const { from, to, step, count } = scaleOf({ ...range, points: input.points, now: range.from })
  const rows = new Map((await selectMachine(db.read, { from, to, step })).map((row) => [row.start, row]))
  const starts = Array.from({ length: count }, (_, i) => from + i * step)
  const column = (name: 'cpu' | 'machine_cpu' | 'memory' | 'machine_memory' | 'disk_free' | 'event_loop_ms' | 'queue_depth' | 'query_ms' | 'pool') =>
    starts.map((start) => rows.get(start)?.[name] ?? null)
  return {
    from: iso(from),
    to: iso(to),
    step_ms: step,
    at: starts.map(iso),
    cpu: column('cpu'),
    machine_cpu: column('machine_cpu'),
    memory: column('memory'),
    machine_memory: column('machine_memory'),
    disk_free: column('disk_free'),
    event_loop_ms: column('event_loop_ms'),
    queue_depth: column('queue_depth'),
    query_ms: column('query_ms'),
    pool: column('pool'),
    now: await machine.now(),
  }
}

const iso = (ms: number) => new Date(ms).toISOString()
