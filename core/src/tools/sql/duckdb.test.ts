import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { DuckDBInstance } from '@duckdb/node-api'
import { expect, test } from 'vitest'
import { snapshot, testGuard } from './test/guard.ts'

const { ask: run, folder } = testGuard()
let count = 0
function write(ending: string, content: string | Uint8Array) {
  const path = join(folder, `f${++count}.${ending}`)
  writeFileSync(path, content)
  return path
}
const ask = (path: string, sql = 'from t', params: unknown[] | Record<string, unknown> = []) =>
  run({ type: 'duckdb', files: { t: path } }, sql, params)
const lines = (length: number, line: (place: number) => string) => Array.from({ length }, (_, place) => line(place)).join('\n')

test.each<[string, string, Record<string, unknown>[]]>([
  [
    'leading zeros and signs',
    'a,b,c\n007,+1,-01\n10,2,5',
    [
      { a: '007', b: '+1', c: '-01' },
      { a: '10', b: '2', c: '5' },
    ],
  ],
  ['a leading zero far below', `zip\n${lines(30_000, (n) => String(10_000 + n))}\n00501`, [{ zip: '10000' }]],
  ['exact decimals', 'x\n0.1\n1.12345678901234567890', [{ x: 0.1 }, { x: '1.12345678901234567890' }]],
  ['large integers', 'x\n9007199254740993\n1', [{ x: '9007199254740993' }, { x: 1 }]],
  ['numbers beyond doubles', 'x\n1e400\n2', [{ x: '1e400' }, { x: '2' }]],
  ['numbers with exponents', 'x\n1e3\n2.5', [{ x: 1000 }, { x: 2.5 }]],
  ['dates that could be two', 'd,e\n01/02/2024,01.02.2024', [{ d: '01/02/2024', e: '01.02.2024' }]],
  ['dates that are certain', 'd,e\n2024-01-05,2024-01-05 10:00', [{ d: '2024-01-05', e: '2024-01-05T10:00:00' }]],
  ['offsets from UTC', 'd\n2024-01-05T10:00:00+02:00', [{ d: '2024-01-05T10:00:00+02:00' }]],
  [
    'truth',
    'a,b\ntrue,t\nFALSE,f',
    [
      { a: true, b: 't' },
      { a: false, b: 'f' },
    ],
  ],
  ['quotes', 'a,b\n"x, ""y""","z\nz"', [{ a: 'x, "y"', b: 'z\nz' }]],
  ['single quotes', "a\n'x'", [{ a: "'x'" }]],
  ['no comments', '#a\n#1\n#2', [{ '#a': '#1' }, { '#a': '#2' }]],
  ['nothing but text', 'name;city\nAnn;Rome', [{ name: 'Ann', city: 'Rome' }]],
  [
    'short rows',
    'a,b\n1\n2,3',
    [
      { a: 1, b: null },
      { a: 2, b: 3 },
    ],
  ],
  ['decimal commas', 'a;b\nx;1,50', [{ a: 'x', b: '1,50' }]],
  ['names that occur twice', 'a,a\n1,2', [{ a: 1, a_1: 2 }]],
  ['UUIDs as they are written', 'u\nA0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11', [{ u: 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11' }]],
])('CSV: %s', async (_, content, rows) => {
  const answer = await ask(write('csv', content))
  expect(answer.rows.slice(0, rows.length)).toEqual(rows)
})

test.each<[string, string, Record<string, unknown>[]]>([
  [
    'json',
    '[{"a":"007","d":"2024-01-05T10:00:00Z","h":"10:30"},{"a":"x"}]',
    [
      { a: '007', d: '2024-01-05T10:00:00Z', h: '10:30' },
      { a: 'x', d: null, h: null },
    ],
  ],
  ['json', '{"a":{"TIMESTAMP":"2024-01-05T10:00:00Z","l":[1,"x"]}}', [{ a: { TIMESTAMP: '2024-01-05T10:00:00Z', l: [1, 'x'] } }]],
  [
    'ndjson',
    '{"n":12345678901234567890,"m":0.1}\n{"n":1,"m":1e3}',
    [
      { n: '12345678901234567890', m: 0.1 },
      { n: 1, m: 1000 },
    ],
  ],
  ['tsv', 'a\tb\n1\tx', [{ a: 1, b: 'x' }]],
])('%s: %s', async (ending, content, rows) => {
  expect((await ask(write(ending, content))).rows).toEqual(rows)
})

test('UTF-16, gzip, Parquet, and names that are patterns', async () => {
  const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('a\né', 'utf16le')])
  expect((await ask(write('csv', utf16))).rows).toEqual([{ a: 'é' }])
  expect((await ask(write('csv.gz', gzipSync('a\n007')))).rows).toEqual([{ a: '007' }])
  expect((await ask(write("[x]*?'.csv", 'a\n1'))).rows).toEqual([{ a: 1 }])
  const parquet = join(folder, 'p.parquet')
  const instance = await DuckDBInstance.create(':memory:', { autoinstall_known_extensions: 'false', autoload_known_extensions: 'false' })
  const connection = await instance.connect()
  await connection.run(
    `copy (select 1.50::decimal(9,2) as d, [1, 2] as l, {'k': date '2024-01-05'} as s, 'ab'::blob as b, 0.1::float as f, uuid '${'0'.repeat(8)}-0000-4000-8000-000000000001' as u) to '${parquet}'`,
  )
  connection.disconnectSync()
  expect((await ask(parquet, "from 'p.parquet'")).rows).toEqual([
    { d: 1.5, l: [1, 2], s: { k: '2024-01-05' }, b: { base64: 'YWI=' }, f: 0.1, u: '00000000-0000-4000-8000-000000000001' },
  ])
})

test.each<[string, unknown[] | Record<string, unknown>, Record<string, unknown>[]]>([
  ['select sum(amount) as s from t', [], [{ s: 0.3 }]],
  ['select id from t where day >= ? and code = ?', ['2024-01-06', '02'], [{ id: 2 }]],
  ['select id from t where id = :id and [1, 2, 3][1:2] = [1, 2] -- :no', { id: 1 }, [{ id: 1 }]],
  ['select $b || $a as x', { a: 'x', b: 'y' }, [{ x: 'yx' }]],
  ['with recursive r(n) as (select 1 union all select n + 1 from r where n < 3) select n from r', [], [{ n: 1 }, { n: 2 }, { n: 3 }]],
  [
    'select count(*) as n, t.code from t group by all order by all',
    [],
    [
      { n: 1, code: '01' },
      { n: 1, code: '02' },
    ],
  ],
  ['from range(2)', [], [{ range: 0 }, { range: 1 }]],
  ["select 'read_csv(''/etc/passwd'')' as x", [], [{ x: "read_csv('/etc/passwd')" }]],
])('%s with %j', async (sql, params, rows) => {
  const path = write('csv', 'id,amount,day,code\n1,0.1,2024-01-05,01\n2,0.2,2024-01-06,02')
  expect((await ask(path, sql, params)).rows).toEqual(rows)
})

const attacks = (file: string) => [
  "from read_csv('/etc/passwd')",
  `from read_csv('${file}')`,
  "from read_text('/etc/passwd')",
  "from read_blob('/etc/passwd')",
  "from read_json('/etc/passwd')",
  "from read_parquet('/etc/passwd')",
  "from parquet_metadata('/etc/passwd')",
  "from parquet_schema('/etc/passwd')",
  "from sniff_csv('/etc/passwd')",
  "from glob('/etc/*')",
  "from '/etc/passwd'",
  "from '/etc/passwd.csv'",
  "from 'http://127.0.0.1:1/x.csv'",
  "from 's3://x/y.parquet'",
  "select * from t, (from read_text('/etc/passwd'))",
  "select (select content from read_text('/etc/passwd'))",
  "select * from t where exists (from read_text('/etc/passwd'))",
  "with a as (from read_text('/etc/passwd')) from a",
  "with recursive a as (select 1 union all select 2 from read_text('/etc/passwd')) from a",
  "select case when true then (select content from read_text('/etc/passwd')) end",
  "from query('from read_text(''/etc/passwd'')')",
  "from query_table('/etc/passwd')",
  "select * from json_execute_serialized_sql(json_serialize_sql('select 1'))",
  "describe from read_text('/etc/passwd')",
  "summarize '/etc/passwd.csv'",
  "describe '/etc/passwd.csv'",
  "select getenv('PATH')",
  "select current_setting('allowed_paths')",
  "select system.main.current_setting('temp_directory')",
  'from duckdb_settings()',
  'from duckdb_views()',
  'from duckdb_views',
  'from duckdb_extensions()',
  'from duckdb_secrets()',
  'from duckdb_logs()',
  'from sqlite_master',
  'from sqlite_schema',
  'from pg_catalog.pg_views',
  'from information_schema.views',
  'from pragma_database_list',
  "from pragma_table_info('t')",
  'pragma database_list',
  'pragma version',
  "copy t to '/tmp/cadre-evil.csv'",
  `copy t to '${file}' (use_tmp_file false)`,
  "copy (select 1) to '/tmp/cadre-evil.parquet'",
  "export database '/tmp/cadre-evil'",
  "import database '/tmp/cadre-evil'",
  "attach '/tmp/cadre-evil.db'",
  "attach ':memory:' as m",
  'install httpfs',
  "load '/tmp/evil.duckdb_extension'",
  'load json',
  'set enable_external_access = true',
  'set lock_configuration = false',
  'set allowed_paths = []',
  'reset allowed_paths',
  'set variable x = 1',
  'call pragma_version()',
  'checkpoint',
  'create table e(a int)',
  'create view e as select 1',
  'create macro e() as 1',
  'create secret (type s3)',
  'drop view t',
  'insert into t values (1)',
  'update t set a = 1',
  'delete from t',
  'alter view t rename to u',
  'begin',
  'use memory',
  'prepare p as select 1',
  'explain select 1',
  "explain analyze copy t to '/tmp/cadre-evil.csv'",
  'vacuum',
  'select 1; select 2',
  "select 1; copy t to '/tmp/cadre-evil.csv'",
  'pivot t on a using count(*)',
  '',
  ';',
  '-- nothing',
  'select $1',
  'selec 1',
]

test('nothing but the files of the call, whatever is asked', async () => {
  const path = write('csv', 'a\n1')
  const before = snapshot(folder)
  for (const sql of attacks(path))
    await expect(ask(path, sql), sql).rejects.toMatchObject({ name: 'ToolError', message: expect.not.stringContaining(folder) })
  expect((await ask(path)).rows).toEqual([{ a: 1 }])
  expect(snapshot(folder)).toEqual(before)
})

test.each<[string, string | Uint8Array, RegExp]>([
  ['csv', 'a,b\n1,2,3\n4,5\n', /^f\d+.csv cannot be read as CSV: a row has more columns than the first line/],
  ['csv', Buffer.from('a,b\n1,caf\xe9', 'latin1'), /^f\d+.csv is not in UTF-8/],
  ['json', 'nothing', /Malformed JSON in file "f\d+.json"/],
  ['parquet', 'nothing', /f\d+.parquet/],
])('what is no %s says so', async (ending, content, reason) => {
  await expect(ask(write(ending, content))).rejects.toThrow(reason)
  await expect(ask(write(ending, content))).rejects.not.toThrow(folder)
})
