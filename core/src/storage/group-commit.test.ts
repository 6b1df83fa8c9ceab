import { DatabaseSync } from 'node:sqlite'
import { setImmediate } from 'node:timers'
import { AsyncLocalStorage } from 'node:async_hooks'
import { expect, test } from 'vitest'
import type { Db } from './database.ts'
import { emptySqliteFile, databases } from './test/databases.ts'
import { openDatabase } from './open-database.ts'

const put = (db: Db, name: string) => db.write((trx) => trx.insertInto('job_pauses').values({ name, paused_at: 1 }).execute())
const names = async (db: Db) => (await db.read.selectFrom('job_pauses').select('name').orderBy('name').execute()).map((row) => row.name)

test('no other code of this process runs while a group holds the write lock', async () => {
  const db = await databases[0]!.empty()
  const turns: boolean[] = []
  let inside = 0
  let looking = true
  const look = () => {
    turns.push(inside > 0)
    if (looking) setImmediate(look)
  }
  look()
  const unit = () =>
    db.write(async (trx) => {
      inside++
      for (let i = 0; i < 5; i++) await trx.selectFrom('job_pauses').selectAll().execute()
      inside--
    })
  for (let round = 0; round < 10; round++) await Promise.all([unit(), unit(), unit()])
  looking = false
  expect(turns.length).toBeGreaterThan(5)
  expect(turns).not.toContain(true)
})

test('units that wait together share one commit', async () => {
  const db = await databases[0]!.empty()
  const other = new DatabaseSync((db.target as { file: string }).file)
  const seen = new Set<number>()
  const version = other.prepare('pragma data_version') // grows with each commit of another connection
  const settled = Array.from({ length: 50 }, (_, i) => put(db, `${i}`).then(() => seen.add(version.get()!['data_version'] as number)))
  await Promise.all(settled)
  expect(seen.size).toBe(1)
  other.close()
})

test('waits for the lock that another process holds, without blocking this one', async () => {
  const db = await databases[0]!.empty()
  const other = new DatabaseSync((db.target as { file: string }).file)
  other.exec('begin immediate')
  const written = put(db, 'a')
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(await names(db)).toEqual([])
  other.exec('commit')
  await written
  expect(await names(db)).toEqual(['a'])
  other.close()
})

test('a unit sees the context of its caller, not that of its neighbours', async () => {
  const db = await databases[0]!.empty()
  const context = new AsyncLocalStorage<string>()
  const seen = await Promise.all(['a', 'b'].map((name) => context.run(name, () => db.write(async () => context.getStore()))))
  expect(seen).toEqual(['a', 'b'])
})

test('a disk that fills up takes back the whole group and tells everyone; the next write goes on', async () => {
  const db = await openDatabase({ file: emptySqliteFile() })
  const large = 'x'.repeat(200_000)
  await db.write(async (trx) => {
    const { sql } = await import('kysely')
    await sql`pragma max_page_count = 60`.execute(trx)
  })
  const settled = await Promise.allSettled([put(db, 'a'), put(db, large), put(db, large + large), put(db, 'b')])
  const outcomes = settled.map((each) => each.status)
  expect(outcomes).toContain('rejected')
  const kept = await names(db)
  for (const [i, name] of ['a', large, large + large, 'b'].entries()) expect(kept.includes(name)).toBe(outcomes[i] === 'fulfilled')
  await put(db, 'c')
  expect(await names(db)).toContain('c')
  await db.close()
})
