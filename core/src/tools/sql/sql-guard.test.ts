import { expect, test } from 'vitest'
import { testGuard } from './test/guard.ts'

const { ask: run } = testGuard({ max_processes: 2 })
const rows = { type: 'rows' as const, tables: { t: [{ a: 1 }] } }
const ask = (sql: string, own = {}, signal?: AbortSignal) => run(rows, sql, [], own, signal)
const endless = 'with recursive r(n) as (select 1 union all select n + 1 from r) select count(*) from r'

test.each([
  ['an endless recursion', endless],
  [
    'a cross join',
    'with d(x) as (values (1),(2),(3),(4),(5),(6),(7),(8),(9),(10)) select count(*) from d a, d b, d c, d d, d e, d f, d g, d h, d i, d j, d k, d l',
  ],
  ['an endless recursion that finds nothing', 'with recursive r(n) as (select 1 union all select n + 1 from r) select n from r where n < 0'],
])('%s is ended at the time limit, and the next query works', async (_, sql) => {
  await expect(ask(sql, { timeout_ms: 700 })).rejects.toThrow('the query was ended after 700 ms, its time limit (limits.timeout_ms)')
  expect((await ask('select a from t')).rows).toEqual([{ a: 1 }])
})

test.each([
  ['a blob', 'select length(randomblob(1000000000))'],
  ['zeros', 'select zeroblob(1000000000)'],
  ['a wide number', "select length(printf('%1000000000d', 1))"],
  [
    'many blobs',
    'with recursive r(n) as (select 1 union all select n + 1 from r) select max(length(x)) from (select randomblob(1000) as x from r order by x)',
  ],
  [
    'one long text',
    'with recursive r(n) as (select 1 union all select n + 1 from r limit 1000000) select length(group_concat(hex(randomblob(1000)))) from r',
  ],
  [
    'a product of replace',
    "select replace(replace(replace(printf('%.1000c', 'a'), 'a', printf('%.1000c', 'b')), 'b', printf('%.1000c', 'c')), 'c', 'dd')",
  ],
  ['JSON', 'with recursive r(n) as (select 1 union all select n + 1 from r) select json_group_array(hex(randomblob(1000))) from r'],
])('%s beyond the memory ends in words, and the next query works', async (_, sql) => {
  await expect(ask(sql, { memory_mb: 64 })).rejects.toThrow(/needed more than 64 MB of memory|string or blob too big/)
  expect((await ask('select a from t')).rows).toEqual([{ a: 1 }])
})

test.each([
  ['deep', `select ${'('.repeat(5_000)}1${')'.repeat(5_000)}`],
  ['wide', `select ${'1 + '.repeat(5_000)}1`],
  ['many', `select ${'1, '.repeat(5_000)}1`],
  ['long', `select 1${' union all select 1'.repeat(1_000)}`],
])('an expression that is too %s is refused in words', async (_, sql) => {
  await expect(ask(sql)).rejects.toThrow(/^SQLite: /)
})

test('DuckDB and its bombs', async () => {
  const duck = (sql: string, own = {}) => run({ type: 'duckdb', files: {} }, sql, [], own)
  await expect(duck('select count(*) from range(100000000000) a, range(100000) b', { timeout_ms: 3_000 })).rejects.toThrow('time limit')
  await expect(duck("select string_agg(repeat('x', 1000000)) from range(100000)")).rejects.toThrow(/needed more than 256 MB of memory/)
  await expect(duck('select list(range) from range(10000000000)')).rejects.toThrow(/needed more than 256 MB of memory/)
  await expect(duck(`select ${'('.repeat(100_000)}1${')'.repeat(100_000)}`)).rejects.toMatchObject({ name: 'ToolError' })
  expect((await duck('select 1 as a')).rows).toEqual([{ a: 1 }])
})

test('rows and bytes bound an answer', async () => {
  const numbers = 'with recursive r(n) as (select 1 union all select n + 1 from r) select n from r'
  expect(await ask(numbers, { max_rows: 2 })).toMatchObject({ rows: [{ n: 1 }, { n: 2 }], truncated: true })
  expect(await ask('select a from t', { max_rows: 1 })).toMatchObject({ rows: [{ a: 1 }], truncated: false })
  expect(await ask('select a from t', { max_rows: 0 })).toMatchObject({ rows: [], truncated: true })
  const answer = await ask(numbers, { max_rows: 1_000_000, max_bytes: 5_000 })
  expect(answer.truncated).toBe(true)
  expect(JSON.stringify(answer).length).toBeLessThan(5_000)
  expect(JSON.stringify(answer).length).toBeGreaterThan(4_000)
  await expect(ask("select printf('%.10000c', 'x')", { max_bytes: 5_000 })).rejects.toThrow('one row has')
})

test('an abort ends the query and those that wait', async () => {
  const abort = new AbortController()
  const all = [1, 2, 3, 4].map(() => ask(endless, {}, abort.signal))
  abort.abort(new Error('enough'))
  for (const each of all) await expect(each).rejects.toThrow('enough')
  expect((await ask('select a from t')).rows).toEqual([{ a: 1 }])
  await expect(ask('select 1', {}, AbortSignal.abort(new Error('before')))).rejects.toThrow('before')
})

test('more queries than processes wait their turn', async () => {
  const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(`select ${n} as n`)))
  expect(answers.map(({ rows: [row] }) => row?.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11])
})

test('nothing of a call is there in the next', async () => {
  expect((await run({ type: 'rows', tables: { secret: [{ a: 1 }] } }, 'select * from secret')).rows).toEqual([{ a: 1 }])
  await expect(ask('select * from secret')).rejects.toThrow('no such table: secret; there is t')
})

test('rows keep their types', async () => {
  const one = { text: '007', whole: 5, part: 0.5, yes: true, none: null, list: [1, 'x'], big: '9007199254740993', mixed: 1, __proto: 1 }
  const two = { text: '5', whole: -1, part: 2, yes: false, list: { a: null }, big: '1', mixed: '1', extra: 'e' }
  const { rows: back } = await run({ type: 'rows', tables: { 'my "table"': [one, two] } }, 'select * from "my ""table"""')
  expect(back).toEqual([
    { ...one, extra: null },
    { ...two, none: null, __proto: null },
  ])
  const { rows: found } = await run(
    { type: 'rows', tables: { t: [one, two] } },
    "select text from t where yes and part < 1 and mixed = 1 and text = '007' and json_extract(list, '$[1]') = 'x'",
  )
  expect(found).toEqual([{ text: '007' }])
  expect((await run({ type: 'rows', tables: { empty: [] } }, 'select count(*) as n from empty')).rows).toEqual([{ n: 0 }])
})

test.each([
  [{ t: [{ a: 1, A: 2 }] }, /columns of 't' 'a' and 'A' differ in upper and lower case only/],
  [{ t: [{ a: Infinity }] }, /t\[0\].a is Infinity/],
  [{ sqlite_x: [] }, /'sqlite_x' cannot be the name of a table/],
  [{ t: [{ a: 2n ** 70n }] }, /beyond the integers of SQLite/],
])('%o is refused', async (tables, reason) => {
  await expect(run({ type: 'rows', tables }, 'select 1')).rejects.toThrow(reason)
})

test.each<[string, unknown[] | Record<string, unknown>, RegExp]>([
  ['select ?', [], /the query has 1 placeholder, and there are 0 values/],
  ['select 1', [1], /the query has 0 placeholders, and there is 1 value/],
  ['select ?2', [1], /the query has 2 placeholders, and there is 1 value/],
  ['select :a', { b: 1 }, /there is no value for :a/],
  ['select :a', { a: 1, b: 2 }, /the query has no :b/],
  ['select :a', [], /there is no value for :a/],
  ['select ?', { a: 1 }, /must be a list/],
])('%s with %j is refused', async (sql, params, reason) => {
  await expect(run(rows, sql, params)).rejects.toThrow(reason)
})

test.each<[string, unknown[] | Record<string, unknown>, unknown]>([
  ["select ? || ':a' || ? as x", [5, true], '5:a1'],
  ['select :a || @b || $c || :a as x', { a: 'x', '@b': 1, c: null }, null],
  ['select ?2 - ?1 as x', [1, 3], 2],
  ['select \'?\' || "t".a || ? as x from t -- ?', ['!'], '?1!'],
  ['select typeof(?) || typeof(?) as x', [1, 1.5], 'integerreal'],
  ['select hex(?) as x', [new Uint8Array([1, 255])], '01FF'],
])('%s with %j', async (sql, params, x) => {
  expect((await run(rows, sql, params)).rows).toEqual([{ x }])
})
