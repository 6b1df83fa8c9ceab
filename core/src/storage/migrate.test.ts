import { sql } from 'kysely'
import { describe, expect, test } from 'vitest'
import type { Db } from './database.ts'
import { migrate, type Migration } from './migrate.ts'
import { openDatabase } from './open-database.ts'
import { databases, emptyPostgresUrl, emptySqliteFile } from './test/databases.ts'

const again = (db: Db) => openDatabase(db.target.kind === 'sqlite' ? { file: db.target.file } : { url: db.target.url })
const applied = async (db: Db) =>
  (await sql<{ name: string }>`select name from migrations order by name`.execute(db.read)).rows.map((row) => row.name)
const insertMigration = (db: Db, name: string, compatible: number) =>
  db.write((trx) => sql`insert into migrations (name, compatible, applied_at) values (${name}, ${compatible}, 1)`.execute(trx))

const released = [
  '0001-first',
  '0002-tools',
  '0003-providers',
  '0004-usage',
  '0005-sub-runs',
  '0006-access',
  '0007-guards',
  '0008-conversations',
  '0009-approvals',
  '0010-workspaces',
  '0011-turns',
  '0012-lifecycle',
  '0013-persona-metrics',
  '0014-versions',
  '0015-settings',
  '0016-estimated-usage',
]

describe.each(databases)('migrations on $name', ({ name, empty }) => {
  test('are applied once, whoever opens the database, also several at once', async () => {
    const at = name === 'SQLite' ? { file: emptySqliteFile() } : { url: await emptyPostgresUrl() }
    const opened = await Promise.all([openDatabase(at), openDatabase(at), openDatabase(at)])
    expect(await applied(opened[0])).toEqual(released)
    await Promise.all(opened.map((db) => db.close()))
  })

  test('a schema of a newer version is refused in one sentence, unless it says that older servers may go on', async () => {
    const db = await empty()
    await insertMigration(db, '9998-harmless', 1)
    await (await again(db)).close()
    await insertMigration(db, '9999-other-shape', 0)
    await expect(again(db)).rejects.toThrow(
      "this database was upgraded by a newer version of Cadre (its schema has '9999-other-shape'); start that version or a later one",
    )
  })

  test('one that fails leaves nothing of itself or of those before it', async () => {
    const db = await empty()
    const make = (table: string): Migration => ({
      compatible: true,
      up: async (schema) => schema.schema.createTable(table).addColumn('a', 'integer').execute(),
    })
    const broken: Migration = { compatible: true, up: async (schema) => void (await sql`select * from nowhere`.execute(schema)) }
    const known = { ...Object.fromEntries(released.map((each) => [each, make('never')])), '9003-second': make('second') }
    await expect(migrate(db, { ...known, '9004-broken': broken })).rejects.toThrow(/nowhere/)
    expect(await applied(db)).toEqual(released)
    await migrate(db, known)
    expect(await applied(db)).toEqual([...released, '9003-second'])
    await sql`select a from second`.execute(db.read)
  })
})

test('a database that cannot be opened is told in one sentence, without its password', async () => {
  await expect(openDatabase({ file: '/nowhere/at/all/cadre.db' })).rejects.toThrow(/^cannot open the SQLite database \/nowhere\/at\/all\/cadre\.db: /)
  const refused = await openDatabase({ url: 'postgres://me:geheim@127.0.0.1:1/cadre' }).catch((error: Error) => error.message)
  expect(refused).toMatch(/^cannot reach Postgres at 127\.0\.0\.1:1\/cadre: /)
  expect(refused).not.toContain('geheim')
  const missing = new URL(await emptyPostgresUrl())
  missing.pathname = '/no_such_database'
  await expect(openDatabase({ url: missing.href })).rejects.toThrow(/^cannot reach Postgres at .+: database "no_such_database" does not exist$/)
  await expect(openDatabase({})).rejects.toThrow(/needs a Postgres url or a SQLite file/)
})
