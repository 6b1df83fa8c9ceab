import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { appendEvents, insertRunOnce } from '@cadre/core/runs/runs.store'
import type { Db } from '@cadre/core/storage/database'
import { newId } from '@cadre/core/storage/ids'
import { openDatabase } from '@cadre/core/storage/open-database'
import type { Cipher } from '@cadre/core/storage/open-sqlite'
import { sqliteDriver } from '@cadre/core/storage/sqlite-driver'
import { temporaryFolder } from '../../../scripts/lib/server-process.ts'
import { type Figure, median, ms, printTable } from '../report.ts'

const rows = 2000
const data = JSON.stringify({
  call: 1,
  content: [{ type: 'text', text: 'x'.repeat(300) }],
  finish_reason: 'stop',
  tokens_input: 100,
  tokens_output: 20,
})

/** One durable journal append, alone and with 64 runs at once, beside a bare insert that is synced to disk by itself; and what encryption costs. */
export async function journalRow(): Promise<Figure[]> {
  const folder = temporaryFolder('bench')
  const bare = bareInsert(join(folder.path, 'bare.db'))
  const plain = await journal(join(folder.path, 'cadre.db'))
  const encrypted = await journal(join(folder.path, 'encrypted.db'), { key: randomBytes(32), driver: sqliteDriver(folder.path) })
  folder.remove()
  const lines: [string, keyof typeof plain][] = [
    ['journal row, one run', 'alone'],
    ['journal row, 64 runs at once', 'together'],
    ['last 20 rows of a run, read', 'read'],
  ]
  const beside = (name: keyof typeof plain) => `${(encrypted[name] / plain[name]).toFixed(2)}`
  printTable(
    ['durable row', 'each', 'of a bare insert', 'in an encrypted file'],
    [
      ['bare insert, synchronous=FULL', ms(bare), '1.00', ''],
      ...lines.map(([words, name]) => [words, ms(plain[name]), (plain[name] / bare).toFixed(2), `${beside(name)} x`]),
    ],
  )
  return [
    { name: 'a journal row, alone and of 64 at once', value: `${ms(plain.alone)}, ${ms(plain.together)}` },
    { name: 'the same and a read in an encrypted file', value: `${beside('alone')}, ${beside('together')} and ${beside('read')} times` },
  ]
}

/** Milliseconds: the median of five rounds, since the disk is not ours alone. */
async function journal(file: string, cipher?: Cipher) {
  const db = await openDatabase({ file, cipher })
  const runs = await Promise.all(Array.from({ length: 64 }, () => aRun(db)))
  const append = (runId: string) => db.write((trx) => appendEvents(trx, runId, 0, [{ type: 'model.completed', at: Date.now(), data }]))
  const each = async (at: string[], act: (runId: string) => Promise<unknown>, count = rows) => {
    const rounds: number[] = []
    for (let round = 0; round < 5; round++) {
      const start = performance.now()
      await Promise.all(
        at.map(async (runId) => {
          for (let i = 0; i < count / at.length; i++) await act(runId)
        }),
      )
      rounds.push((performance.now() - start) / count)
    }
    return median(rounds)
  }
  const read = (runId: string) => db.read.selectFrom('run_events').selectAll().where('run_id', '=', runId).orderBy('seq', 'desc').limit(20).execute()
  await each(runs, append, rows / 10)
  const measured = { alone: await each(runs.slice(0, 1), append, rows / 4), together: await each(runs, append), read: await each(runs, read) }
  await db.close()
  return measured
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
