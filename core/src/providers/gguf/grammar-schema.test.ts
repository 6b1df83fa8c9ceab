import { expect, test } from 'vitest'
import { grammarSchema, leavesOut, withoutNulls } from './grammar-schema.ts'

const anything = { oneOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array' }, { type: 'object', additionalProperties: true }] }

test.each<[string, unknown, unknown]>([
  ['nothing said', {}, anything],
  ['true', true, anything],
  [
    'a list of types',
    { type: ['string', 'array'], items: { type: 'null' } },
    { oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'null' } }] },
  ],
  ['an object without properties', { type: 'object' }, { type: 'object', properties: {}, additionalProperties: true }],
  ['an object without any', { type: 'object', additionalProperties: false }, { type: 'object', properties: {}, additionalProperties: false }],
  [
    'a property that may be left out',
    { properties: { a: { type: 'string' }, b: { type: 'string' }, c: { enum: [1, null] } }, required: ['a'] },
    { type: 'object', properties: { a: { type: 'string' }, b: { oneOf: [{ type: 'string' }, { type: 'null' }] }, c: { enum: [1, null] } } },
  ],
  [
    'objects put together',
    {
      allOf: [
        { properties: { a: { type: 'null' } }, required: ['a'] },
        { type: 'object', properties: { b: { type: 'null' } }, required: ['b'] },
      ],
    },
    { type: 'object', properties: { a: { type: 'null' }, b: { type: 'null' } } },
  ],
  [
    'definitions by either name',
    { type: 'array', items: { $ref: '#/definitions/x' }, definitions: { x: { type: 'boolean' } } },
    { type: 'array', items: { $ref: '#/$defs/x' }, $defs: { x: { type: 'boolean' } } },
  ],
  ['a reference to elsewhere', { $ref: 'https://example.com/schema' }, anything],
  ['a small range of numbers', { type: 'integer', minimum: 1, maximum: 3 }, { enum: [1, 2, 3] }],
  ['a large one', { type: 'integer', minimum: 1, maximum: 3000 }, { type: 'integer' }],
  ['lengths that a grammar can hold', { type: 'string', minLength: 1, maxLength: 8000 }, { type: 'string', minLength: 1 }],
  ['a format', { type: 'string', format: 'date', description: 'when' }, { description: 'when', type: 'string', format: 'date' }],
  ['listed objects', { enum: [{ a: 1 }] }, anything],
])('%s', (_, schema, expected) => {
  expect(grammarSchema(schema)).toEqual(expected)
})

const node = {
  $defs: { node: { type: 'object', properties: { v: { type: 'integer' }, next: { $ref: '#/$defs/node' } }, required: ['v'] } },
  $ref: '#/$defs/node',
}

test.each<[string, unknown, unknown, unknown]>([
  ['what was left out', { properties: { a: { type: 'string' } } }, { a: null }, {}],
  ['what must be there', { properties: { a: { type: 'string' } }, required: ['a'] }, { a: null }, { a: null }],
  ['what may be null', { properties: { a: { type: ['string', 'null'] } } }, { a: null }, { a: null }],
  ['what nobody described', { properties: {}, additionalProperties: true }, { a: null }, { a: null }],
  ['behind a reference', node, { v: 1, next: { v: 2, next: null } }, { v: 1, next: { v: 2 } }],
  ['in a list', { items: { properties: { a: { type: 'string' } } } }, [{ a: null }, { a: 'x' }], [{}, { a: 'x' }]],
  [
    'in one of several',
    {
      anyOf: [
        { properties: { kind: { const: 'a' }, x: { type: ['string', 'null'] } }, required: ['kind'] },
        { properties: { kind: { const: 'b' }, x: { type: 'string' } }, required: ['kind'] },
      ],
    },
    { kind: 'b', x: null },
    { kind: 'b' },
  ],
])('nulls: %s', (_, schema, value, expected) => {
  expect(withoutNulls(value, schema)).toEqual(expected)
})

test('whether something may be left out', () => {
  expect(leavesOut(node)).toBe(true)
  expect(leavesOut({ type: 'object', properties: { a: { type: 'string' }, b: { type: ['null', 'string'] } }, required: ['a'] })).toBe(false)
  expect(leavesOut(undefined)).toBe(false)
})
