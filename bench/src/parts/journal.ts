import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { appendEvents, insertRunOnce } from '@cadre/core/runs/runs.store'
import type { Db } from '@cadre/core/storage/database'
import { newId } from '@cadre/core/storage/ids'
import { openDatabase } from '@cadre/core/storage/open-database'
import { temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { type Figure, ms, printTable } from '../report.ts'

const rows = 2000
const data = JSON.stringify({
  call: 1,
  content: [{ type: 'text', text: 'x'.repeat(300) }],
  finish_reason: 'stop',
  tokens_input: 100,
  tokens_output: 20,
})

/** One durable journal append, alone and with 64 runs at once, beside a bare insert that is synced to disk by itself. */
export async function journalRow(): Promise<Figure[]> {
  const folder = temporaryFolder('bench')
  const bare = bareInsert(join(folder.path, 'bare.db'))
  const db = await openDatabase({ file: join(folder.path, 'cadre.db') })
  const runs = await Promise.all(Array.from({ length: 64 }, () => aRun(db)))
  const append = (runId: string) => db.write((trx) => appendEvents(trx, runId, 0, [{ type: 'model.completed', at: Date.now(), data }]))
  const together = async (at: string[]) => {
    const start = performance.now()
    await Promise.all(
      at.map(async (runId) => {
        for (let i = 0; i < rows / at.length; i++) await append(runId)
      }),
    )
    return (performance.now() - start) / rows
  }
  await together(runs)
  const alone = await together(runs.slice(0, 1))
  const shared = await together(runs)
  await db.close()
  folder.remove()
  printTable(
    ['durable row', 'each', 'of a bare insert'],
    Object.entries({ 'bare insert, synchronous=FULL': bare, 'journal row, one run': alone, 'journal row, 64 runs at once': shared }).map(
      ([name, time]) => [name, ms(time), (time / bare).toFixed(2)],
    ),
  )
  return [{ name: 'a journal row, alone and of 64 at once', value: `${ms(alone)}, ${ms(shared)}` }]
}

function bareInsert(file: string) {
  const db = new DatabaseSync(file)
  db.exec('pragma journal_mode=wal; pragma synchronous=full; create table rows (id integer primary key, data text)')
  const insert = db.prepare('insert into rows (data) values (?)')
  const start = performance.now()
  for (let i = 0; i < rows; i++) insert.run(data)
  const each = (performance.now() - start) / rows
  db.close()
  return each
}

async function aRun(db: Db): Promise<string> {
  const now = Date.now()
  const agentId = newId('agt')
  const runId = newId('run')
  const agent = {
    name: agentId,
    slug: agentId,
    provider: 'builtin',
    model: 'planner',
    system_prompt: 'x',
    tools: '[]',
    config: '{}',
    created_by: 'bench',
  }
  const run = {
    status: 'running',
    mode: 'generate',
    input: 'x',
    setup: '',
    total_steps: 0,
    tokens_input: 0,
    tokens_output: 0,
    attempts: 1,
    last_seq: 0,
  }
  await db.write(async (trx) => {
    const flags = { is_public: 0, api_key_required: 1, allowed_api_keys: '[]', created_at: now, updated_at: now }
    await trx
      .insertInto('agents')
      .values({ workspace_id: 'default', id: agentId, ...agent, ...flags })
      .execute()
    await insertRunOnce(trx, {
      workspace_id: 'default',
      id: runId,
      agent_id: agentId,
      ...run,
      token: 0,
      job_id: newId('job'),
      triggered_by: 'bench',
      created_at: now,
    })
  })
  return runId
}
