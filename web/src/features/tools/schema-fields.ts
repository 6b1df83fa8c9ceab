import type { JsonSchema } from '@cadre/contract/manifest'

type Common = { name: string; description: string; required: boolean; hint: string | null }
/** One field of a form. What no simple field holds (lists of objects, several types) is written as JSON. */
export type Field = Common &
  (
    | { kind: 'text'; long: boolean }
    | { kind: 'number'; whole: boolean }
    | { kind: 'switch' }
    /** JSON text of each value, as the keys of a list to choose from. */
    | { kind: 'choice'; options: string[] }
    /** One item a line. */
    | { kind: 'lines' }
    | { kind: 'group'; fields: Field[] }
    | { kind: 'json' }
  )

/** What stands in the form: text as it was typed, null for a switch that nobody touched, and groups of those. */
export type Values = { [name: string]: string | boolean | null | Values }
/** `path` is as the server names fields: `options.limit`. */
export type Problem = { path: string; problem: 'required' | 'number' | 'whole' | 'json' }

type Schema = { [keyword: string]: unknown }

export function fieldsOf(schema: JsonSchema): Field[] {
  const required = Array.isArray(schema.required) ? schema.required : []
  return Object.entries((schema.properties ?? {}) as Record<string, Schema>).map(([name, property]) => ({
    name,
    description: typeof property.description === 'string' ? property.description : '',
    required: required.includes(name),
    hint: property.default === undefined ? null : JSON.stringify(property.default),
    ...kindOf(property),
  }))
}

type Kind = Field extends infer F ? (F extends Field ? Omit<F, keyof Common> : never) : never

function kindOf(schema: Schema): Kind {
  const { type, items, properties } = schema
  if (Array.isArray(schema.enum)) return { kind: 'choice', options: schema.enum.map((value) => JSON.stringify(value)) }
  if (type === 'string') return { kind: 'text', long: isLong(schema) }
  if (type === 'integer' || type === 'number') return { kind: 'number', whole: type === 'integer' }
  if (type === 'boolean') return { kind: 'switch' }
  if (type === 'array' && isObject(items) && items.type === 'string' && !items.enum) return { kind: 'lines' }
  if (type === 'object' && isObject(properties) && !isObject(schema.additionalProperties))
    return { kind: 'group', fields: fieldsOf(schema as JsonSchema) }
  return { kind: 'json' }
}

/** Text that is data rather than a name. */
function isLong({ maxLength, format, description = '' }: Schema) {
  if (typeof format === 'string') return false
  return (
    (typeof maxLength === 'number' && maxLength > 500) ||
    /\b(text|csv|json|xml|yaml|html|markdown|document|template|sql|code)\b/i.test(String(description))
  )
}

/** The form as it begins: empty, or filled with an example. */
export function startValues(fields: Field[], example: Record<string, unknown> = {}): Values {
  return Object.fromEntries(fields.map((field) => [field.name, startValue(field, example[field.name])]))
}

function startValue(field: Field, value: unknown): Values[string] {
  if (field.kind === 'group') return startValues(field.fields, isObject(value) ? value : {})
  if (field.kind === 'switch') return typeof value === 'boolean' ? value : null
  if (value === undefined) return ''
  if (field.kind === 'text' && typeof value === 'string') return value
  if (field.kind === 'lines' && Array.isArray(value)) return value.join('\n')
  return field.kind === 'json' ? JSON.stringify(value, null, 2) : JSON.stringify(value)
}

/** What the form says, as the tool's input. Fields that were left empty are left out: the tool's own defaults count. */
export function readInput(fields: Field[], values: Values, path = ''): { input: Record<string, unknown>; problems: Problem[] } {
  const input: Record<string, unknown> = {}
  const problems: Problem[] = []
  for (const field of fields) {
    const at = path ? `${path}.${field.name}` : field.name
    const value = values[field.name]
    if (field.kind === 'group') {
      const inner = readInput(field.fields, isObject(value) ? (value as Values) : {}, at)
      const isEmpty = Object.keys(inner.input).length === 0
      // Nothing in it and not needed: then what its own fields need is not needed either.
      if (isEmpty && !field.required) problems.push(...inner.problems.filter(({ problem }) => problem !== 'required'))
      else {
        input[field.name] = inner.input
        problems.push(...inner.problems)
      }
    } else if (value === undefined || value === null || value === '') {
      if (field.required && field.kind === 'switch') input[field.name] = false
      else if (field.required) problems.push({ path: at, problem: 'required' })
    } else {
      const read = readValue(field, value)
      if ('problem' in read) problems.push({ path: at, problem: read.problem })
      else input[field.name] = read.value
    }
  }
  return { input, problems }
}

function readValue(field: Exclude<Field, { kind: 'group' }>, value: string | boolean | Values): { value: unknown } | { problem: Problem['problem'] } {
  if (typeof value !== 'string' || field.kind === 'text') return { value }
  if (field.kind === 'lines') return { value: value.split('\n').filter((line) => line !== '') }
  if (field.kind === 'number') {
    const number = value.trim() === '' ? Number.NaN : Number(value)
    if (!Number.isFinite(number)) return { problem: 'number' }
    return field.whole && !Number.isInteger(number) ? { problem: 'whole' } : { value: number }
  }
  try {
    return { value: JSON.parse(value) }
  } catch {
    return { problem: 'json' }
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
