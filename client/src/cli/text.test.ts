import { expect, test } from 'vitest'
import { table } from './table.ts'
import { duration, harmless, oneLine, shorten, widthOf } from './text.ts'

test.each([
  [999, '999 ms'],
  [1_250, '1.3 s'],
  [59_900, '59.9 s'],
  [59_999, '1 min 0 s'],
  [60_000, '1 min 0 s'],
  [3_599_999, '1 h 0 min'],
  [5_400_000, '1 h 30 min'],
])('%i ms is %s', (ms, text) => expect(duration(ms)).toBe(text))

test('what would steer a terminal is taken out', () => {
  expect(oneLine('a\r\n\tb \u001b[2Jc\u0007\u009b31m\u202ed')).toBe('a b cd')
  expect(harmless('a\n\tb\u001b]0;title\u0007')).toBe('a\n\tb')
})

test('width counts columns, shorten keeps to them', () => {
  expect(widthOf('日本語')).toBe(6)
  expect(widthOf('e\u0301')).toBe(1)
  expect(shorten('日本語日本語', 7)).toBe('日本語…')
  expect(shorten('abcdef', 6)).toBe('abcdef')
  expect(shorten('abcdefg', 6)).toBe('abcde…')
  expect(shorten('x'.repeat(1_000_000), 10)).toBe('xxxxxxxxx…')
})

test('a table keeps to 100 columns where a flexible column gives way', () => {
  const lines = table([{ title: 'ID' }, { title: 'TEXT', flexible: true }], [['x'.repeat(40), 'y'.repeat(90)]]).split('\n')
  expect(lines[1]).toBe(`${'x'.repeat(40)}  ${'y'.repeat(57)}…`)
})
