import { readFileSync } from 'node:fs'
import { Manifest } from '@cadre/contract/forgehook'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { testContext } from '../lib/hook-test.ts'
import handlers from './index.ts'

const endpoints = Manifest.parse(JSON.parse(readFileSync(new URL('forgehook.json', import.meta.url), 'utf8'))).endpoints
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
const schemas = new Map(endpoints.map(({ path, input, output }) => [path, { input: ajv.compile(input), output: ajv.compile(output ?? {}) }]))

function call(path: string, input: unknown): any {
  const schema = schemas.get(path)
  schema?.input(input)
  expect(schema?.input.errors ?? []).toEqual([])
  const output = handlers[path]?.(input, testContext())
  const sent = JSON.parse(JSON.stringify(output))
  expect(output).toEqual(sent)
  schema?.output(sent)
  expect(schema?.output.errors ?? []).toEqual([])
  return sent
}
const column = (rows: Record<string, unknown>[], field: string) => rows.map((row) => row[field])

describe('endpoints', () => {
  test('and handlers are the same', () => {
    expect(Object.keys(handlers).toSorted()).toEqual(endpoints.map(({ path }) => path).toSorted())
    for (const { effect, input } of endpoints) {
      expect(effect).toBe('read')
      expect(input.additionalProperties).toBe(false)
      new Ajv2020({ allowUnionTypes: true }).compile(input)
    }
  })
  for (const { path, examples } of endpoints)
    test.each(examples ?? [])(`${path} example: $title`, (example) => {
      expect(call(path, example.input)).toEqual(example.output)
    })
})

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

describe('join', () => {
  const left = [
    { id: 1, v: 'a' },
    { id: null, v: 'b' },
    { id: 3, v: 'c' },
  ]
  const right = [
    { id: '1', v: 'x' },
    { id: null, v: 'y' },
    { id: 4, v: 'z' },
    { id: 1, v: 'w' },
  ]
  const shown = (type: string) => call('/join', { left, right, on: ['id'], type }).rows.map((row: any) => [row.id, row.v, row.v_right].join())
  test.each([
    ['inner', ['1,a,x', '1,a,w']],
    ['left', ['1,a,x', '1,a,w', ',b,', '3,c,']],
    ['right', ['1,a,x', ',,y', '4,,z', '1,a,w']],
    ['full', ['1,a,x', '1,a,w', ',b,', '3,c,', ',,y', '4,,z']],
  ])('%s', (type, expected) => expect(shown(type)).toEqual(expected))
  test('names the table that lacks a key, and never overwrites a column', () => {
    expect(() => call('/join', { left, right, on: [{ left: 'id', right: 'no' }] })).toThrow(/right table.*"no"/)
    const made = call('/join', { left: [{ id: 1, a: 1, a_right: 2 }], right: [{ id: 1, a: 3, a_right: 4 }], on: ['id'] }).rows
    expect(Object.values(made[0]).toSorted()).toEqual([1, 1, 2, 3, 4])
  })
  test('refuses to make millions of rows of repeated keys', () => {
    const many = Array.from({ length: 1100 }, () => ({ k: 1 }))
    expect(() => call('/join', { left: many, right: many, on: ['k'] })).toThrow('the keys repeat on both sides')
  })
})

test('pivot sums exactly, counts, and unpivot turns it back', () => {
  const rows = [
    { s: 'A', m: 'x', v: 0.1 },
    { s: 'A', m: 'x', v: 0.2 },
    { s: 'B', m: null, v: 1 },
  ]
  const wide = call('/pivot', { rows, index: ['s'], columns: 'm', values: 'v' })
  expect(wide).toEqual({
    rows: [
      { s: 'A', x: 0.3, '(empty)': null },
      { s: 'B', x: null, '(empty)': 1 },
    ],
    columns: ['x', '(empty)'],
  })
  expect(call('/pivot', { rows, index: 's', columns: 'm', aggregate: 'count' }).rows[1]).toEqual({ s: 'B', x: 0, '(empty)': 1 })
  expect(call('/unpivot', { rows: wide.rows, keep: ['s'] }).rows[0]).toEqual({ s: 'A', name: 'x', value: 0.3 })
  expect(() => call('/unpivot', { rows, keep: ['s'], name: 's' })).toThrow('name: "s" is a column of keep')
  expect(() => call('/pivot', { rows, index: 's', columns: 'm' })).toThrow('values: is needed for sum')
})

test.each([
  ['value', { value: 0 }, [0, 1, 0, 3, 0]],
  ['forward', {}, [null, 1, 1, 3, 3]],
  ['backward', {}, [1, 1, 3, 3, null]],
  ['mean', {}, [2, 1, 2, 3, 2]],
])('fill by %s', (method, more, expected) => {
  const rows = [null, 1, null, 3, null].map((v) => ({ v }))
  expect(column(call('/fill', { rows, fields: ['v'], method, ...more }).rows, 'v')).toEqual(expected)
})

test('validate finds each kind of fault', () => {
  const rows = [
    { a: 'x', d: '2024-03-05', e: 'no' },
    { a: 'x', d: '2024-02-30', e: 'a@b.co' },
    { a: 'zz', d: '2025-01-01', e: '' },
  ]
  const rules = [
    { field: 'a', unique: true, pattern: '^x$', one_of: ['x', 'y'] },
    { field: 'd', type: 'date', max: '2024-12-31' },
    { field: 'e', type: 'email', required: true },
  ]
  const { problems, valid } = call('/validate', { rows, rules })
  expect(valid).toBe(false)
  expect(problems.map((problem: any) => `${problem.row} ${problem.field} ${problem.rule}`)).toEqual([
    '1 e type',
    '2 a unique',
    '2 d type',
    '3 a pattern',
    '3 a one_of',
    '3 d max',
    '3 e required',
  ])
})

test('columns called __proto__ and constructor are columns like any other', () => {
  const rows = JSON.parse('[{"__proto__":1,"constructor":"a","k":"__proto__"},{"k":"constructor"}]')
  const own = (path: string, input: object) => JSON.stringify(call(path, { rows, ...input }).rows)
  expect(own('/select', { fields: ['__proto__', 'constructor'] })).toBe('[{"__proto__":1,"constructor":"a"},{"__proto__":null,"constructor":null}]')
  expect(own('/group', { by: ['constructor'], aggregates: [{ op: 'sum', field: '__proto__', as: '__proto__' }] })).toBe(
    '[{"constructor":"a","__proto__":1},{"constructor":null,"__proto__":0}]',
  )
  expect(own('/pivot', { index: 'k', columns: 'k', values: '__proto__' })).toBe(
    '[{"k":"__proto__","__proto__":1,"constructor":null},{"k":"constructor","__proto__":null,"constructor":0}]',
  )
  expect(own('/rename', { fields: { k: 'toString' } })).toContain('"toString":"constructor"')
  expect(own('/filter', { where: [{ field: 'constructor', op: 'empty' }] })).toBe('[{"k":"constructor"}]')
  expect(() => own('/sort', { by: [{ field: 'toString' }] })).toThrow('no row has a column "toString"')
})

test('200,000 rows are grouped and sorted right', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => ({ id: (i * 7919) % 200_000, k: `key ${i % 1000}`, v: 0.1 }))
  const groups = call('/group', { rows, by: ['k'], aggregates: [{ op: 'sum', field: 'v' }, { op: 'count' }] }).rows
  expect(groups).toHaveLength(1000)
  expect(groups.every((made: any) => made.sum_v === 20 && made.count === 200)).toBe(true)
  const sorted = call('/sort', { rows, by: [{ field: 'k', direction: 'desc' }, { field: 'id' }] }).rows
  expect([sorted[0].k, sorted.at(-1).k]).toEqual(['key 999', 'key 0'])
  expect(call('/sort', { rows, by: [{ field: 'id' }] }).rows.every((row: any, i: number) => row.id === i)).toBe(true)
}, 60_000)
