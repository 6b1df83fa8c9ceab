import { describe, expect, test } from 'vitest'
import { syncCaller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = syncCaller(new URL('./', import.meta.url), handlers)
const column = (rows: Record<string, unknown>[], field: string) => rows.map((row) => row[field])

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
