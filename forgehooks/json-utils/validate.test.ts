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
