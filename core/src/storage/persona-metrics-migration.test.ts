import { type Kysely, sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import { countRun } from '../metrics/count-run.ts'
import type { Db } from './database.ts'
import * as personaMetrics from './migrations/0013-persona-metrics.ts'
import { databases } from './test/databases.ts'

/** Takes a schema back to what it was. */
async function before(db: Db) {
  await db.write(async (trx) => {
    const run = (text: string) => sql.raw(text).execute(trx)
    for (const index of ['message_jobs_open', 'reactions_emoji']) await run(`drop index ${index}`)
    for (const table of ['run_stats', 'machine_stats']) await run(`drop table ${table}`)
    for (const column of ['role', 'backstory', 'goal', 'prompt_template']) await run(`alter table agents drop column ${column}`)
    await run('alter table message_jobs drop column key_id')
    await run('create table agent_conversation_context (agent_id text)')
  })
}

describe.each(databases)('0014 on $name', ({ empty }) => {
  test('counts the runs that had ended as they are counted from then on', async () => {
    const db = await empty()
    await before(db)
    const times = [0, 9, 10, 11, 1_000, 59_999, 3_600_000, 86_400_000, 200_000_000]
    const ended = times.map((ms, i) => {
      const created_at = 1_700_000_000_000 + i * 1_900_000
      const status = i % 3 === 0 ? 'failed' : 'completed'
      return {
        workspace_id: 'w',
        agent_id: `a${i % 2}`,
        status,
        origin: i % 4 === 0 ? 'conversation:c' : null,
        created_at,
        completed_at: created_at + ms,
      }
    })
    const rest = { mode: 'generate', input: 'x', setup: 'h', total_steps: 0, tokens_input: 0, tokens_output: 0, attempts: 1, last_seq: 1, token: 1 }
    const also = { job_id: 'j', triggered_by: 'local' }
    await db.write(async (trx) => {
      for (const [i, run] of ended.entries())
        await trx
          .insertInto('runs')
          .values({ id: `run_${i}`, ...run, ...rest, ...also })
          .execute()
      const unfinished = { id: 'run_z', workspace_id: 'w', agent_id: 'a0', status: 'running', created_at: 1 }
      await trx
        .insertInto('runs')
        .values({ ...unfinished, ...rest, ...also })
        .execute()
      await personaMetrics.up(trx as unknown as Kysely<unknown>, db.kind)
    })
    const counted = async () => {
      const { rows } = await sql`select agent_id, span, at, status, talk, bin, sum(runs) as runs, sum(duration_ms) as duration_ms from run_stats
        group by agent_id, span, at, status, talk, bin order by agent_id, span, at, status, talk, bin`.execute(db.read)
      return rows
    }
    const found = await counted()
    await db.write(async (trx) => {
      await trx.deleteFrom('run_stats').execute()
      for (const run of ended) await countRun(trx, db.kind, run)
    })
    expect(found).toEqual(await counted())
    expect(found.length).toBeGreaterThan(times.length)
  })
})
