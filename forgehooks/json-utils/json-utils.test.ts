import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caller, syncCaller, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'

const folder = new URL('./', import.meta.url)
testExamples(folder, handlers)

const call = syncCaller(folder, handlers)
const callLater = caller(folder, handlers)
// As a call brings it: JSON has no -0.
const json = () => fc.jsonValue({ maxDepth: 4 }).map((value): unknown => JSON.parse(JSON.stringify(value)))

describe('properties', () => {
  test('a patch made of a difference makes the second of the first', () => {
    fc.assert(
      fc.property(json(), json(), (from, to) => {
        const { operations } = call('/diff', { from, to })
        expect(call('/patch', { target: from, operations }).result).toEqual(to)
      }),
    )
  })

  test('data fits the schema that is inferred from it', () => {
    fc.assert(
      fc.property(json(), (data) => {
        const { schema } = call('/infer_schema', { data })
        expect(call('/validate', { data, schema })).toMatchObject({ valid: true, problems: [] })
      }),
    )
  })
})

describe('nasty input', () => {
  test('a patch that fails changes nothing and names its operation', () => {
    const target = { a: 1 }
    const operations = [
      { op: 'add', path: '/b', value: 2 },
      { op: 'test', path: '/a', value: 9 },
    ]
    expect(() => call('/patch', { target, operations })).toThrow(/operations\[1\]/)
    expect(target).toEqual({ a: 1 })
  })

  test('names that JavaScript knows are names like any other', () => {
    const patch = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1}')
    expect(JSON.stringify(call('/merge_patch', { target: {}, patch }).result)).toBe('{"__proto__":{"polluted":true},"constructor":1}')
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
    expect(call('/get', { data: {}, pointer: '/constructor' }).found).toBe(false)
  })

  test('an error in JSON text says the line and the column', () => {
    expect(() => call('/parse', { text: '{\n  "a": 1,\n  "b": }\n' })).toThrow(/line 3/)
  })

  test('whole numbers beyond 2^53 are kept as they are written', () => {
    const { value, warnings } = call('/parse', { text: '[12345678901234567890]' })
    expect([value, warnings.length]).toEqual([['12345678901234567890'], 1])
  })

  test('a query that is wrong, or never ends, is an error of its expression', async () => {
    await expect(callLater('/query', { data: {}, expression: '$sum(' })).rejects.toThrow(/expression/)
    await expect(callLater('/query', { data: {}, expression: '($f := function($n) { $f($n + 1) + 1 }; $f(0))' })).rejects.toThrow(/expression/)
  })

  test('what is flattened is unflattened to the same', () => {
    const data = { a: { b: [1, { c: 'x' }] }, 'd.e': null }
    const flat = Object.values(call('/flatten', { data }))[0]
    expect(Object.values(call('/unflatten', { flat }))[0]).toEqual(data)
  })
})
