import { expect, test } from 'vitest'
import { align } from './align.ts'

const lines = (a: string, b: string, alike?: (a: string, b: string) => boolean) =>
  align([...a], [...b], (one, other) => one === other, alike).map(({ a, b }) => `${a ?? '-'}${b ?? '-'}`)

test('what is the same stands in one row, the rest alone, in order', () => {
  expect(lines('abc', 'abc')).toEqual(['aa', 'bb', 'cc'])
  expect(lines('abcd', 'axcd')).toEqual(['aa', 'b-', '-x', 'cc', 'dd'])
  expect(lines('abc', 'xabyc')).toEqual(['-x', 'aa', 'bb', '-y', 'cc'])
  expect(lines('', 'ab')).toEqual(['-a', '-b'])
  expect(lines('ab', '')).toEqual(['a-', 'b-'])
})

test('what is only alike stands in one row where nothing fits better', () => {
  const sameLetter = (a: string, b: string) => a.toLowerCase() === b.toLowerCase()
  expect(lines('abC', 'xBc', sameLetter)).toEqual(['a-', '-x', 'bB', 'Cc'])
})

test('both sides come back whole and in order, whatever they are', () => {
  let seed = 7
  const random = (n: number) => (seed = (seed * 1103515245 + 12345) % 2 ** 31) % n
  for (let round = 0; round < 200; round++) {
    const side = () => Array.from({ length: random(12) }, () => 'abC'[random(3)] ?? '').join('')
    const [a, b] = [side(), side()]
    const rows = align(
      [...a],
      [...b],
      (x, y) => x === y,
      (x, y) => x.toLowerCase() === y.toLowerCase(),
    )
    expect(rows.map((row) => row.a ?? '').join('')).toBe(a)
    expect(rows.map((row) => row.b ?? '').join('')).toBe(b)
  }
})

test('lists of tens of thousands are not compared each with each', () => {
  const many = Array.from({ length: 30_000 }, (_, i) => `${i}`)
  expect(align(many, [...many].reverse(), (a, b) => a === b)).toHaveLength(30_000)
})
