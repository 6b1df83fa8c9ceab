import { expect, test } from 'vitest'
import { caller, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { shopUrl } from './test/shop-url.ts'
import { sqlContext } from './test/sql-context.ts'

const here = new URL('./', import.meta.url)
const { context } = sqlContext({ shop: await shopUrl() })
const call = caller(here, handlers)
const ask = (path: string, input: unknown) => call(path, input, context)

testExamples(here, handlers, context)

test('a stored connection is asked, and described', async () => {
  expect(
    await ask('/query', { connection: 'shop', sql: 'select id, total, paid from orders where total > :least order by id', params: { least: 5 } }),
  ).toEqual({
    columns: [
      { name: 'id', type: 'bigint' },
      { name: 'total', type: 'numeric' },
      { name: 'paid', type: 'boolean' },
    ],
    rows: [
      { id: 1, total: 12.5, paid: true },
      { id: '9007199254740993', total: '12345678901234567.89', paid: null },
    ],
    row_count: 2,
    truncated: false,
  })
  const { tables } = await ask('/describe', { connection: 'shop' })
  expect(tables.map(({ name, type }: any) => [name, type])).toEqual([
    ['orders', 'table'],
    ['paid_orders', 'view'],
    ['other.notes', 'table'],
  ])
  expect(tables[0].columns.slice(0, 2)).toEqual([
    { name: 'id', type: 'bigint', nullable: false, primary_key: true },
    { name: 'status', type: 'text', nullable: true, primary_key: false },
  ])
})

test('a view over a table that is gone hides no other table', async () => {
  const { tables } = await ask('/describe', { tables: { a: [{ x: 1 }], b: [] } })
  expect(tables.map(({ name, columns }: any) => [name, columns.length])).toEqual([
    ['a', 1],
    ['b', 1],
  ])
  expect(await ask('/describe', { file: 'files/sales.csv' })).toMatchObject({
    tables: [{ name: 'sales', columns: [{ type: 'BIGINT' }, { name: 'region', type: 'VARCHAR' }, { type: 'DECIMAL(18,2)' }] }],
  })
})

test.each([
  ['/query_file', { file: 'files/sales.csv', sql: 'select 1' }, /file: 'files\/sales.csv' is no SQLite database; use query_data/],
  ['/query_data', { files: 'files/shop.db', sql: 'select 1' }, /files: 'files\/shop.db' is a SQLite database; use query_file/],
  ['/query_data', { files: [], sql: 'select 1' }, /must be a list of at least one file/],
  ['/query_rows', { sql: 'select 1' }, /rows: give rows, or tables/],
  ['/query_rows', { rows: [], tables: { Rows: [] }, sql: 'select 1' }, /tables: there is a table 'rows' already/],
  ['/query_file', { file: 'files/none.db', sql: 'select 1' }, /there is no 'files\/none.db'/],
  ['/query_file', { file: '../secret.db', sql: 'select 1' }, /outside of the file roots/],
  ['/query', { connection: 'nope', sql: 'select 1' }, /there is no connection 'nope'/],
  ['/describe', {}, /give one of file, files, connection/],
  ['/describe', { file: 'files/shop.db', connection: 'shop' }, /give one of/],
  ['/describe', { file: 'files/shop.db', table: 'x' }, /table: there is no table 'x'; there is orders/],
])('%s %j is refused', async (path, input, reason) => {
  await expect(ask(path, input)).rejects.toThrow(reason)
})
