import { expect, test } from 'vitest'
import { sectionsOf, tableOf } from './table-of.ts'

test('a list of flat objects is a table; cells that are missing are empty', () => {
  expect(tableOf([{ a: 1 }, { a: null, b: 'x' }])).toEqual({
    columns: ['a', 'b'],
    rows: [
      [1, null],
      [null, 'x'],
    ],
  })
})

test.each([[[]], [[1, 2]], [[{ a: { b: 1 } }]], [[[1]]], [{ a: 1 }], ['text'], [null], [[null]], [[{}]]])('%j is none', (value) => {
  expect(tableOf(value)).toBeNull()
})

test('an answer with tables is shown part by part, and figures as a table of one row', () => {
  expect(sectionsOf({ rows: [{ a: 1 }], totals: { East: 1, West: 2 }, note: 'x' })).toEqual([
    ['rows', [{ a: 1 }]],
    ['totals', [{ East: 1, West: 2 }]],
    ['note', 'x'],
  ])
  expect([sectionsOf({ note: 'x' }), sectionsOf({ deep: { a: { b: 1 } } }), sectionsOf([{ a: 1 }]), sectionsOf('x')]).toEqual([
    null,
    null,
    null,
    null,
  ])
})
