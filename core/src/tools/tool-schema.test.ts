import { describe, expect, test } from 'vitest'
import { ToolError } from './tool-error.ts'
import { checkSchema, compileSchema, validateInput, validateOutput } from './tool-schema.ts'

const draft7 = 'http://json-schema.org/draft-07/schema#'
const wrong = (schema: Record<string, unknown>, value: unknown) => compileSchema(schema)(value).map(({ path, message }) => `${path}|${message}`)

describe('what does not fit is said with its field', () => {
  const row = { type: 'object', properties: { 'net/gross': { enum: ['net', 'gross'] }, amount: { type: ['number', 'null'] } }, required: ['amount'] }
  const schema = {
    type: 'object',
    properties: { rows: { type: 'array', minItems: 1, items: row }, on: { type: 'string', format: 'date' } },
    additionalProperties: false,
  }
  test.each([
    [{ rows: [{ amount: 1 }] }, []],
    [{ rows: [{}] }, ['rows[0].amount|is required']],
    [{ rows: [{ amount: 'x' }] }, ['rows[0].amount|must be number or null, not string']],
    [{ rows: [{ amount: 1, 'net/gross': 'x' }] }, ['rows[0].net/gross|must be one of "net", "gross"']],
    [{ rows: [] }, ['rows|must not have fewer than 1 items']],
    [{ on: '2024-13-01' }, ['on|must match format "date"']],
    [{ row: [] }, ['row|is not a known field; known: rows, on']],
    [[], ['|must be object, not array']],
  ])('%j', (value, expected) => {
    expect(wrong(schema, value)).toEqual(expected)
  })

  test('a choice says what it wants, or what is wrong with the branch that came furthest', () => {
    const choice = { anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'number' } }] }
    expect(wrong({ type: 'object', properties: { by: choice } }, { by: 1 })).toEqual(['by|must be string, not number, or must be array, not number'])
    expect(wrong({ type: 'object', properties: { by: choice } }, { by: [1, 'x'] })).toEqual(['by[1]|must be number, not string'])
  })
})

describe('drafts', () => {
  const tuple = { $schema: draft7, items: [{ type: 'number' }] }
  test('draft 7 by its $schema, 2020-12 without', () => {
    expect(wrong(tuple, ['x'])).toEqual(['[0]|must be number, not string'])
    expect(wrong({ prefixItems: [{ type: 'number' }] }, ['x'])).toEqual(['[0]|must be number, not string'])
  })
  test('two schemas may carry the same $id, inside and out', () => {
    const one = (type: string) => ({ $id: 'https://x.test/a', $ref: 'inner', $defs: { i: { $id: 'https://x.test/inner', type } } })
    expect(wrong(one('string'), 1)).toHaveLength(1)
    expect(wrong(one('number'), 1)).toEqual([])
  })
})

describe('a schema that is none is refused', () => {
  test.each([
    [{ type: 'objekt' }, /^input: is not a valid JSON Schema: \/type must be equal to one of the allowed values/],
    [{ $ref: '#/$defs/none' }, /^input: refers to '#\/\$defs\/none', which is not in it/],
    [{ $ref: 'https://example.com/schema.json' }, /^input: refers to 'https:\/\/example.com\/schema.json', which is not in it/],
    [
      { $schema: 'http://json-schema.org/draft-04/schema#' },
      /^input: has the \$schema 'http:\/\/json-schema.org\/draft-04\/schema'; draft 2020-12 and draft 7 are known/,
    ],
    [{ type: 'string', pattern: '(' }, /^input: is not a valid JSON Schema/],
    [{ description: 'x'.repeat(200_001) }, /^input: is a schema of \d+ characters/],
  ])('%#', (schema, message) => {
    expect(() => checkSchema(schema, 'input')).toThrow(message)
    expect(() => checkSchema(schema, 'input')).toThrow(
      expect.objectContaining({ code: 'INVALID', issues: [expect.objectContaining({ path: 'input' })] }),
    )
  })
})

test('a tool refuses an input, and owns up to an output, that does not fit', () => {
  const tool = { name: 'x__y', input: { type: 'object', required: ['a', 'b'] }, output: { type: 'object', required: ['sum'] } }
  expect(() => validateInput(tool, {})).toThrow(new ToolError('a: is required'))
  expect(() => validateInput(tool, 3)).toThrow(new ToolError('the input must be object, not number'))
  expect(() => validateOutput(tool, {})).toThrow("'x__y' answered something that its own output schema does not allow: sum is required")
  expect(() => validateOutput({ ...tool, output: undefined }, {})).not.toThrow()
})
