import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import pg from 'pg'
import { afterAll, inject } from 'vitest'
import type { Db } from '../database.ts'
import type { Cipher } from '../open-sqlite.ts'
import { openDatabase } from '../open-database.ts'
import { sqliteDriver } from '../sqlite-driver.ts'

/**
 * Every store passes the same tests on each of these: `describe.each(databases)('... on $name', ({ empty }) => ...)`. A database is
 * closed and removed at the end of the test file, if the test did not close it.
 */
export const databases: { name: string; empty: () => Promise<Db> }[] = [
  { name: 'SQLite', empty: async () => remember(await openDatabase({ file: emptySqliteFile() })) },
  { name: 'Postgres', empty: async () => remember(await openDatabase({ url: await emptyPostgresUrl() })) },
]

/** The same two for a server that opens its database itself; null is a new file in its data folder. */
export const databaseUrls: { name: string; url: () => Promise<string | null> }[] = [
  { name: 'SQLite', url: async () => null },
  { name: 'Postgres', url: emptyPostgresUrl },
]

/** Beside those, for the few suites that show that the driver which encrypts gives the same. */
export const encryptedSqlite = {
  name: 'encrypted SQLite',
  empty: async () => remember(await openDatabase({ file: emptySqliteFile(), cipher: newCipher() })),
}

export const newCipher = (): Cipher => ({ key: randomBytes(32), driver: sqliteDriver('no packages') })

const opened: Db[] = []
const folders: string[] = []
let postgres: Promise<string> | undefined

afterAll(async () => {
  for (const db of opened) await db.close()
  for (const folder of folders) rmSync(folder, { recursive: true, force: true })
})

function remember(db: Db) {
  opened.push(db)
  return db
}

/** A path where no file is yet, in a folder of its own. */
export function emptySqliteFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-db-'))
  folders.push(folder)
  return join(folder, 'cadre.db')
}

/** A database without any table. */
export async function emptyPostgresUrl(): Promise<string> {
  const url = new URL(await (postgres ??= askBroker()))
  const name = `test_${randomUUID().replaceAll('-', '')}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  await client.query(`create database ${name}`)
  await client.end()
  url.pathname = `/${name}`
  return url.href
}

async function askBroker(): Promise<string> {
  const answer = JSON.parse(await text(connect(inject('postgresBroker')))) as { url: string } | { error: string }
  if ('error' in answer) throw new Error(answer.error)
  return answer.url
}
