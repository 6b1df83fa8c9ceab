import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadConfig } from '../config.ts'
import { openConfiguredDatabase } from '../open-configured-database.ts'
import { makeDataFolder } from '../storage/data-folder.ts'
import { altered } from '../test/altered.ts'
import { checkMasterKey } from './secrets-check.ts'
import { rotateMasterKey } from './secrets-rotate.ts'
import { keyIdOf, keyRing } from './secrets.ts'

const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string]
let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-database-key-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const encrypted = { CADRE_ENCRYPT_DATABASE: 'true' }
const settings = (env: Record<string, string>) => loadConfig({ env, cwd })
async function start(env: Record<string, string>) {
  const config = settings(env)
  makeDataFolder(config.data_dir)
  const db = await openConfiguredDatabase(config)
  return { db, config, now: () => 1 }
}
/** Opens and closes it. */
async function works(env: Record<string, string>) {
  const app = await start(env)
  await checkMasterKey(app)
  await app.db.close()
}
const sealedKey = () => readFileSync(join(cwd, 'data/cadre.db.key'), 'utf8')

test('a new database is encrypted from its first page, with a key that the master key seals', async () => {
  await works({ ...encrypted, CADRE_KEY: one })
  await works({ ...encrypted, CADRE_KEY: one })
  expect(readFileSync(join(cwd, 'data/cadre.db')).includes('CREATE TABLE')).toBe(false)
  expect(statSync(join(cwd, 'data/cadre.db.key')).mode & 0o777).toBe(0o600)
  expect(keyIdOf(sealedKey().trim())).toBe(keyRing(settings({ CADRE_KEY: one })).current.id)
})

test('a key file in the data folder is no protection, and refused; one elsewhere is made', async () => {
  expect(() => settings(encrypted)).toThrow(
    `CADRE_KEY_FILE: ${join(cwd, 'data/cadre.key')} lies in the data folder, beside the database that it would open; set it to a file elsewhere, or set CADRE_KEY`,
  )
  expect(() => settings({ ...encrypted, CADRE_KEY_FILE: 'data/deep/x.key' })).toThrow('lies in the data folder')
  await works({ ...encrypted, CADRE_KEY_FILE: 'keys/cadre.key' })
  await works({ ...encrypted, CADRE_KEY_FILE: 'keys/cadre.key' })
  rmSync(join(cwd, 'keys'), { recursive: true })
  await expect(works({ ...encrypted, CADRE_KEY_FILE: 'keys/cadre.key' })).rejects.toThrow(/CADRE_KEY_FILE: there is no key in .* put that file back/)
  expect(readdirSync(cwd)).toEqual(['data'])
})

test('the setting and the file must agree, and each refusal says what to do', async () => {
  await works({ CADRE_KEY: one })
  await expect(works({ ...encrypted, CADRE_KEY: one })).rejects.toThrow(
    /is not encrypted yet; stop all servers and workers and run `cadre db encrypt`/,
  )
  rmSync(join(cwd, 'data'), { recursive: true })
  await works({ ...encrypted, CADRE_KEY: one })
  await expect(works({ CADRE_KEY: one })).rejects.toThrow(/is encrypted; set CADRE_ENCRYPT_DATABASE=true, or take it back by `cadre db decrypt`/)
  expect(() => settings({ ...encrypted, DATABASE_URL: 'postgres://h/d' })).toThrow('CADRE_ENCRYPT_DATABASE: is for the SQLite file')
  expect(() => settings({ CADRE_ENCRYPT_DATABASE: 'perhaps' })).toThrow('CADRE_ENCRYPT_DATABASE: must be true or false')
})

test('a wrong master key is named, and so is a key that is missing, foreign or damaged', async () => {
  await works({ ...encrypted, CADRE_KEY: one })
  await expect(works({ ...encrypted, CADRE_KEY: two })).rejects.toThrow(
    /^CADRE_KEY: this is the key [0-9a-f]{8}, and the database was encrypted under the key [0-9a-f]{8}; bring that one back, or give it as CADRE_KEY_PREVIOUS/,
  )
  await works({ ...encrypted, CADRE_KEY: two, CADRE_KEY_PREVIOUS: one })
  const path = join(cwd, 'data/cadre.db.key')
  const good = readFileSync(path, 'utf8')
  for (const [text, said] of [
    [null, 'its key .* is missing; put that file back from a backup'],
    ['rubbish', 'is damaged: it holds no sealed key'],
    [altered(good.trim()), 'does not open with CADRE_KEY, which sealed it'],
  ] as const) {
    if (text === null) rmSync(path)
    else writeFileSync(path, text)
    await expect(works({ ...encrypted, CADRE_KEY: one })).rejects.toThrow(new RegExp(said))
  }
  writeFileSync(path, good)
  await works({ ...encrypted, CADRE_KEY: one })
})

test.each(['key.added', 'page.resealed', 'rows.resealed', 'database.sealed', 'head.signed'])(
  'a rotation that is cut short at %s leaves a database that opens, and the next one ends it',
  async (point) => {
    const env = { ...encrypted, CADRE_KEY_FILE: 'keys/cadre.key' }
    await works(env)
    const old = keyRing(settings(env)).current.id
    const cut = await start(env)
    const probe = (at: string) => {
      if (at === point) throw new Error('killed')
    }
    await expect(rotateMasterKey({ ...cut, probe })).rejects.toThrow('killed')
    await cut.db.close()
    await works(env)

    const again = await start(env)
    const { key_id } = await rotateMasterKey(again)
    await again.db.close()
    expect(key_id).not.toBe(old)
    expect(keyIdOf(sealedKey().trim())).toBe(key_id)
    expect(keyRing(settings(env)).all.map(({ id }) => id)).toEqual([key_id])
    await works(env)
  },
)
