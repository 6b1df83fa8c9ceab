import { describe, expect, test } from 'vitest'
import { syncCaller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = syncCaller(new URL('./', import.meta.url), handlers)
const column = (rows: Record<string, unknown>[], field: string) => rows.map((row) => row[field])

describe('filter', () => {
  const rows = [
    { n: 9, t: 'Apple' },
    { n: '10', t: 'pear' },
    { n: null, t: '' },
    { n: '$1,200', t: 'Pineapple' },
  ]
  const kept = (op: string, value?: unknown, field = 't', more = {}) =>
    column(call('/filter', { rows, where: [{ field, op, ...(value === undefined ? {} : { value }) }], ...more }).rows, 'n')
  test.each<[string, unknown, string, unknown[]]>([
    ['>', '9', 'n', ['10', '$1,200']],
    ['<=', 10, 'n', [9, '10']],
    ['=', '9.0', 'n', [9]],
    ['!=', 9, 'n', ['10', null, '$1,200']],
    ['=', 'APPLE', 't', [9]],
    ['!=', '', 't', [9, '10', '$1,200']],
    ['contains', 'apple', 't', [9, '$1,200']],
    ['not_contains', 'apple', 't', ['10', null]],
    ['starts_with', 'p', 't', ['10', '$1,200']],
    ['ends_with', 'LE', 't', [9, '$1,200']],
    ['in', ['pear', 'apple'], 't', [9, '10']],
    ['not_in', [9, 10], 'n', [null, '$1,200']],
    ['empty', undefined, 't', [null]],
    ['not_empty', undefined, 'n', [9, '10', '$1,200']],
    ['matches', '^p.*e', 't', ['10', '$1,200']],
  ])('%s %j', (op, value, field, expected) => expect(kept(op, value, field)).toEqual(expected))
  test('tells long numbers apart, and case if asked', () => {
    const ids = [{ id: '12345678901234567890' }, { id: '12345678901234567891' }]
    expect(call('/filter', { rows: ids, where: [{ field: 'id', op: '=', value: '12345678901234567891' }] }).rows).toEqual([ids[1]])
    expect(kept('contains', 'apple', 't', { case_sensitive: true })).toEqual(['$1,200'])
  })
  test('refuses what makes no sense', () => {
    expect(() => kept('=')).toThrow('where[0].value: is needed for =')
    expect(() => kept('matches', '(')).toThrow('where[0].value: is not a regular expression')
    expect(() => kept('in', 'x')).toThrow('must be a list')
    expect(() => kept('=', 1, 'nope')).toThrow('where[0].field: no row has a column "nope". Columns: n, t')
  })
})

test('sort is stable, with numbers, then texts, then empty cells in both directions', () => {
  const rows = ['item10', 'b', null, 'Item2', '5', 40, 'B', ''].map((v, i) => ({ v, i }))
  expect(column(call('/sort', { rows, by: [{ field: 'v' }] }).rows, 'v')).toEqual(['5', 40, 'b', 'B', 'Item2', 'item10', null, ''])
  expect(column(call('/sort', { rows, by: [{ field: 'v', direction: 'desc' }] }).rows, 'v')).toEqual(['item10', 'Item2', 'b', 'B', 40, '5', null, ''])
})

test('rename swaps names and refuses collisions', () => {
  expect(call('/rename', { rows: [{ a: 1, b: 2 }], fields: { a: 'b', b: 'a' } }).rows).toEqual([{ b: 1, a: 2 }])
  expect(() => call('/rename', { rows: [{ a: 1, b: 2 }], fields: { a: 'b' } })).toThrow('fields: "a" and "b" would both be called "b"')
})

describe('cast', () => {
  const one = (value: unknown, type: string, decimal = '.') => call('/cast', { rows: [{ v: value }], fields: { v: type }, decimal })
  test.each<[unknown, string, string, unknown]>([
    ['$1,200.50', 'number', '.', 1200.5],
    ['1.200,50', 'number', ',', 1200.5],
    ['R$ 1.200,50', 'number', ',', 1200.5],
    ['(1,000)', 'number', '.', -1000],
    ['($5.25)', 'number', '.', -5.25],
    ['-$5', 'number', '.', -5],
    ['$-5', 'number', '.', -5],
    ['5-', 'number', '.', -5],
    ['12%', 'number', '.', 0.12],
    ['1 200,5 €', 'number', ',', 1200.5],
    ['USD 12', 'number', '.', 12],
    ['12,34,567', 'number', '.', 1234567],
    ['12345678901234567890', 'number', '.', '12345678901234567890'],
    ['7.0', 'integer', '.', 7],
    [7, 'text', '.', '7'],
    ['Yes', 'boolean', '.', true],
    [0, 'boolean', '.', false],
    ['March 5 2024', 'date', '.', '2024-03-05'],
    [' ', 'number', '.', null],
  ])('%j as %s with %s is %j', (value, type, decimal, expected) => {
    expect(one(value, type, decimal)).toEqual({ rows: [{ v: expected }], problems: [], problem_count: 0 })
  })
  test.each<[unknown, string]>([
    ['1.200,50', 'number'],
    ['12,5', 'number'],
    ['-5-', 'number'],
    ['abc', 'number'],
    [true, 'number'],
    ['7.5', 'integer'],
    ['maybe', 'boolean'],
    ['30/02/2024', 'date'],
  ])('%j as %s stays, with a problem', (value, type) => {
    expect(one(value, type)).toMatchObject({ rows: [{ v: value }], problems: [{ row: 1, field: 'v', value }], problem_count: 1 })
  })
})

describe('group', () => {
  const rows = [
    { k: 'a', v: '3' },
    { k: 'b', v: 0.1 },
    { k: 'a', v: 1 },
    { k: 'b', v: 0.2 },
    { k: 'b', v: null },
    { k: 'a', v: 1 },
  ]
  test('works out every aggregate', () => {
    const ops = ['count', 'sum', 'avg', 'min', 'max', 'median', 'first', 'last', 'list', 'count_distinct']
    const made = call('/group', { rows, by: ['k'], aggregates: ops.map((op) => ({ op, field: 'v', as: op })) }).rows
    expect(made[0]).toEqual({
      k: 'a',
      count: 3,
      sum: 5,
      avg: 5 / 3,
      min: 1,
      max: 3,
      median: 1,
      first: '3',
      last: 1,
      list: ['3', 1, 1],
      count_distinct: 2,
    })
    expect(made[1]).toMatchObject({ k: 'b', count: 2, sum: 0.3, avg: 0.15, median: 0.15, max: 0.2 })
  })
  test.each<[unknown[], unknown, unknown, unknown]>([
    [[0.1, 0.2], 0.3, 0.15, 0.15],
    [['0.10', 0.2, null, ' '], 0.3, 0.15, 0.15],
    [[999_999_999_999_999, 0.01], '999999999999999.01', '499999999999999.505', '499999999999999.505'],
    [[9_007_199_254_740_991, 2], '9007199254740993', '4503599627370496.5', '4503599627370496.5'],
    [[1e15, 1e15, 0.5], 2000000000000000.5, 666666666666666.9, 1e15],
    [[1e300, 1, -1e300], 1, 1 / 3, 1],
    [[5e-324], 5e-324, 5e-324, 5e-324],
    [[12345.6789, 0.0001, 1e-7], 12345.6790001, 12345.6790001 / 3, 0.0001],
    [['-3', 10, 9], 16, 16 / 3, 9],
    [[-0], 0, 0, 0],
  ])('%j: sum, mean and median to the last digit', (values, sum, avg, median) => {
    const aggregates = ['sum', 'avg', 'median'].map((op) => ({ op, field: 'v', as: op }))
    expect(call('/group', { rows: values.map((v) => ({ v })), aggregates }).rows).toEqual([{ sum, avg, median }])
  })
  test('refuses text that is not a number, unless told to leave it out', () => {
    const bad = { rows: [...rows, { k: 'a', v: 'n/a' }], by: ['k'], aggregates: [{ op: 'sum', field: 'v' }] }
    expect(() => call('/group', bad)).toThrow(/sum of "v": row 7 has "n\/a"/)
    expect(call('/group', { ...bad, skip_invalid: true }).rows[0]).toEqual({ k: 'a', sum_v: 5 })
  })
  test('without columns is one group, even of nothing; names may not repeat', () => {
    expect(call('/group', { rows: [], by: [], aggregates: [{ op: 'count' }, { op: 'sum', field: 'v' }] }).rows).toEqual([{ count: 0, sum_v: 0 }])
    expect(() => call('/group', { rows, by: ['k'], aggregates: [{ op: 'count', as: 'k' }] })).toThrow('aggregates[0].as')
    expect(() => call('/group', { rows, by: ['k'], aggregates: [{ op: 'sum' }] })).toThrow('aggregates[0].field: is needed for sum')
  })
  test('min and max of dates are dates', () => {
    const days = [{ d: '2024-03-05' }, { d: '2023-12-31' }]
    const aggregates = [
      { op: 'min', field: 'd' },
      { op: 'max', field: 'd' },
    ]
    expect(call('/group', { rows: days, by: [], aggregates }).rows).toEqual([{ min_d: '2023-12-31', max_d: '2024-03-05' }])
  })
})
