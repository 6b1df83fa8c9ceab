import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { flatten, unflatten } from './flatten.ts'

const names = fc.oneof(
  fc.constantFrom('', 'a', '0', 'a.b', '.', '_', '__', '___', 'a_', '[0]', '[', ']', '\\', '->', '-', 'aaa', '__proto__', '😀'),
  fc.string(),
)
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom(null, true, 1.5, ''),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(names, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value

test.each(['.', '/', '__', '->', 'aa', 'aba', '😀'])('unflatten gives back what was flattened with %j', (separator) => {
  fc.assert(
    fc.property(json, (data) => {
      const { flat } = flatten({ data, separator })
      expect(JSON.stringify(unflatten({ flat, separator }).data)).toBe(JSON.stringify(data))
    }),
    { numRuns: 300 },
  )
})

test.each([
  [{ a: 1, 'a.b': 2 }, 'flat["a.b"]: another name gives a value'],
  [{ 'a.b': 1, a: 2 }, 'flat["a"]: another name gives a value'],
  [{ 'a[0]': 1, 'a.b': 2 }, 'flat["a.b"]: it makes an object of what another name makes a list'],
  [{ '[0]': 1, a: 2 }, 'flat["a"]: it makes an object of what another name makes a list'],
  [{ a: 2, '[0]': 1 }, 'flat["[0]"]: it makes a list of what another name makes an object'],
  [{ 'a[1]': 1 }, 'flat: the list at "a" has 1 items, but not [0]'],
  [{ 'a[999999999]': 1 }, 'but not [0]'],
  [{ 'a[0]b': 1 }, 'after "]" comes "." or "["'],
])('%j is refused', (flat, reason) => expect(() => unflatten({ flat })).toThrow(reason))

test.each(['', '[', '\\', 'a]'])('%j is no separator', (separator) => {
  expect(() => flatten({ data: {}, separator })).toThrow(/^separator: /)
})

test('names nested without end are refused', () => {
  expect(() => unflatten({ flat: { ['a.'.repeat(600)]: 1 } })).toThrow('nested more than')
})
