import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const table = (values: unknown[]) => values.map((v) => ({ v }))
const column = (rows: Record<string, unknown>[]) => rows.map((row) => row.v)

/** Values, and which of them are the same by the one rule of the manifest: groups of places. */
const CASES: [unknown[], number[][]][] = [
  [
    ['007', '7', '7.0'],
    [[0], [1], [2]],
  ],
  [
    ['007', '7', 7, '7.0', '+7'],
    [[0], [1, 2, 3], [4]],
  ],
  [
    [null, '', ' ', 0],
    [[0, 1, 2], [3]],
  ],
  [
    ['a', 'A', 'a '],
    [[0], [1], [2]],
  ],
  [
    [true, 'true', 1],
    [[0, 1], [2]],
  ],
  [
    ['1e3', 1000, 1e3],
    [[0], [1, 2]],
  ],
  [
    ['12345678901234567890', '12345678901234567891', 1],
    [[0], [1], [2]],
  ],
  [
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, [1]],
    [[0, 1], [2]],
  ],
]

describe.each(CASES)('of %j the same are %j', (values, same) => {
  test('group, dedupe and unique agree', async () => {
    const groups = await call('/group', { rows: table(values), by: ['v'] })
    expect(groups.rows.map((row: { count: number }) => row.count)).toEqual(same.map((places) => places.length))
    const kept = await call('/dedupe', { rows: table(values), by: 'v' })
    expect(kept.row_count).toBe(same.length)
    const { problems } = await call('/validate', { rows: table(values), rules: [{ field: 'v', unique: true }] })
    const repeated = same.filter(([first]) => ![null, '', ' '].includes(values[first as number] as string)).flatMap((places) => places.slice(1))
    expect(problems.map((problem: { row: number }) => problem.row - 1)).toEqual(repeated.toSorted((a, b) => a - b))
  })
  test('a join matches them and no others, empty ones never', async () => {
    const numbered = values.map((v, at) => ({ v, at }))
    const { rows } = await call('/join', { left: numbered, right: numbered, on: 'v' })
    const pairs = same
      .filter(([first]) => ![null, '', ' '].includes(values[first as number] as string))
      .flatMap((places) => places.flatMap((a) => places.map((b) => [a, b])))
    const found = rows.map((row: { at: number; at_right: number }) => [row.at, row.at_right])
    expect(found.toSorted()).toEqual(pairs.toSorted())
  })
})

test.each<[unknown[], string, unknown, unknown[]]>([
  [['007', '7', 7], '=', 7, ['7', 7]],
  [['007', '7'], '=', '007', ['007']],
  [[7, 8], '=', '7.0', [7]],
  [[9, 'n/a', null, '$10'], '>', 5, [9, '$10']],
  [[1, 5, 10, 'x'], 'between', [2, 10], [5, 10]],
  [['2024-01-06T00:30:00+02:00', '2024-01-05T23:00:00Z'], '<', '2024-01-05T22:45:00Z', ['2024-01-06T00:30:00+02:00']],
])('of %j those %s %j are %j', async (values, op, value, kept) => {
  expect(column((await call('/filter', { rows: table(values), where: [{ field: 'v', op, value }] })).rows)).toEqual(kept)
})

test.each<[object, string[]]>([
  [{ type: 'semi' }, ['a']],
  [{ type: 'anti' }, ['b', 'c']],
  [{ type: 'left' }, ['ax', 'ay', 'b', 'c']],
  [{ type: 'outer' }, ['ax', 'ay', 'b', 'c', 'z', 'w']],
])('join %j', async (more, expected) => {
  const left = [
    { c: 1, l: 'a' },
    { c: 2, l: 'b' },
    { c: '', l: 'c' },
  ]
  const right = [
    { id: '1', r: 'x' },
    { id: 1, r: 'y' },
    { id: 3, r: 'z' },
    { id: null, r: 'w' },
  ]
  const { rows } = await call('/join', { left, right, left_on: 'c', right_on: 'id', ...more })
  expect(rows.map((row: { l?: string; r?: string }) => (row.l ?? '') + (row.r ?? ''))).toEqual(expected)
})

test.each<[unknown[], object, unknown]>([
  [[2, 4, 4, 4, 5, 5, 7, 9], { op: 'stddev_pop' }, 2],
  [[1], { op: 'stddev' }, null],
  [[15, 20, 35, 40, 50], { op: 'percentile', p: 40 }, 29],
  [['b', 'a', 'b'], { op: 'mode' }, 'b'],
  [['a', 'b', 'a'], { op: 'concat', separator: '|', distinct: true }, 'a|b'],
  [[1e15, 1e15, 0.1], { op: 'sum' }, '2000000000000000.1'],
  [[9007199254740991, 2], { op: 'sum' }, '9007199254740993'],
  [[0.1, 0.2, -0.3], { op: 'sum' }, 0],
])('%j %j is %j', async (values, wanted, result) => {
  const aggregates = [{ ...wanted, field: 'v', as: 'x' }]
  expect((await call('/group', { rows: table(values), aggregates })).rows).toEqual([{ x: result }])
})

test.each<[unknown[], string, unknown[]]>([
  [[null, 0, null, null, 3, null], 'interpolate', [null, 0, 1, 2, 3, null]],
  [[1, null, 2, 9], 'median', [1, 2, 2, 9]],
  [['a', '', 'b', 'b'], 'mode', ['a', 'b', 'b', 'b']],
  [[1, null], 'zero', [1, 0]],
])('%j filled by %s', async (values, method, filled) => {
  expect(column((await call('/fill', { rows: table(values), fields: ['v'], method })).rows)).toEqual(filled)
})

test.each<[unknown, string, object, unknown]>([
  ['03/04/2024', 'date', { order: 'dmy' }, '2024-04-03'],
  ['25/12/2024', 'date', {}, '2024-12-25'],
  ['3/25/2024 1:05 PM', 'datetime', {}, '2024-03-25T13:05:00'],
  ['１２', 'number', {}, 12],
  ['{"a":1}', 'json', {}, { a: 1 }],
])('%j as %s with %j', async (value, type, more, read) => {
  expect(column((await call('/cast', { rows: table([value]), fields: { v: type }, ...more })).rows)).toEqual([read])
})
test.each([
  ['03/04/2024', 'date'],
  ['2023-02-29', 'date'],
  ['2²', 'number'],
  ['1,2,3', 'number'],
])('%j is no %s for certain, and stays', async (value, type) => {
  expect(await call('/cast', { rows: table([value]), fields: { v: type } })).toMatchObject({ rows: [{ v: value }], problem_count: 1 })
})
