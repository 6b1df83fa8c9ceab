import type { GrammarSchema } from './llama-api.ts'

type Schema = Record<string, unknown>

/** What node-llama-cpp takes a schema without a type for is null; this is every value. */
const anything: GrammarSchema = {
  oneOf: [{ type: ['string', 'number', 'boolean', 'null'] }, { type: 'array' }, { type: 'object', additionalProperties: true }],
}

/** Repetitions become rules of the grammar, and llama.cpp refuses too many. */
const mostRepeated = 200
const mostListed = 100

/**
 * JSON Schema as a grammar can have it. A grammar writes every property, so one that may be left out may be null instead; `withoutNulls`
 * takes those out again. What a grammar cannot hold (patterns, ranges of numbers) is left to whoever checks the value.
 */
export function grammarSchema(schema: unknown): GrammarSchema {
  const defs = definitionsOf(schema)
  const main = converted(schema, Object.keys(defs))
  const converteds = Object.fromEntries(Object.entries(defs).map(([name, each]) => [name, converted(each, Object.keys(defs))]))
  return Object.keys(defs).length ? { ...main, $defs: converteds } : main
}

function definitionsOf(schema: unknown): Schema {
  if (!isSchema(schema)) return {}
  return { ...(schema['definitions'] as Schema | undefined), ...(schema['$defs'] as Schema | undefined) }
}

function converted(given: unknown, defs: string[]): GrammarSchema {
  if (!isSchema(given)) return anything
  const schema = merged(given)
  const ref = refOf(schema)
  if (ref !== undefined) return defs.includes(ref) ? { $ref: `#/$defs/${ref}` } : anything
  const described = typeof schema['description'] === 'string' ? { description: schema['description'] } : {}
  const choices = schema['oneOf'] ?? schema['anyOf']
  if (Array.isArray(choices)) return { ...described, oneOf: choices.map((each) => converted(each, defs)) }
  if ('const' in schema) return isPlain(schema['const']) ? { ...described, const: schema['const'] } : anything
  const listed = schema['enum']
  if (Array.isArray(listed)) return listed.length && listed.every(isPlain) ? { ...described, enum: listed } : anything
  const type = schema['type'] ?? ('properties' in schema ? 'object' : 'items' in schema ? 'array' : undefined)
  if (Array.isArray(type)) return { ...described, oneOf: type.map((each) => converted({ ...schema, type: each as unknown }, defs)) }
  switch (type) {
    case 'object':
      return { ...described, ...objectOf(schema, defs) }
    case 'array':
      return {
        ...described,
        type,
        ...('items' in schema ? { items: converted(schema['items'], defs) } : {}),
        ...(Array.isArray(schema['prefixItems']) ? { prefixItems: schema['prefixItems'].map((each) => converted(each, defs)) } : {}),
        ...bounds(schema, 'minItems', 'maxItems'),
      }
    case 'string':
      return { ...described, type, ...formatOf(schema) }
    case 'integer':
      return { ...described, ...rangeOf(schema) }
    case 'number':
    case 'boolean':
    case 'null':
      return { ...described, type }
    default:
      return anything
  }
}

function objectOf(schema: Schema, defs: string[]): Schema {
  const properties = isSchema(schema['properties']) ? schema['properties'] : {}
  const required = requiredOf(schema)
  const fields = Object.entries(properties).map(([name, each]) => {
    const value = converted(each, defs)
    return [name, required.has(name) || mayBeNull(each) ? value : { oneOf: [value, { type: 'null' }] }]
  })
  const more = schema['additionalProperties']
  // By JSON Schema more is allowed where nothing is said; a model would only make things up.
  const rest = isSchema(more)
    ? { additionalProperties: converted(more, defs) }
    : more === true || !fields.length
      ? { additionalProperties: more !== false }
      : {}
  return { type: 'object', properties: Object.fromEntries(fields) as Schema, ...rest }
}

/** Takes out what was null only because the grammar had to write it. */
export function withoutNulls(value: unknown, schema: unknown, root: unknown = schema): unknown {
  if (!isSchema(schema)) return value
  const own = merged(schema)
  const ref = refOf(own)
  if (ref !== undefined) return ref in definitionsOf(root) ? withoutNulls(value, definitionsOf(root)[ref], root) : value
  if (Array.isArray(value)) return value.map((each) => withoutNulls(each, own['items'], root))
  const choices = own['oneOf'] ?? own['anyOf']
  if (Array.isArray(choices)) {
    const fitting = choices.find((each) => isSchema(each) && mayBe(value, each, root))
    return fitting === undefined ? value : withoutNulls(value, fitting, root)
  }
  const properties = own['properties']
  if (!isSchema(value) || !isSchema(properties)) return value
  const required = requiredOf(own)
  const kept = Object.entries(value).filter(
    ([name, each]) => each !== null || required.has(name) || !(name in properties) || mayBeNull(properties[name]),
  )
  return Object.fromEntries(kept.map(([name, each]) => [name, withoutNulls(each, properties[name], root)]))
}

/** Whether `withoutNulls` may have something to do. */
export function leavesOut(schema: unknown): boolean {
  if (Array.isArray(schema)) return schema.some(leavesOut)
  if (!isSchema(schema)) return false
  const { properties } = schema
  const optional = isSchema(properties) && Object.entries(properties).some(([name, each]) => !requiredOf(schema).has(name) && !mayBeNull(each))
  return optional || Object.values(schema).some(leavesOut)
}

/** By the names of an object's properties; which of several schemas a value was written by, it does not say itself. */
function mayBe(value: unknown, schema: Schema, root: unknown): boolean {
  const own = merged(schema)
  const ref = refOf(own)
  if (ref !== undefined) return isSchema(definitionsOf(root)[ref]) && mayBe(value, definitionsOf(root)[ref] as Schema, root)
  if (Array.isArray(value)) return own['type'] === 'array' || 'items' in own
  if (!isSchema(value) || !isSchema(own['properties'])) return false
  const names = Object.keys(own['properties'])
  const constant = Object.entries(own['properties']).every(([name, each]) => !isSchema(each) || !('const' in each) || each['const'] === value[name])
  return constant && names.length === Object.keys(value).length && names.every((name) => name in value)
}

/** `allOf` is of use where it puts objects together. */
function merged(schema: Schema): Schema {
  const { allOf, ...rest } = schema
  if (!Array.isArray(allOf)) return schema
  return [rest, ...allOf.filter(isSchema).map(merged)].reduce((all, each) => ({
    ...all,
    ...each,
    ...(isSchema(all['properties']) || isSchema(each['properties'])
      ? { properties: { ...(all['properties'] as Schema | undefined), ...(each['properties'] as Schema | undefined) } }
      : {}),
    ...(all['required'] || each['required'] ? { required: [...requiredOf(all), ...requiredOf(each)] } : {}),
  }))
}

function mayBeNull(schema: unknown): boolean {
  if (!isSchema(schema)) return true
  const { type, anyOf, oneOf, enum: listed } = schema as { type?: unknown; anyOf?: unknown; oneOf?: unknown; enum?: unknown }
  if (type === 'null' || (Array.isArray(type) && type.includes('null'))) return true
  if (schema['const'] === null || (Array.isArray(listed) && listed.includes(null))) return true
  return [anyOf, oneOf].some((choices) => Array.isArray(choices) && choices.some(mayBeNull))
}

function refOf(schema: Schema): string | undefined {
  const ref = schema['$ref']
  return typeof ref === 'string' ? (/^#\/(?:\$defs|definitions)\/([^/]+)$/.exec(ref)?.[1] ?? ref) : undefined
}

function requiredOf(schema: Schema): Set<unknown> {
  return new Set(Array.isArray(schema['required']) ? schema['required'] : [])
}

function formatOf(schema: Schema): Schema {
  const format = schema['format']
  if (format === 'date-time' || format === 'date' || format === 'time') return { format }
  return bounds(schema, 'minLength', 'maxLength')
}

function bounds(schema: Schema, min: string, max: string): Schema {
  const kept = [min, max].filter((name) => typeof schema[name] === 'number' && schema[name] <= mostRepeated)
  return Object.fromEntries(kept.map((name) => [name, schema[name]]))
}

function rangeOf(schema: Schema): Schema {
  const [min, max] = [schema['minimum'], schema['maximum']]
  if (typeof min !== 'number' || typeof max !== 'number' || max < min || max - min >= mostListed) return { type: 'integer' }
  const first = Math.ceil(min)
  return { enum: Array.from({ length: Math.floor(max) - first + 1 }, (_, i) => first + i) }
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isPlain(value: unknown) {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value)
}
