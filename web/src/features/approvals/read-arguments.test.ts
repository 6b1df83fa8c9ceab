import { expect, test } from 'vitest'
import { readArguments } from './read-arguments.ts'

test.each(['', '{', '[]', 'null', '7', '"text"', '{"a": 1,}'])('%j are no arguments', (text) => {
  expect(readArguments(text)).toBeNull()
})

test('an object is, also an empty one', () => {
  expect([readArguments(' {} '), readArguments('{"to": ["a"], "n": null}')]).toEqual([{}, { to: ['a'], n: null }])
})
