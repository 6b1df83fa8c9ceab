import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { HookHandlers } from '@cadre/contract/forgehook'
import { DuckDBInstance } from '@duckdb/node-api'
import { EmbeddedPool } from '@cadre/core/tools/embedded/embedded-runtime'
import type { ResolvedTool } from '@cadre/core/tools/resolved-tool'
import papa from 'papaparse'
import { type Figure, median, ms, printTable, ratio } from '../report.ts'

const count = 200_000
const entry = new URL('../../../forgehooks/data-transform/index.ts', import.meta.url).href
type Row = Record<string, string>
type Side = { parse: number[]; group: number[]; join: number[] }

/** CSV parse, group and join on 200,000 rows: our handlers, papaparse with plain loops, and DuckDB reading a file. */
export async function tables({ rounds }: { rounds: number }): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-bench-'))
  const csv = sales()
  const customers = Array.from({ length: 1_000 }, (_, i) => ({ customer: `C${String(i).padStart(4, '0')}`, segment: `S${i % 7}` }))
  writeFileSync(join(folder, 'sales.csv'), csv)
  writeFileSync(join(folder, 'customers.csv'), papa.unparse(customers))
  const { default: handlers } = (await import(entry)) as { default: HookHandlers }
  try {
    const sides = { ours: emptySide(), papaparse: emptySide(), DuckDB: emptySide() }
    for (let round = 0; round < rounds; round++) {
      ourSide(sides.ours, handlers, csv, customers)
      plainSide(sides.papaparse, csv, customers)
      await duckSide(sides.DuckDB, folder)
    }
    const inThread = await throughThread(csv)
    return report(sides, inThread)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

function ourSide(side: Side, handlers: HookHandlers, csv: string, customers: object[]) {
  const call = (path: string, input: object) => handlers[path]?.(input, {} as never) as { rows: Row[] }
  const { rows } = timed(side.parse, () => call('/csv_to_json', { csv }))
  const aggregates = [
    { field: 'amount', op: 'sum', as: 'total' },
    { field: 'quantity', op: 'mean', as: 'mean' },
    { op: 'count', as: 'n' },
  ]
  timed(side.group, () => call('/group', { rows, by: ['region'], aggregates }))
  timed(side.join, () => call('/join', { left: rows, right: customers, on: ['customer'] }))
}

function plainSide(side: Side, csv: string, customers: { customer: string; segment: string }[]) {
  const { data } = timed(side.parse, () => papa.parse<Row>(csv, { header: true, skipEmptyLines: true }))
  timed(side.group, () => {
    const groups = new Map<string, { total: number; quantity: number; n: number }>()
    for (const { region = '', amount, quantity } of data) {
      const group = groups.get(region) ?? { total: 0, quantity: 0, n: 0 }
      groups.set(region, group)
      group.total += Number(amount)
      group.quantity += Number(quantity)
      group.n++
    }
    return [...groups]
  })
  timed(side.join, () => {
    const byId = new Map(customers.map((each) => [each.customer, each]))
    return data.flatMap((row) => {
      const found = byId.get(row['customer'] ?? '')
      return found ? [{ ...row, ...found }] : []
    })
  })
}

async function duckSide(side: Side, folder: string) {
  const instance = await DuckDBInstance.create(':memory:', { threads: '2' })
  const connection = await instance.connect()
  const run = async (times: number[], sql: string) => {
    const began = performance.now()
    await (await connection.runAndReadAll(sql)).getRowObjects()
    times.push(performance.now() - began)
  }
  const began = performance.now()
  for (const name of ['sales', 'customers']) await connection.run(`create table ${name} as select * from read_csv('${join(folder, name)}.csv')`)
  await (await connection.runAndReadAll('select * from sales')).getRowObjects()
  side.parse.push(performance.now() - began)
  await run(side.group, 'select region, sum(amount), avg(quantity), count(*) from sales group by region')
  await run(side.join, 'select * from sales join customers using (customer)')
  connection.closeSync()
  instance.closeSync()
}

/** The parse as a tool call: in a thread, through JSON both ways, with the longest hold-up of the server's own loop. */
async function throughThread(csv: string): Promise<{ call: number; held: number }> {
  const pool = new EmbeddedPool({ onDefect: console.error, capabilities: () => Promise.reject(new Error('none is granted')) })
  const delay = monitorEventLoopDelay({ resolution: 5 })
  delay.enable()
  const began = performance.now()
  await pool.call(
    { tool: tool(), input: { csv }, workspace_id: 'default', idempotency_key: 'bench', run_id: null, now: 0, signal: new AbortController().signal },
    { type: 'embedded', entry },
  )
  const call = performance.now() - began
  delay.disable()
  await pool.close()
  return { call, held: delay.max / 1e6 }
}

function tool(): ResolvedTool {
  return {
    name: 'data-transform__csv_to_json',
    hook_id: 'data-transform',
    action: 'csv_to_json',
    path: '/csv_to_json',
    description: '',
    effect: 'read',
    input: {},
    output: undefined,
    limits: { timeout_ms: 120_000, memory_mb: 2_000, output_bytes: 1_000_000_000 },
    grants: { network: [], files: [], secrets: [], databases: [], store: false },
    settings: {},
    runtime: { type: 'embedded', entry },
  }
}

function report(sides: Record<'ours' | 'papaparse' | 'DuckDB', Side>, inThread: { call: number; held: number }): Figure[] {
  const work = ['parse', 'group', 'join'] as const
  printTable(
    ['200,000 rows', ...work],
    Object.entries(sides).map(([name, side]) => [name, ...work.map((each) => ms(median(side[each])))]),
  )
  console.log(`  parse as a tool call (thread, JSON both ways): ${ms(inThread.call)}; the server's loop was held up ${ms(inThread.held)} at most`)
  return work.flatMap((each) => [
    { name: `CSV ${each} over papaparse and plain loops`, value: ratio(median(sides.ours[each]) / median(sides.papaparse[each])) },
    { name: `CSV ${each} over DuckDB`, value: ratio(median(sides.ours[each]) / median(sides.DuckDB[each])) },
  ])
}

function timed<T>(times: number[], work: () => T): T {
  const began = performance.now()
  const result = work()
  times.push(performance.now() - began)
  return result
}

function emptySide(): Side {
  return { parse: [], group: [], join: [] }
}

function sales(): string {
  const lines = ['id,customer,region,amount,quantity,note']
  for (let i = 0; i < count; i++) {
    const note = i % 10 === 0 ? `"said ""yes"", twice"` : 'plain'
    lines.push(
      `${String(i).padStart(7, '0')},C${String((i * 7919) % 1_000).padStart(4, '0')},R${i % 50},${((i * 37) % 100_000) / 100},${i % 9},${note}`,
    )
  }
  return lines.join('\n')
}
