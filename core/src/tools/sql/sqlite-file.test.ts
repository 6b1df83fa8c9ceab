import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { snapshot, testGuard } from './test/guard.ts'

const { ask, folder } = testGuard()
const fill = `create table t(id integer primary key, name text, big integer, raw blob, real);
  insert into t values (1, '007', 9223372036854775807, x'00ff', 1.5), (2, 'O''Brien', -9007199254740993, null, 9e999);
  create view v as select id, name from t; create virtual table notes using fts5(body); insert into notes values ('red apple'), ('green pear');
  create virtual table old using fts4(body); insert into old values ('blue plum'); create virtual table boxes using rtree(id, x0, x1); insert into boxes values (1, 2.0, 3.0);`

function make(name: string, journal: string): string {
  mkdirSync(join(folder, name))
  const file = join(folder, name, 'x.db')
  const db = new DatabaseSync(file)
  db.exec(`pragma journal_mode = ${journal}; ${fill}`)
  db.close()
  return file
}
const file = make('plain', 'delete')
const wal = make('wal', 'wal')

const attacks = [
  "insert into t values (9, 'x', 1, null, 1)",
  "update t set name = 'x'",
  'delete from t',
  'drop table t',
  'create table evil(a)',
  'create temp table evil(a)',
  'create view evil as select 1',
  'create trigger e after insert on t begin select 1; end',
  'alter table t rename to u',
  'reindex',
  'analyze',
  'vacuum',
  "vacuum into '/tmp/cadre-evil.db'",
  "attach '/tmp/cadre-evil.db' as e",
  "attach ':memory:' as e",
  'detach main',
  'begin immediate',
  'commit',
  'savepoint a',
  'pragma journal_mode = delete',
  'pragma journal_mode(memory)',
  'pragma wal_checkpoint(truncate)',
  'pragma user_version = 7',
  'pragma application_id = 7',
  'pragma writable_schema = on',
  'pragma trusted_schema = on',
  'pragma query_only = off',
  'pragma database_list',
  "pragma temp_store_directory = '/tmp'",
  'pragma incremental_vacuum(10)',
  'pragma optimize',
  'pragma locking_mode = exclusive',
  'pragma encoding = "UTF-16"',
  'select * from pragma_database_list',
  "select * from pragma_journal_mode('delete')",
  "select load_extension('/tmp/evil.so')",
  "select fts3_tokenizer('simple')",
  "select fts3_tokenizer('simple', x'0000000000000000')",
  "select writefile('/tmp/evil', 'x')",
  "select readfile('/etc/passwd')",
  "select edit('x')",
  'with d as (select 1) delete from t',
  'with d as (select 1) insert into t(id) select 1 returning id',
  'select 1; delete from t',
  'select 1; select 2',
  "select 1 /* ; */; drop table t -- '",
  'explain delete from t',
  ';',
  '-- nothing',
  '/* open',
  "insert into notes(notes) values('optimize')",
  "insert into notes(notes, rank) values('rank', 'bm25(10)')",
  "select * from dbstat; attach 'x' as y",
  'replace into t(id) values (1)',
  "create virtual table e using csv(filename='/etc/passwd')",
  "select * from csv('/etc/passwd')",
  'select * from sqlite_dbpage',
  "update sqlite_schema set sql = ''",
  'values (1); delete from t',
  "select 'a' union select name from other.t",
  "select sqlite_log(1, 'x')",
]

test.each([
  ['a rollback journal', file],
  ['a write-ahead log', wal],
])('whatever is asked of a database with %s, it stays as it is', async (_, path) => {
  const before = snapshot(join(path, '..'))
  for (const sql of attacks)
    await expect(ask({ type: 'sqlite', file: path }, sql), sql).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.not.stringContaining(folder),
    })
  expect(await ask({ type: 'sqlite', file: path }, 'select count(*) as n from t;  -- the end')).toMatchObject({ rows: [{ n: 2 }] })
  expect(snapshot(join(path, '..'))).toEqual(before)
})

test('values come as they are', async () => {
  const { columns, rows } = await ask({ type: 'sqlite', file }, 'select *, id, 0.1 + 0.2 as "", -real as neg from t order by t.id')
  expect(columns.map(({ name, type }) => `${name} ${type}`)).toEqual(
    ['id INTEGER', 'name TEXT', 'big INTEGER', 'raw BLOB', 'real ', 'id_2 INTEGER', 'column_7 null', 'neg null'].map((each) =>
      each.replace('real ', 'real null'),
    ),
  )
  expect(rows).toEqual([
    { id: 1, name: '007', big: '9223372036854775807', raw: { base64: 'AP8=' }, real: 1.5, id_2: 1, column_7: 0.1 + 0.2, neg: -1.5 },
    { id: 2, name: "O'Brien", big: '-9007199254740993', raw: null, real: 'Infinity', id_2: 2, column_7: 0.1 + 0.2, neg: '-Infinity' },
  ])
})

test.each([
  ["select body from notes where notes match 'apple'", { body: 'red apple' }],
  ["select body from old where old match 'plum'", { body: 'blue plum' }],
  ['select id from boxes where x0 > 1', { id: 1 }],
  ['select name from v where id = 2', { name: "O'Brien" }],
  ["select count(*) as n from pragma_table_info('t')", { n: 5 }],
  ['pragma user_version', { user_version: 0 }],
  ['pragma integrity_check', { integrity_check: 'ok' }],
  ["select json_extract('{\"a\":[1,2]}', '$.a[1]') as x", { x: 2 }],
  ['values (1)', { column1: 1 }],
  ['explain query plan select * from v', { detail: 'SCAN t' }],
])('%s', async (sql, row) => {
  for (const each of [file, wal]) expect((await ask({ type: 'sqlite', file: each }, sql)).rows[0]).toMatchObject(row)
})

test('a database that is written to is read as it stands, and is not touched', async () => {
  const live = make('live', 'wal')
  const writer = new DatabaseSync(live)
  const count = async () => (await ask({ type: 'sqlite', file: live }, 'select count(*) as n from t')).rows[0]
  for (const n of [3, 4, 5]) {
    writer.exec(`insert into t(id) values (${n})`)
    const before = snapshot(join(live, '..'))
    expect(Object.keys(before)).toEqual(['x.db', 'x.db-shm', 'x.db-wal'])
    expect(await count()).toEqual({ n })
    expect(snapshot(join(live, '..'))).toEqual(before)
  }
  // What a crash leaves behind, with and without the wal-index.
  for (const [name, ends] of [
    ['crashed', ['', '-wal', '-shm']],
    ['moved', ['', '-wal']],
  ] as const) {
    mkdirSync(join(folder, name))
    for (const end of ends) copyFileSync(`${live}${end}`, join(folder, name, `x.db${end}`))
    const before = snapshot(join(folder, name))
    expect((await ask({ type: 'sqlite', file: join(folder, name, 'x.db') }, 'select count(*) as n from t')).rows).toEqual([{ n: 5 }])
    expect(snapshot(join(folder, name))).toEqual(before)
  }
  writer.close()
  expect(await count()).toEqual({ n: 5 })
  expect(Object.keys(snapshot(join(live, '..')))).toEqual(['x.db'])
})

test('a writer that holds its lock, and one that died in the middle', async () => {
  const held = make('held', 'delete')
  const script = `const { DatabaseSync } = require('node:sqlite'); const db = new DatabaseSync(process.argv[1])
    db.exec("pragma cache_size = 1; pragma cache_spill = on; begin exclusive; insert into t(id, name) with recursive r(n) as (select 10 union all select n + 1 from r limit 3000) select n, hex(randomblob(100)) from r")
    console.log('ready'); setInterval(() => {}, 1000)`
  const writer = spawn(process.execPath, ['-e', script, held], { stdio: ['ignore', 'pipe', 'ignore'], env: {} })
  await once(writer.stdout, 'data')
  await expect(ask({ type: 'sqlite', file: held }, 'select count(*) from t')).rejects.toThrow('SQLite: database is locked')
  writer.kill('SIGKILL')
  await once(writer, 'exit')
  const before = snapshot(join(held, '..'))
  expect(Object.keys(before)).toEqual(['x.db', 'x.db-journal'])
  await expect(ask({ type: 'sqlite', file: held }, 'select count(*) from t')).rejects.toThrow('left in the middle of a write')
  expect(snapshot(join(held, '..'))).toEqual(before)
})

test('what is no database says so', async () => {
  const odd = join(folder, 'odd')
  mkdirSync(odd)
  writeFileSync(join(odd, 'text.db'), 'this is text and no database, and it is long enough to have a header of one hundred bytes, is it not? yes.')
  writeFileSync(join(odd, 'empty.db'), '')
  writeFileSync(join(odd, 'empty.db-wal'), 'x')
  writeFileSync(join(odd, 'empty.db-journal'), 'x')
  copyFileSync(file, join(odd, 'cut.db'))
  truncateSync(join(odd, 'cut.db'), 5_000)
  copyFileSync(file, join(odd, 'linked.db'))
  symlinkSync(wal, join(odd, 'linked.db-wal'))
  copyFileSync(file, join(odd, "we?ird%20#na'me.db"))
  symlinkSync(file, join(odd, 'link.db'))
  const before = snapshot(odd)
  const at = (name: string, sql = 'select * from t') => ask({ type: 'sqlite', file: join(odd, name) }, sql)
  await expect(at('text.db')).rejects.toThrow('the file is not a SQLite database')
  await expect(at('empty.db')).rejects.toThrow('no such table: t; there are no tables')
  await expect(at('cut.db')).rejects.toThrow('malformed')
  await expect(at('linked.db')).rejects.toThrow("'linked.db-wal' beside the database is no plain file")
  await expect(at('link.db')).rejects.toThrow('the file was replaced meanwhile')
  expect((await at("we?ird%20#na'me.db", 'select count(*) as n from t')).rows).toEqual([{ n: 2 }])
  expect(snapshot(odd)).toEqual(before)
})
