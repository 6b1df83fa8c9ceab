import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)

// The test cases of RFC 7396, appendix A.
test.each([
  [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
  [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
  [{ a: 'b' }, { a: null }, {}],
  [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
  [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
  [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
  [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
  [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
  [
    ['a', 'b'],
    ['c', 'd'],
    ['c', 'd'],
  ],
  [{ a: 'b' }, ['c'], ['c']],
  [{ a: 'foo' }, null, null],
  [{ a: 'foo' }, 'bar', 'bar'],
  [{ e: null }, { a: 1 }, { e: null, a: 1 }],
  [[1, 2], { a: 'b', c: null }, { a: 'b' }],
  [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
])('%j by %j', async (target, patch, result) => expect(await call('/merge_patch', { target, patch })).toEqual({ result }))

const deep = JSON.parse(`${'['.repeat(600)}${']'.repeat(600)}`) as unknown

test.each([
  ['/stringify', { value: deep }, 'value'],
  ['/flatten', { data: deep }, 'data'],
  ['/infer_schema', { data: deep }, 'data'],
  ['/merge_patch', { target: {}, patch: deep }, 'patch'],
  ['/diff', { from: deep, to: 1 }, 'from'],
  ['/patch', { target: deep, operations: [] }, 'target'],
  ['/validate', { data: deep, schema: {} }, 'data'],
])('%s refuses what is nested too deep, and names it', async (path, input, field) => {
  await expect(call(path, input)).rejects.toThrow(`${field}: is nested more than`)
})
