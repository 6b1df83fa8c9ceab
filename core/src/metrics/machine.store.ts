import { sql } from 'kysely'
import type { Db, Trx } from '../storage/database.ts'
import type { Tables } from '../storage/tables.ts'

export type MachineRow = Tables['machine_stats']
export type Measured = Omit<MachineRow, 'at' | 'process'>

export async function insertMachine(trx: Trx, row: MachineRow) {
  await trx
    .insertInto('machine_stats')
    .values(row)
    .onConflict((on) => on.columns(['at', 'process']).doNothing())
    .execute()
}

/** Of each step: the average of each process over its minutes; what they take added up, what they share averaged, and the latest loop of all. */
export async function selectMachine(db: Db['read'], of: { from: number; to: number; step: number }): Promise<(Measured & { start: number })[]> {
  const start = sql.raw(`at - at % ${Math.round(of.step)}`)
  const { rows } = await sql<Measured & { start: number }>`
    select start, sum(cpu) as cpu, avg(machine_cpu) as machine_cpu, sum(memory) as memory, avg(machine_memory) as machine_memory,
      min(disk_free) as disk_free, max(event_loop_ms) as event_loop_ms, max(queue_depth) as queue_depth, avg(query_ms) as query_ms, max(pool) as pool
    from (select ${start} as start, process, avg(cpu) as cpu, avg(machine_cpu) as machine_cpu, avg(memory) as memory,
        avg(machine_memory) as machine_memory, min(disk_free) as disk_free, max(event_loop_ms) as event_loop_ms,
        max(queue_depth) as queue_depth, avg(query_ms) as query_ms, max(pool) as pool
      from machine_stats where at >= ${of.from} and at < ${of.to} group by 1, process) as each_process
    group by start order by start`.execute(db)
  return rows
}

export async function deleteMachines(trx: Trx, before: number) {
  await trx.deleteFrom('machine_stats').where('at', '<', before).execute()
}
