import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { fieldsOf, readInput, startValues } from './schema-fields.ts'

type Example = { title?: string; input: Record<string, unknown> }
const hooks = join(import.meta.dirname, '../../../../forgehooks')
const examples = readdirSync(hooks)
  .map((id) => join(hooks, id, 'forgehook.json'))
  .filter((file) => existsSync(file))
  .flatMap((file) => {
    const { id, endpoints } = JSON.parse(readFileSync(file, 'utf8')) as {
      id: string
      endpoints: { path: string; input: Record<string, unknown>; examples?: Example[] }[]
    }
    return endpoints.flatMap(({ path, input, examples = [] }) =>
      examples.map((example, i) => ({ name: `${id}${path} ${i}`, schema: input, example: example.input })),
    )
  })

test('every example of every bundled tool goes through its form unchanged', () => {
  expect(examples.length).toBeGreaterThan(100)
  for (const { name, schema, example } of examples) {
    const fields = fieldsOf(schema)
    expect({ name, ...readInput(fields, startValues(fields, example)) }).toEqual({ name, input: example, problems: [] })
  }
})

const schema = {
  type: 'object',
  required: ['text', 'size', 'strict'],
  properties: {
    text: { type: 'string', description: 'CSV text' },
    name: { type: 'string' },
    size: { type: 'integer', default: 10 },
    ratio: { type: 'number' },
    strict: { type: 'boolean' },
    loud: { type: 'boolean' },
    mode: { enum: ['a', 'b', 3, null] },
    columns: { type: 'array', items: { type: 'string' } },
    rows: { type: 'array', items: { type: 'object' } },
    options: { type: 'object', required: ['deep'], properties: { deep: { type: 'number' } } },
    free: { type: 'object' },
  },
}
const fields = fieldsOf(schema)
const read = (values: object) => readInput(fields, { ...startValues(fields), ...values })

test('a field is of the kind that its schema says', () => {
  expect(fields.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
    'text text',
    'name text',
    'size number',
    'ratio number',
    'strict switch',
    'loud switch',
    'mode choice',
    'columns lines',
    'rows json',
    'options group',
    'free json',
  ])
  expect(fields[0]).toMatchObject({ long: true, required: true })
  expect(fields[1]).toMatchObject({ long: false, required: false })
  expect(fields[2]).toMatchObject({ whole: true, hint: '10' })
})

test('what is empty is left out; what is needed is asked for', () => {
  expect(read({})).toEqual({
    input: { strict: false },
    problems: [
      { path: 'text', problem: 'required' },
      { path: 'size', problem: 'required' },
    ],
  })
})

test('what is typed becomes what it means', () => {
  const typed = { text: ' x ', size: '12', ratio: '1e-3', loud: false, mode: '3', columns: 'a\n\nb c', rows: '[{"a":1}]', options: { deep: '0' } }
  expect(read(typed)).toEqual({
    input: {
      text: ' x ',
      size: 12,
      ratio: 0.001,
      strict: false,
      loud: false,
      mode: 3,
      columns: ['a', 'b c'],
      rows: [{ a: 1 }],
      options: { deep: 0 },
    },
    problems: [],
  })
})

test('what cannot be read names its field', () => {
  const typed = { text: 'x', size: '1.5', ratio: 'Infinity', rows: '[{', options: { deep: 'x' } }
  expect(read(typed).problems).toEqual([
    { path: 'size', problem: 'whole' },
    { path: 'ratio', problem: 'number' },
    { path: 'rows', problem: 'json' },
    { path: 'options.deep', problem: 'number' },
  ])
})
