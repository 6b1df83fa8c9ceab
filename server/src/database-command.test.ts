import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { checkMasterKey } from '@cadre/core/access/secrets-check'
import { loadConfig } from '@cadre/core/config'
import { openConfiguredDatabase } from '@cadre/core/open-configured-database'
import { lockDataFolder, makeDataFolder } from '@cadre/core/storage/data-folder'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runDatabase } from './database-command.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-db-command-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const env = { CADRE_KEY: Buffer.alloc(32, 1).toString('base64') }
const encrypted = { ...env, CADRE_ENCRYPT_DATABASE: 'true' }

/** What it writes. */
function database(args: string[], given: Record<string, string> = env) {
  const said: string[] = []
  runDatabase(args, { env: given, cwd, say: (line) => said.push(line) })
  return said.join('\n')
}
/** What a start does with it. */
async function opens(given: Record<string, string>) {
  const config = loadConfig({ env: given, cwd })
  makeDataFolder(config.data_dir)
  const db = await openConfiguredDatabase(config)
  await checkMasterKey({ db, config, now: () => 1 })
  await db.close()
}
const isPlain = (file: string) => readFileSync(join(cwd, file)).includes('CREATE TABLE')

test('a database is encrypted, copied and decrypted, and opens each time by the setting that fits', async () => {
  expect(() => database(['encrypt'])).toThrow(/there is no database \S+ yet; set CADRE_ENCRYPT_DATABASE=true/)
  await opens(env)
  expect(isPlain('data/cadre.db')).toBe(true)
  expect(database(['encrypt'])).toMatch(/^\S+cadre.db is encrypted\. Set CADRE_ENCRYPT_DATABASE=true, and keep \S+cadre.db.key with it\.\n/)
  expect(isPlain('data/cadre.db')).toBe(false)
  await opens(encrypted)
  expect(database(['encrypt'], encrypted)).toContain('is encrypted. Keep') // once more changes nothing

  expect(() => database(['copy', 'none/cadre.db'], encrypted)).toThrow()
  expect(database(['copy', 'cadre.db'], encrypted)).toContain('is an encrypted copy of')
  expect(isPlain('cadre.db')).toBe(false)
  await opens({ ...encrypted, CADRE_DATA_DIR: cwd }) // with its key beside it

  writeFileSync(join(cwd, 'data/cadre.db.new'), 'what a conversion left that was killed')
  expect(database(['decrypt'], encrypted)).toMatch(/is not encrypted\. Take CADRE_ENCRYPT_DATABASE away\.\nBackups from before need/)
  expect(isPlain('data/cadre.db')).toBe(true)
  expect(existsSync(join(cwd, 'data/cadre.db.new'))).toBe(false)
  await opens(env)
})

test('beside a server, on Postgres, with the key in the folder and without a verb, it says why not', async () => {
  await opens(env)
  const lock = lockDataFolder(join(cwd, 'data'), 'server')
  expect(() => database(['encrypt'])).toThrow(/another Cadre server .* already uses/)
  lock.release()
  writeFileSync(join(cwd, 'data/cadre.key'), env.CADRE_KEY, { mode: 0o600 })
  expect(() => database(['encrypt'], {})).toThrow('lies in the data folder')
  expect(() => database(['encrypt'], { ...env, DATABASE_URL: 'postgres://h/d' })).toThrow('the database is on Postgres')
  expect(() => database(['copy'])).toThrow('database: there are')
  expect(readdirSync(join(cwd, 'data')).filter((name) => name.startsWith('cadre.db.'))).toEqual([])
})

test('it is a command of the server, which fails in one sentence', async () => {
  const command = [join(import.meta.dirname, 'main.ts'), 'database', 'decrypt']
  const ended = await promisify(execFile)(process.execPath, command, { cwd, env: { PATH: process.env.PATH, ...env } }).catch(
    (error: unknown) => error,
  )
  expect(ended).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Cadre cannot start\. there is no database \S+ yet/) })
})
