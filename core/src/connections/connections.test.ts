import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { databases, emptyPostgresUrl } from '../storage/test/databases.ts'
import { openSqlGuard } from '../tools/sql/sql-guard.ts'
import { addConnection } from './add-connection.ts'
import { connectionUrl } from './connection-url.ts'
import { listConnections } from './list-connections.ts'
import { removeConnection } from './remove-connection.ts'
import { testConnection } from './test-connection.ts'

const owner = localOwner()
const url = 'postgres://reader:s3cret%40x@db.example:6432/sales?sslmode=require'

describe.each(databases)('connections on $name', ({ empty }) => {
  const sql = openSqlGuard()
  let app: { db: Db; config: { key: string | null; key_file: string }; now: () => number; sql: typeof sql }
  let folder: string
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'cadre-connections-'))
    app = { db: await empty(), config: { key: null, key_file: join(folder, 'cadre.key') }, now: () => 1_700_000_000_000, sql }
  })
  afterEach(async () => {
    await app.db.close()
    await sql.close()
    rmSync(folder, { recursive: true })
  })

  test('a connection is stored sealed, and shown without its password', async () => {
    const shown = { name: 'sales', type: 'postgres', host: 'db.example', port: 6432, database: 'sales', user: 'reader', problem: null }
    expect(await addConnection(app, owner, { name: 'sales', url })).toEqual({ ...shown, created_at: '2023-11-14T22:13:20.000Z' })
    const { items } = await listConnections(app, owner)
    expect(items).toMatchObject([shown])
    expect(JSON.stringify(items)).not.toContain('cret')
    const [row] = await app.db.read.selectFrom('connections').selectAll().execute()
    expect(row?.url).toMatch(/^v2\.[0-9a-f]{8}\.[\w-]+$/)
    expect(await connectionUrl(app, 'default', 'sales')).toBe(url)
    await expect(addConnection(app, owner, { name: 'sales', url })).rejects.toMatchObject({ code: 'CONNECTION_NAME_TAKEN' })
    await expect(connectionUrl(app, 'default', 'other')).rejects.toThrow("there is no connection 'other'; there is sales")
    expect(await removeConnection(app, owner, 'sales')).toEqual({ name: 'sales', deleted: true })
    await expect(removeConnection(app, owner, 'sales')).rejects.toMatchObject({ code: 'CONNECTION_NOT_FOUND' })
    await expect(connectionUrl(app, 'default', 'sales')).rejects.toThrow('none is stored')
  })

  test('a URL that was sealed with another key, or for another name, is not opened', async () => {
    await addConnection(app, owner, { name: 'a', url })
    await app.db.write(async (trx) => {
      const { url: sealed } = await trx.selectFrom('connections').select('url').executeTakeFirstOrThrow()
      await trx.insertInto('connections').values({ workspace_id: 'default', name: 'b', url: sealed, created_by: 'x', created_at: 1 }).execute()
    })
    await expect(connectionUrl(app, 'default', 'b')).rejects.toThrow("the connection 'b' cannot be opened: its secret was sealed with another key")
    const { items } = await listConnections(app, owner)
    expect(items.map(({ name, host, problem }) => [name, host, problem === null])).toEqual([
      ['a', 'db.example', true],
      ['b', '', false],
    ])
  })

  test.each([
    ['mysql://u:pw@h/db', /must begin with postgres/],
    ['file:///etc/passwd', /must begin with postgres/],
    ['not a url', /is not a URL/],
    ['postgres://u:p@w@h:port/db', /is not a URL/],
    ['postgres:///db', /names no host/],
    ['postgres://h', /names no database/],
    ['postgres://u:%zz@h/db', /holds a %/],
  ])('%s is refused', async (bad, reason) => {
    const refused = addConnection(app, owner, { name: 'x', url: bad })
    await expect(refused).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'url' }] })
    await expect(refused).rejects.toThrow(reason)
  })
})

test('a connection is tried, and says why it does not work', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-connections-'))
  const sql = openSqlGuard()
  const db = await databases[0]!.empty()
  const app = { db, config: { key: null, key_file: join(folder, 'cadre.key') }, now: () => 1, sql }
  const real = await emptyPostgresUrl()
  await addConnection(app, owner, { name: 'real', url: real })
  await addConnection(app, owner, { name: 'closed', url: 'postgres://u:hush@127.0.0.1:1/db' })
  expect(await testConnection(app, owner, 'real')).toMatchObject({ ok: true, version: expect.stringMatching(/^\d+/), can_write: true, error: null })
  const failed = await testConnection(app, owner, 'closed')
  expect(failed).toMatchObject({ ok: false, error: 'the database refuses connections: is it running at this address?' })
  await expect(testConnection(app, owner, 'none')).rejects.toMatchObject({ code: 'CONNECTION_NOT_FOUND' })
  await sql.close()
  rmSync(folder, { recursive: true })
})
