import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)
const patched = async (target: unknown, ...operations: unknown[]) => (await call('/patch', { target, operations })).result as unknown

// The examples of RFC 6902, appendix A.
test.each<[string, unknown, unknown[], unknown]>([
  ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { baz: 'qux', foo: 'bar' }],
  ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
  ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
  ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
  ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
  [
    'A.6',
    { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
    [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
    { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
  ],
  ['A.7', { foo: ['all', 'grass', 'cows', 'eat'] }, [{ op: 'move', from: '/foo/1', path: '/foo/3' }], { foo: ['all', 'cows', 'eat', 'grass'] }],
  [
    'A.8',
    { baz: 'qux', foo: ['a', 2, 'c'] },
    [
      { op: 'test', path: '/baz', value: 'qux' },
      { op: 'test', path: '/foo/1', value: 2 },
    ],
    { baz: 'qux', foo: ['a', 2, 'c'] },
  ],
  ['A.10', { foo: 'bar' }, [{ op: 'add', path: '/child', value: { grandchild: {} } }], { foo: 'bar', child: { grandchild: {} } }],
  ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
  ['A.16', { foo: ['bar'] }, [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }], { foo: ['bar', ['abc', 'def']] }],
  [
    'the root',
    { a: 1 },
    [
      { op: 'replace', path: '', value: [1] },
      { op: 'add', path: '/-', value: null },
    ],
    [1, null],
  ],
  ['members in another order', { a: { b: 1, c: [2] } }, [{ op: 'test', path: '/a', value: { c: [2], b: 1 } }], { a: { b: 1, c: [2] } }],
  ['a move to its own place', { a: 1 }, [{ op: 'move', from: '/a', path: '/a' }], { a: 1 }],
  ['an empty name', { '': 1 }, [{ op: 'replace', path: '/', value: 2 }], { '': 2 }],
  [
    'a copy that is a copy',
    { a: { n: 1 } },
    [
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/b/n', value: 2 },
    ],
    { a: { n: 1 }, b: { n: 2 } },
  ],
])('%s', async (_, target, operations, result) => expect(await patched(target, ...operations)).toEqual(result))

test.each<[unknown, unknown, string]>([
  [{ baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }, 'operations[1]: the test failed: the value at /baz is another; nothing was changed'],
  [{ foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }, 'operations[1].path: there is nothing at /baz'],
  [{ '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: '10' }, 'operations[1]: the test failed'],
  [{}, { op: 'add', path: '/a' }, 'operations[1].value: is needed for add'],
  [{}, { op: 'move', path: '/a' }, 'operations[1].from: is needed for move'],
  [{}, { op: 'remove', path: '/a' }, 'operations[1].path: there is nothing at /a'],
  [{}, { op: 'replace', path: '/a', value: 1 }, 'operations[1].path: there is nothing at /a'],
  [{ a: [1] }, { op: 'add', path: '/a/2', value: 1 }, '"2" is no place in the list, which has 1 items'],
  [{ a: [1] }, { op: 'add', path: '/a/01', value: 1 }, '"01" is no place in the list'],
  [{ a: [1] }, { op: 'remove', path: '/a/-' }, '"-" is no place in a list'],
  [{ a: [1] }, { op: 'remove', path: '/a/1' }, 'the list has 1 items'],
  [{ a: 1 }, { op: 'add', path: '/a/b', value: 1 }, 'what is at /a is neither an object nor a list'],
  [{ a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/b' }, 'operations[1].path: /a cannot be moved into itself (/a/b)'],
  [{}, { op: 'add', path: 'a', value: 1 }, 'operations[1].path: "a" is not a JSON pointer'],
  [{}, { op: 'remove', path: '' }, 'the whole document cannot be removed'],
  [{}, { op: 'remove', path: '/constructor' }, 'there is nothing at /constructor'],
  [{}, { op: 'add', path: '/__proto__/polluted', value: 1 }, 'there is nothing at /__proto__'],
])('%j: %j is refused', async (target, operation, reason) => {
  await expect(patched(target, { op: 'add', path: '/first', value: 1 }, operation)).rejects.toThrow(reason)
})

test('a failed patch leaves the target alone', async () => {
  const target = { list: [1], object: {} }
  await expect(
    patched(target, { op: 'add', path: '/list/-', value: 2 }, { op: 'add', path: '/object/a', value: 2 }, { op: 'remove', path: '/nope' }),
  ).rejects.toThrow('operations[2]')
  expect(target).toEqual({ list: [1], object: {} })
})

test('__proto__ is a name like any other', async () => {
  const result = await patched({}, { op: 'add', path: '/__proto__', value: { polluted: 1 } })
  expect(JSON.stringify(result)).toBe('{"__proto__":{"polluted":1}}')
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
})

test('copies of copies do not fill the memory', async () => {
  const doubling = Array.from({ length: 40 }, (_, index) => ({ op: 'copy', from: '', path: `/c${index}` }))
  await expect(patched({ a: 1 }, ...doubling)).rejects.toThrow(/operations\[\d+\]: the copies hold more than/)
})

describe('diff', () => {
  const json = fc.letrec<{ value: unknown }>((tie) => ({
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom(null, true, 0, 1, 2, 'a', 'b'),
      fc.array(tie('value'), { maxLength: 8 }),
      fc.dictionary(fc.constantFrom('a', 'b', '', '0', 'a/b', '~1', '__proto__', 'constructor'), tie('value'), { maxKeys: 5, noNullPrototype: true }),
    ),
  })).value

  test('patch by the difference gives the other', async () => {
    await fc.assert(
      fc.asyncProperty(json, json, async (from, to) => {
        const { operations, equal } = await call('/diff', { from, to })
        const result = (await call('/patch', { target: from, operations })).result
        expect(result).toEqual(to)
        expect((await call('/diff', { from: result, to })).operations).toEqual([])
        expect(equal).toBe(operations.length === 0)
      }),
      { numRuns: 1000 },
    )
  })

  test.each([
    [[1, 2, 3], [2, 3], [{ op: 'remove', path: '/0' }]],
    [[1, 3], [1, 2, 3], [{ op: 'add', path: '/1', value: 2 }]],
    [
      [
        { id: 1, n: 1 },
        { id: 2, n: 1 },
      ],
      [
        { id: 1, n: 1 },
        { id: 2, n: 5 },
      ],
      [{ op: 'replace', path: '/1/n', value: 5 }],
    ],
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, []],
    [1, [1], [{ op: 'replace', path: '', value: [1] }]],
    [{ a: null }, {}, [{ op: 'remove', path: '/a' }]],
    [[[1, 2], 5], [[1], 5], [{ op: 'remove', path: '/0/1' }]],
  ])('%j to %j is short', async (from, to, operations) => expect((await call('/diff', { from, to })).operations).toEqual(operations))

  test('long lists', async () => {
    const from = Array.from({ length: 20_000 }, (_, index) => ({ id: index, v: 0 }))
    const to = from.toReversed()
    const { operations } = await call('/diff', { from, to })
    expect((await call('/patch', { target: from, operations })).result).toEqual(to)
  })
})
