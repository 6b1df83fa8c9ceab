import pg from 'pg'
import { beforeAll, expect, test } from 'vitest'
import { emptyPostgresUrl } from '../../storage/test/databases.ts'
import { testGuard } from './test/guard.ts'

const { ask: run } = testGuard()
let url: string
const ask = (sql: string, params: unknown[] | Record<string, unknown> = [], own = {}) => run({ type: 'postgres', url }, sql, params, own)
async function directly(sql: string) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  const { rows } = await client.query(sql)
  await client.end()
  return rows
}

beforeAll(async () => {
  url = await emptyPostgresUrl()
  await directly(`create table t(id bigint primary key, name text, amount numeric(30,10)); insert into t values (1, '007', 1.50), (2, 'x', 12345678901234567890.123);
    create sequence s; create function change() returns int language sql volatile as $$ insert into t values (99) returning 1 $$`)
})

const attacks = [
  "insert into t values (9, 'x', 1)",
  'delete from t',
  'drop table t',
  'truncate t',
  'create table e(a int)',
  'with d as (delete from t returning *) select * from d',
  "with d as (insert into t values (8, 'x', 1) returning *) select * from d",
  'select * into e from t',
  'select * from t for update',
  'select 1; delete from t',
  'select 1; commit; delete from t',
  'select 1) to stdout; --',
  "copy t to '/tmp/cadre-evil'",
  "copy t from program 'id'",
  "copy (select 1) to program 'id'",
  'do $$ begin delete from t; end $$',
  'call nothing()',
  'set transaction read write',
  'set session characteristics as transaction read write',
  'begin',
  'commit',
  'listen x',
  "notify x, 'y'",
  'prepare p as delete from t',
  'execute p',
  'lock table t',
  'vacuum',
  'analyze t',
  'explain analyze delete from t',
  'show data_directory',
  "select pg_read_file('/etc/passwd')",
  "select pg_catalog.pg_read_file('/etc/passwd')",
  'select "pg_read_file"(\'/etc/passwd\')',
  "select PG_READ_FILE ('/etc/passwd')",
  "select pg_read_file/* */('/etc/passwd')",
  "select pg_read_file --\n ('/etc/passwd')",
  'select U&"pg\\005fread_file"(\'/etc/passwd\')',
  "select 1 --\r, pg_read_file('/etc/passwd')",
  "select '\\'', pg_read_file('/etc/passwd') --'",
  "select E'\\'', pg_read_file('/etc/passwd') --'",
  "select E'a'\n'\\'', pg_read_file('/etc/passwd') --'",
  "select $\u20ac$ ' $\u20ac$, pg_read_file('/etc/passwd') --'",
  "select $a$ $b$ ' $a$, pg_read_file('/etc/passwd') --'",
  "select /* /* */ ' */ pg_read_file('/etc/passwd') --'",
  'select (array[1,2])[1:pg_sleep(1)::text::int]',
  'select 1e5pg_sleep(1)',
  "select 1//* ' */ + pg_sleep(1) --'",
  'select rolpassword from pg_authid',
  'select * from "pg_catalog" . "pg_shadow"',
  "select table_to_xml('pg_authid', true, true, '')",
  "select pg_read_binary_file('/etc/passwd')",
  "select * from pg_ls_dir('/')",
  "select pg_stat_file('/etc/passwd')",
  "select lo_import('/etc/passwd')",
  "select lo_from_bytea(0, 'x')",
  "select lo_export(1, '/tmp/x')",
  'select pg_sleep(1)',
  "select pg_sleep_for('1 second')",
  'select pg_terminate_backend(1)',
  'select pg_cancel_backend(1)',
  'select pg_reload_conf()',
  'select pg_rotate_logfile()',
  'select pg_switch_wal()',
  'select pg_advisory_lock(1)',
  "select pg_notify('x', 'y')",
  "select set_config('transaction_read_only', 'off', false)",
  "select nextval('s')",
  "select setval('s', 9)",
  "select query_to_xml('select 1', true, true, '')",
  "select * from dblink('host=x', 'select 1') as d(a int)",
  'select change()',
  'select * from pg_file_settings',
  'select * from pg_hba_file_rules',
  "select pg_logical_emit_message(false, 'a', 'b')",
  "select pg_create_restore_point('x')",
  "select ts_stat('select 1')",
  'select txid_status(pg_export_snapshot()::bigint)',
  '',
  '--',
]

test('nothing but reading, whatever is asked', async () => {
  for (const sql of attacks)
    await expect(ask(sql), sql).rejects.toMatchObject({ name: 'ToolError', message: expect.not.stringMatching(/:\d+\/|postgres:\/\//) })
  expect(await directly('select count(*)::int as n from t')).toEqual([{ n: 2 }])
  expect(await directly('select last_value::int as n, is_called from s')).toEqual([{ n: 1, is_called: false }])
  expect(await directly("select count(*)::int as n from pg_class where relname = 'e'")).toEqual([{ n: 0 }])
})

test('values come as they are', async () => {
  const sql = `select 9007199254740993::bigint as big, 12::bigint as small, 1.50::numeric as dec, 12345678901234567890.5 as long, 'nan'::float8 as nan, 'infinity'::numeric as inf,
    date '2024-01-05' as day, timestamp '2024-01-05 10:00' as at, timestamptz '2024-01-05 10:00:00.120+02' as zoned, time '10:30' as clock, interval '1 day 2 hours' as span,
    true as yes, null as none, '\\x00ff'::bytea as raw, '{"a": 1.10, "b": 12345678901234567890}'::jsonb as doc, array[1,2,null]::int[] as list, array['a,b', 'c"'] as texts,
    array[[1.5],[2.5]]::numeric[] as nested, 'a'::"char" as one, row(1, 'x') as pair, int4range(1, 5) as range, '[0:1]={5,6}'::int[] as odd, 1 as x, 2 as x, 0.1::float4 as real`
  expect((await ask(sql)).rows).toEqual([
    {
      big: '9007199254740993',
      small: 12,
      dec: 1.5,
      long: '12345678901234567890.5',
      nan: 'NaN',
      inf: 'Infinity',
      day: '2024-01-05',
      at: '2024-01-05T10:00:00',
      zoned: '2024-01-05T08:00:00.12Z',
      clock: '10:30:00',
      span: 'P1DT2H',
      yes: true,
      none: null,
      raw: { base64: 'AP8=' },
      doc: { a: 1.1, b: '12345678901234567890' },
      list: [1, 2, null],
      texts: ['a,b', 'c"'],
      nested: [[1.5], [2.5]],
      one: 'a',
      pair: '(1,x)',
      range: '[1,5)',
      odd: '[0:1]={5,6}',
      x: 1,
      x_2: 2,
      real: 0.1,
    },
  ])
})

test.each<[string, unknown[] | Record<string, unknown>, unknown[]]>([
  ['select name from t where id = $1', [1], [{ name: '007' }]],
  ['select name from t where id = ? and name = ?', [1, '007'], [{ name: '007' }]],
  ['select id from t where name = :name or :name is null', { name: 'x' }, [{ id: 2 }]],
  ["select '{\"a\":1}'::jsonb ? 'a' as has", [], [{ has: true }]],
  ['select id::text as id, (array[1,2,3])[1:2] as part from t where id = :id -- what :that is', { id: 1 }, [{ id: '1', part: [1, 2] }]],
  ['select u & 3 as a from (values (5)) as v(u)', [], [{ a: 1 }]],
  ["select ';' as a, $$ ; :x ? $$ as b", [], [{ a: ';', b: ' ; :x ? ' }]],
  ['select 1 as a;', [], [{ a: 1 }]],
  ['(select 1 as a)', [], [{ a: 1 }]],
  ['values (1)', [], [{ column1: 1 }]],
  ['table t limit 0', [], []],
  [
    'select lower(upper(name)) as n, count(*) over () as c, coalesce(null, now()) is not null as d, random() < 2 as r from t where id in (1)',
    [],
    [{ n: '007', c: 1, d: true, r: true }],
  ],
])('%s with %j', async (sql, params, rows) => {
  expect((await ask(sql, params)).rows).toEqual(rows)
})

test.each<[string, unknown[] | Record<string, unknown>, RegExp]>([
  ['select $1::int', [], /the query has \$1|1 placeholder/],
  ['select $1::int', [1, 2], /the query has \$1 to \$1, and 2 values/],
  ['select :a::int', {}, /there is no value for :a/],
  ['select * from nope', [], /Postgres: relation "nope" does not exist/],
  ['selec 1', [], /only a SELECT is allowed/],
  ["select 'x'::int", [], /invalid input syntax for type integer/],
])('%s with %j is refused', async (sql, params, reason) => {
  await expect(ask(sql, params)).rejects.toThrow(reason)
})

test('rows, bytes and time end a query, and nothing is left running', async () => {
  expect(await ask('select * from generate_series(1, 100000000) as g(n)', [], { max_rows: 3 })).toMatchObject({
    rows: [{ n: 1 }, { n: 2 }, { n: 3 }],
    truncated: true,
  })
  const { rows, truncated } = await ask("select repeat('x', 1000) as x from generate_series(1, 100000)", [], { max_bytes: 20_000 })
  expect([rows.length < 25, rows.length > 10, truncated]).toEqual([true, true, true])
  await expect(ask("select repeat('x', 100000) as x", [], { max_bytes: 20_000 })).rejects.toThrow('one row has')
  await expect(
    ask('with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r', [], { timeout_ms: 1_000 }),
  ).rejects.toThrow(/time limit/)
  await expect
    .poll(async () => directly("select count(*)::int as n from pg_stat_activity where application_name = 'cadre' and datname = current_database()"), {
      timeout: 10_000,
    })
    .toEqual([{ n: 0 }])
})

test('a database that cannot be reached says why, without its password', async () => {
  const wrong = new URL(url)
  wrong.pathname = '/nowhere'
  await expect(run({ type: 'postgres', url: wrong.href }, 'select 1')).rejects.toThrow('database "nowhere" does not exist')
  await expect(run({ type: 'postgres', url: 'postgres://u:hush@127.0.0.1:1/x' }, 'select 1')).rejects.toThrow('the database refuses connections')
})
