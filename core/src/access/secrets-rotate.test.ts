import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Manifest } from '@cadre/contract/manifest'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../audit/verify-audit.ts'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { newWorld, owner } from '../test/world.ts'
import { checkMasterKey } from './secrets-check.ts'
import { type SealedColumn, sealedColumns, sealedIn, type SealedTable } from './secrets-columns.ts'
import { resetMasterKey, rotateMasterKey } from './secrets-rotate.ts'
import { isSealed, type KeyConfig, keyIdOf, keyRing, seal, unseal } from './secrets.ts'

const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string]
const rows = 230

describe.each(databases)('the master key on $name', ({ empty }) => {
  let folder: string
  let db: Db
  const now = () => 1_700_000_000_000
  /** What a process that starts now reads. */
  const inFile = (): KeyConfig => ({ key: null, key_file: join(folder, 'cadre.key') })
  const app = (config: KeyConfig) => ({ db, config, now })
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cadre-rotate-'))
    db = await empty()
  })
  afterEach(async () => {
    await db.close()
    rmSync(folder, { recursive: true })
  })

  const name = (i: number) => `c${String(i).padStart(4, '0')}`
  const workspace = (i: number) => (i % 3 === 0 ? 'wsp_lab' : 'default')
  async function store(config: KeyConfig) {
    await checkMasterKey(app(config))
    const values = Array.from({ length: rows }, (_, i) => ({
      workspace_id: workspace(i),
      name: name(i),
      url: seal(config, `postgres://u:pw${i}@h/d`, `connections:${name(i)}`, workspace(i)),
      created_by: 'x',
      created_at: 1,
    }))
    const stored = { manifest: { id: 'p' }, sealed: seal(config, '{"a":"b"}', 'plugins:p', 'default'), source: null }
    await db.write(async (trx) => {
      await trx.insertInto('connections').values(values).execute()
      await trx
        .insertInto('plugins')
        .values({ workspace_id: 'default', id: 'p', manifest: JSON.stringify(stored), registered_by: 'x', created_at: 1, pending: null })
        .execute()
    })
  }
  /** Every secret opens with the keys that a process finds now. @returns the ids of the keys that are needed. */
  async function readAll(config: KeyConfig) {
    expect(await checkMasterKey(app(config))).toEqual(expect.any(Array))
    const found = await db.read.selectFrom('connections').selectAll().orderBy('name').execute()
    expect(found).toHaveLength(rows)
    for (const [i, row] of found.entries())
      expect(unseal(config, row.url, `connections:${row.name}`, row.workspace_id)).toBe(`postgres://u:pw${i}@h/d`)
    const plugin = await db.read.selectFrom('plugins').selectAll().executeTakeFirstOrThrow()
    expect(JSON.parse(plugin.manifest).manifest).toEqual({ id: 'p' })
    const sealed = sealedIn(sealedColumns.plugins, plugin.manifest) ?? ''
    expect(unseal(config, sealed, 'plugins:p', 'default')).toBe('{"a":"b"}')
    return [...new Set([...found.map((row) => keyIdOf(row.url)), keyIdOf(sealed)])]
  }

  test('a key file gets a new key, everything is sealed anew, and the old key is kept aside for backups', async () => {
    const config = inFile()
    await store(config)
    const old = keyRing(config).current.id
    const rotation = await rotateMasterKey(app(config))
    expect(rotation).toEqual({
      key_id: expect.stringMatching(/^[0-9a-f]{8}$/),
      previous: [old],
      resealed: rows + 2, // the plugin's, and the check value
      unreadable: [],
      retired_files: [`${config.key_file}.${old}.retired`],
    })
    expect(rotation.key_id).not.toBe(old)
    expect(await readAll(inFile())).toEqual([rotation.key_id])
    expect(keyRing(inFile()).all.map(({ id }) => id)).toEqual([rotation.key_id])
    expect(readdirSync(folder).toSorted()).toEqual(['cadre.key', `cadre.key.${old}.retired`])
    for (const file of readdirSync(folder)) expect(statSync(join(folder, file)).mode & 0o777).toBe(0o600)
    expect(await verifyAudit(app(inFile()))).toMatchObject({ ok: true, entries: 1 })
    const entry = await db.read.selectFrom('audit_log').selectAll().executeTakeFirstOrThrow()
    expect(entry).toMatchObject({ action: 'keys.rotate', target_id: rotation.key_id })
  })

  test.each([
    ['key.added', 1],
    ['page.resealed', 1],
    ['page.resealed', 3],
    ['rows.resealed', 1],
    ['head.signed', 1],
  ])('killed at %s (%i), everything opens, and the next rotation goes on', async (point, times) => {
    await store(inFile())
    const [old] = await readAll(inFile())
    const where = db.target.kind === 'sqlite' ? { file: db.target.file } : { url: db.target.url }
    const script = join(import.meta.dirname, 'test/rotate-and-die.ts')
    const child = spawn(process.execPath, [script, JSON.stringify(where), inFile().key_file, point, String(times)], { stdio: 'inherit' })
    expect((await once(child, 'exit'))[1]).toBe('SIGKILL')

    const between = inFile()
    expect(keyRing(between).all).toHaveLength(2)
    await readAll(between)
    const { key_id } = await rotateMasterKey(app(inFile()))
    expect(key_id).toBe(keyRing(between).current.id) // the one that was begun, not another
    expect(await readAll(inFile())).toEqual([key_id])
    expect(keyRing(inFile()).all.map(({ id }) => id)).toEqual([key_id])
    expect(key_id).not.toBe(old)
    expect((await verifyAudit(app(inFile()))).problems).toEqual([])
  })

  test('a key of the environment is rotated with CADRE_KEY_PREVIOUS', async () => {
    const before = { key: one, key_file: 'none' }
    await store(before)
    await expect(rotateMasterKey(app({ ...before }))).rejects.toThrow('set CADRE_KEY to the new key and CADRE_KEY_PREVIOUS to the one until now')
    const during = { key: two, key_previous: one, key_file: 'none' }
    expect(await checkMasterKey(app(during))).toEqual([expect.stringMatching(/^secrets are still sealed with the key [0-9a-f]{8}, not with/)])
    await readAll(during)
    expect(await rotateMasterKey(app({ ...during }))).toMatchObject({ resealed: rows + 2, retired_files: [] })
    expect(await checkMasterKey(app({ ...during }))).toEqual([])
    await readAll({ key: two, key_file: 'none' })
  })

  test('what nothing opens is named and left as it is', async () => {
    await store(inFile())
    const foreign = seal({ key: one, key_file: 'none' }, 'x', 'connections:c0005', 'default')
    await db.write((trx) => trx.updateTable('connections').set({ url: foreign }).where('name', '=', 'c0005').execute())
    expect(await rotateMasterKey(app(inFile()))).toMatchObject({ unreadable: ['connections:c0005'], resealed: rows + 1 })
    const row = await db.read.selectFrom('connections').select('url').where('name', '=', 'c0005').executeTakeFirstOrThrow()
    expect(row.url).toBe(foreign)
  })

  test('a wrong key is told at the start in one sentence, with the id of the one that is needed', async () => {
    const right = { key: one, key_file: 'none' }
    await checkMasterKey(app(right))
    const needed = keyRing(right).current.id
    const wrong = { key: two, key_file: 'none' }
    await expect(checkMasterKey(app(wrong))).rejects.toThrow(
      new RegExp(`^CADRE_KEY: this is the key [0-9a-f]{8}, and the secrets of this database were sealed with the key ${needed}; bring that one back`),
    )
    await expect(checkMasterKey(app(inFile()))).rejects.toThrow(
      `there is no key in ${inFile().key_file}, and the secrets of this database were sealed with the key ${needed}; put that file back`,
    )
    expect(readdirSync(folder)).toEqual([]) // no key was made on the way
    await expect(rotateMasterKey(app({ key: two, key_previous: two, key_file: 'none' }))).rejects.toThrow(needed)
    expect(await checkMasterKey(app({ key: one, key_file: 'none' }))).toEqual([])
  })

  test('two servers that start at once agree on the key', async () => {
    const results = await Promise.all([1, 2, 3].map(() => checkMasterKey(app(inFile()))))
    expect(results).toEqual([[], [], []])
    expect(await db.read.selectFrom('key_check').selectAll().execute()).toHaveLength(1)
  })

  test('a changed check value is told from a wrong key', async () => {
    await checkMasterKey(app(inFile()))
    const id = keyRing(inFile()).current.id
    await db.write((trx) => sql`update key_check set sealed = ${`v2.${id}.${'A'.repeat(60)}`}`.execute(trx))
    await expect(checkMasterKey(app(inFile()))).rejects.toThrow('it was changed')
  })

  test('a lost key is given up by reset, which names what stays unreadable', async () => {
    await store({ key: one, key_file: 'none' })
    const next = { key: two, key_file: 'none' }
    const { key_id, unreadable } = await resetMasterKey(app(next))
    expect(unreadable).toHaveLength(rows + 1)
    expect(unreadable).toContain('plugins:p')
    expect(await checkMasterKey(app({ ...next }))).toEqual([])
    expect(await verifyAudit(app({ ...next }))).toMatchObject({ ok: true, entries: 1 })
    expect(key_id).toBe(keyRing(next).current.id)
  })
})

describe.each(databases)('sealed columns on $name', ({ empty }) => {
  test('whatever holds a sealed text is registered, and opens by what the registry says', async () => {
    const opened = await empty()
    const { target } = opened
    await opened.close()
    const world = await newWorld(target.kind === 'postgres' ? { database_url: target.url, work: false } : { work: false })
    const { api, app } = world
    await api.connections.add(owner, { name: 'sales', url: 'postgres://u:pw@h/d' })
    await api.providers.add(owner, { id: 'lab', type: 'custom', base_url: 'http://127.0.0.1:1/v1', api_key: 'sk-1' })
    const manifest = Manifest.parse(world.effects.manifest)
    await api.plugins.add(owner, Manifest.parse({ ...manifest, id: 'hushed', runtime: { ...manifest.runtime, headers: { authorization: 'hush' } } }))

    const found = new Set<string>()
    for (const table of await app.db.read.introspection.getTables())
      for (const { name: column } of table.columns) {
        const { rows: values } = await sql<{ value: unknown }>`select ${sql.ref(column)} as value from ${sql.table(table.name)}`.execute(app.db.read)
        if (values.some(({ value }) => typeof value === 'string' && holdsSealed(value))) found.add(`${table.name}.${column}`)
      }
    const registered = Object.entries(sealedColumns).map(([table, { column }]) => `${table}.${column}`)
    expect([...found].filter((each) => !registered.includes(each))).toEqual([])
    expect([...found].toSorted()).toEqual(expect.arrayContaining(['connections.url', 'key_check.sealed', 'plugins.manifest', 'providers.api_key']))

    for (const [table, column] of Object.entries(sealedColumns) as [SealedTable, SealedColumn][]) {
      const { rows: values } = await sql<{ id: string; value: string | null }>`
        select ${sql.ref(column.id)} as id, ${sql.ref(column.column)} as value from ${sql.table(table)}`.execute(app.db.read)
      for (const { id, value } of values) {
        const sealed = sealedIn(column, value)
        if (sealed !== null) expect(unseal(app.config, sealed, `${table}:${id}`, 'default')).not.toBe('')
      }
    }
    expect(readFileSync(app.config.key_file, 'utf8').trim()).not.toBe('')
    await world.close()
  })
})

/** Also inside of JSON text. */
function holdsSealed(text: string) {
  return isSealed(text) || /"v[12]\.[\w.-]{38,}"/.test(text)
}
