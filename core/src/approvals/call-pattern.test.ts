import { expect, test } from 'vitest'
import { inputHash, matchesPattern, patternOf } from './call-pattern.ts'

const call = { to: 'bob', text: 'hello', options: { urgent: true, copies: [1, 2] } }

test.each([
  ['the same call', call, true],
  ['with its fields in another order', { options: { copies: [1, 2], urgent: true }, text: 'hello', to: 'bob' }, true],
  ['with another value deep inside', { ...call, options: { urgent: true, copies: [2, 1] } }, false],
  ['with a field less', { to: 'bob', text: 'hello' }, false],
  ['with a field more', { ...call, copy: 'eve' }, false],
  ['with a value of another type', { ...call, to: ['bob'] }, false],
])('all fields fixed: %s', (_, input, expected) => {
  expect(matchesPattern(patternOf(call, Object.keys(call)), input)).toBe(expected)
})

test.each([
  ['what is open is another', { ...call, text: 'bye' }, true],
  ['what is open is not there', { to: 'bob' }, true],
  ['what is fixed is another', { ...call, to: 'eve' }, false],
  ['what is fixed is not there', { text: 'hello' }, false],
  ['there is what nobody looked at', { ...call, copy: 'eve' }, false],
])('one field fixed: %s', (_, input, expected) => {
  expect(matchesPattern(patternOf(call, ['to']), input)).toBe(expected)
})

test('names that every object has are fields like others', () => {
  const odd = JSON.parse('{"__proto__": 1, "constructor": 2}') as Record<string, unknown>
  expect(matchesPattern(patternOf({}, []), odd)).toBe(false)
  expect(matchesPattern(patternOf({ to: 'bob' }, ['to']), { to: 'bob', constructor: 'x' })).toBe(false)
})

test('the hash is of the arguments, not of how they are written', () => {
  expect(inputHash({ a: 1, b: { c: 2, d: 3 } })).toBe(inputHash({ b: { d: 3, c: 2 }, a: 1 }))
  expect(inputHash({ a: 1 })).not.toBe(inputHash({ a: '1' }))
})
