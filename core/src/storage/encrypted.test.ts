import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { startHeartbeat } from '../jobs/heartbeat.ts'
import { convertSqlite, copySqlite, removeUnfinished, sqliteState } from './convert-sqlite.ts'
import type { Db } from './database.ts'
import { openDatabase } from './open-database.ts'
import { openSqlite } from './open-sqlite.ts'
import { sqliteDriver } from './sqlite-driver.ts'
import { emptySqliteFile, newCipher } from './test/databases.ts'
import { isUniqueViolation } from './unique-violation.ts'

const planted = 'a word that is planted'
const put = (db: Db, name: string) => db.write((trx) => trx.insertInto('job_pauses').values({ name, paused_at: 1 }).execute())
const names = async (db: Db) => (await db.read.selectFrom('job_pauses').select('name').orderBy('name').execute()).map(({ name }) => name)
/** The files beside the database that hold the word as it is. */
const telltales = (file: string) => readdirSync(dirname(file)).filter((name) => readFileSync(join(dirname(file), name)).includes(planted))

/** A database with a few thousand pages of words, closed. */
async function filled(cipher = undefined as ReturnType<typeof newCipher> | undefined) {
  const file = emptySqliteFile()
  const db = await openDatabase({ file, cipher })
  await Promise.all(Array.from({ length: 300 }, (_, i) => put(db, `${planted} ${i} ${'x'.repeat(2000)}`)))
  await db.close()
  return file
}
async function count(file: string, cipher?: ReturnType<typeof newCipher>) {
  const db = await openDatabase({ file, cipher })
  const found = await names(db)
  await db.close()
  return found.length
}

test('neither the file nor its log holds a word of what is in it', async () => {
  const file = emptySqliteFile()
  const db = await openDatabase({ file, cipher: newCipher() })
  await put(db, planted)
  expect(statSync(`${file}-wal`).size).toBeGreaterThan(0)
  expect(telltales(file)).toEqual([])
  expect(await names(db)).toEqual([planted])
  await db.close()
  expect(telltales(file)).toEqual([])
  expect(sqliteState(file)).toBe('unreadable')
  // The search finds what is there to be found.
  expect(telltales(await filled())).toEqual(['cadre.db'])
})

test('another key, or none, opens nothing and says why', async () => {
  const cipher = newCipher()
  const file = await filled(cipher)
  await expect(openDatabase({ file, cipher: { ...cipher, key: randomBytes(32) } })).rejects.toThrow(
    `cannot open the SQLite database ${file}: it does not open with the key in ${file}.key; one of the two is damaged, or of another database`,
  )
  await expect(openDatabase({ file })).rejects.toThrow('file is not a database')
  expect(await count(file, cipher)).toBe(300)
})

test('a page that somebody changed is noticed', async () => {
  const cipher = newCipher()
  const file = await filled(cipher)
  const bytes = readFileSync(file)
  const at = Math.floor(bytes.length / 2)
  bytes[at] = (bytes[at] ?? 0) ^ 1
  writeFileSync(file, bytes)
  await expect(count(file, cipher)).rejects.toThrow(/malformed|not a database|corrupt/)
})

test('the errors that others ask for are the same with both drivers', async () => {
  const file = emptySqliteFile()
  const cipher = newCipher()
  const db = await openDatabase({ file, cipher })
  await put(db, 'a')
  expect(isUniqueViolation(await put(db, 'a').catch((error: unknown) => error))).toEqual({ constraint: 'job_pauses_name' })
  const other = openSqlite(file, cipher, 0)
  other.exec('begin immediate')
  const written = put(db, 'b') // waits for the lock, and does not fail by it
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
  expect(await names(db)).toEqual(['a'])
  other.exec('commit')
  other.close()
  await written
  expect(await names(db)).toEqual(['a', 'b'])
  await db.close()
})

test('the thread of the heartbeat opens it too', async () => {
  const file = emptySqliteFile()
  const db = await openDatabase({ file, cipher: newCipher() })
  const fail = (reason: string) => expect.fail(reason)
  const beat = await startHeartbeat(db.target, { worker_id: 'wrk_1', kind: 'test', every_ms: 5, onLost: fail, onFailed: fail })
  const at = async () => (await db.read.selectFrom('workers').select('heartbeat_at').where('id', '=', 'wrk_1').executeTakeFirstOrThrow()).heartbeat_at
  const first = await at()
  await expect.poll(at).toBeGreaterThan(first)
  await beat.stop()
  expect(await db.read.selectFrom('workers').selectAll().execute()).toEqual([])
  await db.close()
})

const { driver } = newCipher()
const points = ['copied', 'changed', 'checked', 'replaced']

test('a plain file is encrypted and decrypted again, with all that is in it', async () => {
  const file = await filled()
  const cipher = newCipher()
  convertSqlite(file, { driver, from: undefined, to: cipher.key })
  expect([sqliteState(file), telltales(file), await count(file, cipher)]).toEqual(['unreadable', [], 300])
  convertSqlite(file, { driver, from: cipher.key, to: undefined })
  expect([sqliteState(file), telltales(file), await count(file)]).toEqual(['plain', ['cadre.db'], 300])
})

test.each(points)('cut short when it is %s, the file is the one or the other, and the next call goes on', async (point) => {
  const file = await filled()
  const cipher = newCipher()
  const conversion = { driver, from: undefined, to: cipher.key }
  const probe = (at: string) => {
    if (at === point) throw new Error('killed')
  }
  expect(() => convertSqlite(file, { ...conversion, probe })).toThrow('killed')
  const done = point === 'replaced'
  expect([sqliteState(file), await count(file, done ? cipher : undefined)]).toEqual([done ? 'unreadable' : 'plain', 300])
  if (!done) convertSqlite(file, conversion)
  expect(await count(file, cipher)).toBe(300)

  const back = { driver, from: cipher.key, to: undefined }
  expect(() => convertSqlite(file, { ...back, probe })).toThrow('killed')
  removeUnfinished(file) // as the next start does: a plain copy must not lie about
  expect(telltales(file)).toEqual(done ? ['cadre.db'] : [])
  expect(await count(file, done ? undefined : cipher)).toBe(300)
})

test('nothing is converted under somebody who has the file open', async () => {
  const file = await filled()
  const db = await openDatabase({ file })
  const convert = () => convertSqlite(file, { driver, from: undefined, to: randomBytes(32) })
  expect(convert).toThrow(`another process has ${file} open; stop all servers and workers`)
  await put(db, 'still there')
  await db.close()
  expect(existsSync(`${file}.new`)).toBe(false)
  expect(await count(file)).toBe(301)
})

test('a copy of an encrypted file is encrypted with the same key, and made while others write', async () => {
  const cipher = newCipher()
  const file = await filled(cipher)
  const db = await openDatabase({ file, cipher })
  const copy = join(dirname(file), 'copy.db')
  copySqlite(file, cipher, copy)
  await put(db, 'later')
  expect(await count(copy, cipher)).toBe(300)
  expect(telltales(file)).toEqual([])
  expect(() => copySqlite(file, cipher, copy)).toThrow('output file already exists')
  await db.close()
})

test('where the driver is missing, the command that gets it', () => {
  expect(() => sqliteDriver('/srv/cadre/packages', 'file:///nowhere/x.ts')).toThrow(
    'to encrypt the database, the package better-sqlite3-multiple-ciphers is not installed; `npm install --prefix /srv/cadre/packages --ignore-scripts better-sqlite3-multiple-ciphers@13.0.3` gets it',
  )
})
