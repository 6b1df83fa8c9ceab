import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('.', import.meta.url), handlers)
const check = (data: unknown, schema: unknown) => call('/validate', { data, schema })

test('each draft by its own rules', async () => {
  const items = [{ type: 'string' }]
  const $schema = 'http://json-schema.org/draft-07/schema#'
  expect((await check([1], { prefixItems: items })).valid).toBe(false)
  expect((await check([1], { $schema, items })).valid).toBe(false)
  expect((await check([1], { $schema, prefixItems: items })).valid).toBe(true)
})

test('problems are in words, with pointers', async () => {
  const schema = {
    properties: { 'a/b': { items: { type: 'number' } }, day: { format: 'date' } },
    required: ['n'],
    additionalProperties: { type: 'null' },
  }
  expect((await check({ 'a/b': [1, 'x'], day: '2023-02-29', extra: 1 }, schema)).problems).toEqual(
    expect.arrayContaining([
      { path: '', message: '"n" is required' },
      { path: '/extra', message: 'must be null, not number' },
      { path: '/a~1b/1', message: 'must be number, not string' },
      { path: '/day', message: 'must match format "date"' },
    ]),
  )
})

test('a long list of problems is cut, and counted', async () => {
  const data = Array.from({ length: 500 }, () => 'x')
  const answer = await check(data, { items: { type: 'number' } })
  expect(answer.problems).toHaveLength(200)
  expect(answer.problem_count).toBe(500)
})

test.each([
  [{ type: 'strnig' }, /^schema: is not a valid JSON Schema: /],
  [{ $ref: 'https://example.com/schema.json' }, /^schema: refers to 'https:\/\/example.com\/schema.json'/],
  [{ pattern: '(' }, /^schema: /],
  [{ $schema: 5 }, /^schema\.\$schema: must be text/],
  [{ $schema: 'constructor' }, /^schema\.\$schema: 'constructor' is not known/],
  [{ $schema: 'http://json-schema.org/draft-03/schema#' }, /draft 2020-12 and draft 7/],
])('%j is no schema', async (schema, reason) => {
  await expect(check('x', schema)).rejects.toThrow(reason)
})

test('a schema that refers to itself, with the same $id in two calls', async () => {
  const tree = { $id: 'https://example.com/tree', properties: { children: { type: 'array', items: { $ref: '#' } } } }
  expect((await check({ children: [{ children: [] }] }, tree)).valid).toBe(true)
  expect((await check({ children: [{ children: 5 }] }, tree)).problems).toEqual([
    { path: '/children/0/children', message: 'must be array, not number' },
  ])
})

test('inferred formats are those that validate checks', async () => {
  expect((await call('/infer_schema', { data: ['2024-03-05', null] })).schema.items).toEqual({ type: ['string', 'null'], format: 'date' })
  expect((await call('/infer_schema', { data: ['2024-03-05', '2023-02-29'] })).schema.items).toEqual({ type: 'string' })
})

test.each<[unknown, object, boolean]>([
  [0.3, { multipleOf: 0.1 }, true],
  [19.99, { multipleOf: 0.01 }, true],
  [0.35, { multipleOf: 0.1 }, false],
  [{}, { required: ['toString'] }, false],
  ['2024-03-06T24:00:00Z', { format: 'date-time' }, false],
  ['2016-12-31T23:59:60Z', { format: 'date-time' }, true],
  ['2024-03-06T10:00:00+05', { format: 'date-time' }, false],
  ['P1Y2D', { format: 'duration' }, false],
  ['example.com.', { format: 'hostname' }, false],
  ['http://a:x/', { format: 'uri' }, false],
  [{ a: 1 }, { if: { properties: { a: { const: 1 } } }, unevaluatedProperties: false }, true],
  [
    [1, 1, 1],
    { $schema: 'http://json-schema.org/draft-07/schema#', $ref: '#/definitions/l', maxItems: 1, definitions: { l: { type: 'array' } } },
    true,
  ],
])('%j by %j', async (data, schema, valid) => expect((await check(data, schema)).valid).toBe(valid))

test('what cannot be checked is said or refused', async () => {
  expect((await check('x', { format: 'iri' })).warnings).toEqual(['the format iri is not checked; it is not known here'])
  await expect(check('x', { $dynamicRef: '#x' })).rejects.toThrow('$dynamicRef')
  await expect(check(1, { $ref: '#' })).rejects.toThrow('schema: refers to itself without end')
})

test('values are compared as JSON, whatever the names of their members', async () => {
  const odd = { toString: 1, valueOf: 'x', constructor: { a: 1 }, hasOwnProperty: null }
  const valid = async (data: unknown, schema: unknown) => (await check(data, schema)).valid
  expect(await valid(odd, { const: structuredClone(odd) })).toBe(true)
  expect(await valid(odd, { const: { ...odd, toString: 2 } })).toBe(false)
  expect(await valid(odd, { enum: [1, { toString: 1 }, structuredClone(odd)] })).toBe(true)
  expect(await valid({ toString: 1 }, { enum: [null, 'a'] })).toBe(false)
  expect(await valid([odd, structuredClone(odd)], { uniqueItems: true })).toBe(false)
  expect(await valid([odd, { ...odd, valueOf: 'y' }], { uniqueItems: true })).toBe(true)
  expect((await check([{ a: 1, b: 2 }, 5, { b: 2, a: 1 }], { uniqueItems: true })).problems).toEqual([
    { path: '', message: 'must not have duplicate items (items ## 0 and 2 are identical)' },
  ])
  expect((await check(3, { enum: [1, 'a'] })).problems).toEqual([{ path: '', message: 'must be one of 1, "a"' }])
  expect((await check(3, { const: { a: [1] } })).problems).toEqual([{ path: '', message: 'must be {"a":[1]}' }])
})
