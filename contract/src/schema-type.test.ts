import { expect, expectTypeOf, test } from 'vitest'
import { defineHook } from './forgehook.ts'
import type { FromSchema } from './schema-type.ts'

test('the type of an input follows from its schema', () => {
  defineHook({
    '/greet': {
      description: 'Greets',
      effect: 'read',
      input: {
        type: 'object',
        properties: {
          name: { type: 'string' },
          times: { type: 'integer' },
          mood: { enum: ['glad', 'sad'] },
          tags: { type: 'array', items: { type: ['string', 'null'] } },
          place: { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false },
          either: { anyOf: [{ type: 'boolean' }, { const: 7 }] },
        },
        required: ['name', 'mood'],
        additionalProperties: false,
      },
      handler: (input) => {
        expectTypeOf(input).toEqualTypeOf<{
          name: string
          mood: 'glad' | 'sad'
          times?: number | undefined
          tags?: (string | null)[] | undefined
          place?: { city: string } | undefined
          either?: boolean | 7 | undefined
        }>()
        return input.name
      },
    },
    '/other': {
      description: 'Another',
      input: { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false },
      examples: [{ input: { n: 1 }, output: 2 }],
      handler: ({ n }) => {
        expectTypeOf(n).toBeNumber()
        return n * 2
      },
    },
  })
  expectTypeOf<FromSchema<{ type: 'object' }>>().toEqualTypeOf<Record<string, unknown>>()
  expectTypeOf<FromSchema<{ description: 'anything' }>>().toBeUnknown()
})

test('handlers are plain functions that carry their definition', () => {
  const hook = defineHook({
    '/twice': { description: 'Doubles', effect: 'read', input: { type: 'object' }, handler: ({ n }) => Number(n) * 2 },
  })
  expect(hook['/twice']?.({ n: 4 }, {} as never)).toBe(8)
  expect(hook['/twice']).toHaveProperty('definition', { path: '/twice', description: 'Doubles', effect: 'read', input: { type: 'object' } })
})
