import { sql } from 'kysely'
import { expect, test } from 'vitest'
import { databases, encryptedSqlite } from '../storage/test/databases.ts'
import { clockSql } from './lease-clock.ts'
import { queueConformance } from './queue-conformance.ts'
import { claimStatement, sqlQueue } from './sql-queue.ts'

for (const { name, empty } of [...databases, encryptedSqlite]) {
  queueConformance(name, async () => {
    const db = await empty()
    let now = Date.now()
    let random = 0
    return {
      db,
      queue: sqlQueue(db, { now: () => now, random: () => random }),
      pass: (ms) => (now += ms),
      forget: async (id) => void (await db.write((trx) => trx.deleteFrom('workers').where('id', '=', id).execute())),
      roll: (value) => (random = value),
      beat: async (id, age_ms = 0) => {
        const heartbeat_at = sql<number>`${sql.raw(clockSql(db.kind))} - ${sql.lit(age_ms)}`
        await db.write((trx) =>
          trx
            .insertInto('workers')
            .values({ id, kind: 'test', host: 'here', pid: 1, started_at: 1, heartbeat_at })
            .onConflict((on) => on.column('id').doUpdateSet({ heartbeat_at }))
            .execute(),
        )
      },
    }
  })
}

test('on SQLite a claim reads the small indexes of what is due, never the table of all jobs', async () => {
  const db = await databases[0]!.empty()
  const query = claimStatement('sqlite', { worker_id: 'w', names: null, limit: 5, now: 1 }).compile(db.read)
  const plan = await sql<{ detail: string }>`explain query plan ${sql.raw(query.sql.replaceAll('?', '1'))}`.execute(db.read)
  const steps = plan.rows.map((row) => row.detail).filter((detail) => /jobs\b|jobs_/.test(detail))
  expect(steps.join('\n')).toMatch(/USING (COVERING )?INDEX jobs_waiting/)
  expect(steps.join('\n')).toMatch(/INDEX jobs_delayed \(run_at<\?\)/)
  expect(steps.filter((step) => /^SCAN jobs$/.test(step))).toEqual([])
})
