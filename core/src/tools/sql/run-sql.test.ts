import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { SqlQuery } from '@cadre/contract/forgehook'
import { expect, test } from 'vitest'
import { openFileRoots } from '../files/file-roots.ts'
import { callOf, toolOf } from '../test/hook-tool.ts'
import { ToolError } from '../tool-error.ts'
import { runSql } from './run-sql.ts'
import { testGuard } from './test/guard.ts'

const { folder, guard } = testGuard()
for (const name of ['open', 'shut', 'open/sub']) mkdirSync(join(folder, name))
const files = openFileRoots([
  { name: 'open', path: join(folder, 'open') },
  { name: 'shut', path: join(folder, 'shut') },
])
for (const name of ['open/a.db', 'shut/a.db', 'secret.db']) {
  const db = new DatabaseSync(join(folder, name))
  db.exec(`create table t(x); insert into t values ('${name}')`)
  db.close()
}
for (const name of ['open/a.csv', 'open/sub/a.csv', 'open/b.csv', 'shut/c.csv']) writeFileSync(join(folder, name), 'x\n007')
symlinkSync(join(folder, 'secret.db'), join(folder, 'open/link.db'))

const connections = (workspace: string, name: string) => Promise.reject(new ToolError(`there is no connection '${name}' in ${workspace}`))
const all = { files: ['open'], databases: ['shop'] }
const run = (query: unknown, grants: { files?: string[]; databases?: string[] } = all) =>
  runSql({ files, sql: guard, connections }, callOf(toolOf({ grants, limits: { memory_mb: 256 } })), query as SqlQuery)
const sqlite = (file: unknown, sql: unknown = 'select x from t') => ({ sql, source: { type: 'sqlite', file } })

test('files inside the granted roots are asked', async () => {
  expect((await run(sqlite('open/a.db'))).rows).toEqual([{ x: 'open/a.db' }])
  expect((await run(sqlite('a.db'))).rows).toEqual([{ x: 'open/a.db' }])
  expect(
    (await run({ sql: 'select a.x from a join b using (x)', source: { type: 'duckdb', files: ['a.csv', 'open/b.csv', 'a.csv'] } })).rows,
  ).toEqual([{ x: '007' }])
  expect((await run({ sql: 'select 1 as x', source: { type: 'rows', tables: { t: [] } } }, {})).rows).toEqual([{ x: 1 }])
})

test.each<[string, unknown, object, RegExp]>([
  ['a root that is not granted', sqlite('shut/a.db'), all, /there is no 'shut\/a.db'|may not|outside/],
  ['no grant of files', sqlite('open/a.db'), { files: [] }, /permissions.files is empty/],
  ['no grant of files for data', { sql: 'from a', source: { type: 'duckdb', files: ['a.csv'] } }, {}, /permissions.files is empty/],
  ['no grant of databases', { sql: 'select 1', source: { type: 'connection', name: 'shop' } }, {}, /permissions.databases is empty/],
  [
    'a connection that is not granted',
    { sql: 'select 1', source: { type: 'connection', name: 'bank' } },
    all,
    /permissions.databases does not name it/,
  ],
  [
    'a connection that is not there',
    { sql: 'select 1', source: { type: 'connection', name: 'shop' } },
    all,
    /there is no connection 'shop' in default/,
  ],
  ['a way out', sqlite('../secret.db'), all, /outside of the file roots/],
  ['an absolute way out', sqlite('/etc/passwd'), all, /outside of the file roots/],
  ['a URI', sqlite('file:///etc/passwd?mode=rwc'), all, /there is no/],
  ['memory', sqlite(':memory:'), all, /there is no/],
  ['a link that leads out', sqlite('open/link.db'), all, /outside of the file roots/],
  ['a folder', sqlite('open/sub'), all, /is a folder/],
  ['a pattern', { sql: 'from a', source: { type: 'duckdb', files: ['open/*.csv'] } }, all, /there is no 'open\/\*.csv'/],
  ['a URL', { sql: 'from a', source: { type: 'duckdb', files: ['https://x.test/a.csv'] } }, all, /there is no|outside/],
  ['one of two out of bounds', { sql: 'from a', source: { type: 'duckdb', files: ['a.csv', 'shut/c.csv'] } }, all, /shut\/c.csv/],
  ['two files of one name', { sql: 'from a', source: { type: 'duckdb', files: ['a.csv', 'sub/a.csv'] } }, all, /would both be the table 'a'/],
  ['a database for DuckDB', { sql: 'from a', source: { type: 'duckdb', files: ['a.db'] } }, all, /must end in .csv/],
  ['no files', { sql: 'from a', source: { type: 'duckdb', files: [] } }, all, /at least one file/],
  ['no source', { sql: 'select 1' }, all, /source.type: must be/],
  ['another source', { sql: 'select 1', source: { type: 'postgres', url: 'postgres://x' } }, all, /source.type: must be/],
  ['no SQL', { source: { type: 'rows', tables: { t: [] } } }, all, /sql: must be text/],
  ['NUL', sqlite('a.db', 'select 1\0; drop table t'), all, /sql: holds a character/],
  ['a megabyte', sqlite('a.db', ' '.repeat(1_000_001)), all, /the limit is 1000000/],
  ['odd params', { ...sqlite('a.db'), params: [{ a: 1 }] }, all, /params\[0\]: must be text/],
  ['odd rows', { sql: 'select 1', source: { type: 'rows', tables: { t: [1] } } }, all, /source.tables.t\[0\]: must be a row/],
  ['odd max_rows', { ...sqlite('a.db'), max_rows: -1 }, all, /max_rows: must be/],
])('%s is refused', async (_, query, grants, reason) => {
  await expect(run(query, grants)).rejects.toMatchObject({ name: 'ToolError', message: expect.stringMatching(reason) })
  await expect(run(query, grants)).rejects.not.toThrow(folder)
})
