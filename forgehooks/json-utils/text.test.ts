import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { parse, stringify } from './text.ts'

const viaJson = (value: unknown): unknown => JSON.parse(JSON.stringify(value))

test('reads what JSON.parse reads', () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      // Longer numbers stay text, see below.
      fc.pre(!/\d{16}/.test(text))
      expect(viaJson(parse({ text }).value)).toEqual(viaJson(JSON.parse(text)))
    }),
  )
})

test('refuses what JSON.parse refuses, always with a place', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"a"',
    '1',
    '-',
    '.5',
    'e3',
    'true',
    'nul',
    ' ',
    '\n',
    "'",
    '//',
    '\\',
    '"',
    '\u0001',
    '0',
  )
  const native = (text: string): { value: unknown } | undefined => {
    try {
      return { value: viaJson(JSON.parse(text)) }
    } catch {
      return undefined
    }
  }
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 8 }), (parts) => {
      const text = parts.join('')
      // More than a double holds stays text, see below.
      fc.pre(!/e3\d\d/.test(text))
      const expected = native(text)
      if (expected) expect(viaJson(parse({ text }).value)).toEqual(expected.value)
      else expect(() => parse({ text })).toThrow(/^text: is not JSON: line \d+, column \d+: /)
    }),
    { numRuns: 2000 },
  )
})

test.each([
  ['{"a": 1,\n "b": 2,}', 'line 2, column 9: a comma before "}" is not allowed'],
  ["{'a': 1}", 'line 1, column 2: expected a name in double quotes; JSON takes straight double quotes only'],
  ['[1, 2', 'line 1, column 6: the text ends where "," or "]" is expected'],
  ['{"a": None}', 'line 1, column 7: expected a value, found "None"'],
  ['// x\n1', 'JSON has no comments'],
  ['[01]', 'not a number of JSON: 01'],
  ['["a\nb"]', 'a line end inside text'],
  ['"abc', 'line 1, column 1: the text that begins here is never closed'],
  ['"\\x"', '\\x is not an escape'],
  ['{"a" 1}', 'expected ":" after the name "a"'],
  ['1 2', 'nothing more after the value'],
  ['', 'the text is empty'],
])('%j says where and why', (text, reason) => expect(() => parse({ text })).toThrow(reason))

test('numbers that do not fit stay text', () => {
  expect(parse({ text: '[9007199254740993, 1e400, {"a/b": -9007199254740993}, 0.1, 9007199254740991]' })).toEqual({
    value: ['9007199254740993', '1e400', { 'a/b': '-9007199254740993' }, 0.1, 9007199254740991],
    warnings: [expect.stringMatching(/^\/0: /), expect.stringMatching(/^\/1: /), expect.stringMatching(/^\/2\/a~1b: /)],
  })
})

test('a name that occurs twice is warned about; __proto__ is a name', () => {
  const { value, warnings } = parse({ text: '\uFEFF{"a": 1, "a": 2, "__proto__": {"x": 1}}' })
  expect(JSON.stringify(value)).toBe('{"a":2,"__proto__":{"x":1}}')
  expect(warnings).toEqual(['/a: the name occurs twice in one object; the last value is kept'])
})

test('stringify sorts at every level', () => {
  const value = [{ b: { d: 1, c: 2 }, a: 0 }]
  expect(stringify({ value, sort_keys: true }).text).toBe('[{"a":0,"b":{"c":2,"d":1}}]')
  expect(stringify({ value: [1], indent: 1 }).text).toBe('[\n 1\n]')
})

test('endless nesting is refused before the stack is full', () => {
  expect(() => parse({ text: '['.repeat(100_000) })).toThrow('nested more than')
})

test('names that look like numbers are sorted as text too', () => {
  expect(stringify({ value: { b: 1, 10: [], 9: { z: 1, a: {} } }, sort_keys: true }).text).toBe('{"10":[],"9":{"a":{},"z":1},"b":1}')
  expect(stringify({ value: { b: [], a: [1, {}] }, sort_keys: true, indent: 2 }).text).toBe('{\n  "a": [\n    1,\n    {}\n  ],\n  "b": []\n}')
})
