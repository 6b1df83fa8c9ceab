import { expect, test } from 'vitest'
import { lonely, partAt, stackUp } from './stack.ts'

test('columns stand on one another, and each height is of one of them', () => {
  const stacked = stackUp([
    [3, 0],
    [0, 0],
    [1, 2],
  ])
  expect(stacked).toEqual([
    [3, 0],
    [3, 0],
    [4, 2],
  ])
  expect([0.5, 3, 3.5, 4.1].map((height) => partAt(stacked, 0, height))).toEqual([0, 0, 2, null])
  expect([0, 1, 3].map((height) => partAt(stacked, 1, height))).toEqual([2, 2, null])
})

test('a value between gaps is lonely', () => {
  expect(lonely([1, null, 2, 3, null, 4])).toEqual([0, 5])
  expect(lonely([null, null])).toEqual([])
})
