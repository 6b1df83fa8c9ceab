import { HookError } from '@cadre/contract/forgehook'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2019 } from 'ajv/dist/2019.js'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { Decimal } from 'decimal.js'
import { formatNames } from 'ajv-formats/dist/formats.js'
import { addFormats } from './formats.ts'
import { isObject, needShallow } from './json-value.ts'
import { addEquality, duplicate } from './validate-equality.ts'

/** Enough digits for any two doubles. */
const Exact = Decimal.clone({ precision: 1_000 })
const MAX_PROBLEMS = 200
const MAX_SCHEMA = 200_000
const options = { allErrors: true, strict: false, logger: false, verbose: true, ownProperties: true } as const
const DRAFTS = new Map<string, () => Ajv>([
  ['https://json-schema.org/draft/2020-12/schema', () => new Ajv2020(options)],
  ['https://json-schema.org/draft/2019-09/schema', () => new Ajv2019(options)],
  ['http://json-schema.org/draft-07/schema', () => new Ajv(options)],
])

/** `path` is a JSON pointer, '' for the whole value. Nothing is ever fetched to understand a schema. */
export function validate({ data, schema }: { data: unknown; schema: Record<string, unknown> | boolean }) {
  needShallow(data, 'data')
  needShallow(schema, 'schema')
  const warnings = limitsOf(schema)
  const said = warnings.length > 0 ? { warnings } : {}
  const check = compile(schema)
  if (passes(check, data)) return { valid: true, problems: [], problem_count: 0, ...said }
  const problems = inWords(check.errors ?? [])
  return { valid: false, problems: problems.slice(0, MAX_PROBLEMS), problem_count: problems.length, ...said }
}

/** A schema that refers to itself without going deeper into the data has no end. */
function passes(check: ValidateFunction, data: unknown): boolean {
  try {
    return check(data)
  } catch (error) {
    if (error instanceof RangeError) throw new HookError('refers to itself without end', 'schema')
    throw error
  }
}

function compile(schema: Record<string, unknown> | boolean): ValidateFunction {
  if (JSON.stringify(schema).length > MAX_SCHEMA) throw new HookError(`has more than ${MAX_SCHEMA} characters`, 'schema')
  const ajv = draftOf(schema)
  try {
    addFormats(ajv)
    addMultipleOf(ajv)
    addEquality(ajv)
    return ajv.compile(
      completed(schema, {
        draft7: !(ajv instanceof Ajv2020 || ajv instanceof Ajv2019),
        usesUnevaluated: JSON.stringify(schema).includes('"unevaluated'),
      }) as Record<string, unknown> | boolean,
    )
  } catch (error) {
    const { message, missingRef } = error as Error & { missingRef?: string }
    if (missingRef !== undefined)
      throw new HookError(`refers to '${missingRef}', which is not in it; only references within it work, like #/$defs/name`, 'schema')
    if (error instanceof RangeError)
      throw new HookError('its references to each other cannot be followed; use references like #/$defs/name', 'schema')
    throw new HookError(`is not a valid JSON Schema: ${message.replace(/^schema is invalid: data/, '')}`, 'schema')
  }
}

/**
 * What ajv leaves undone. It forgets what `if` has seen (unevaluatedProperties, unevaluatedItems) where `then` or `else` is missing, and it
 * looks at the keywords beside a $ref, which draft 7 ignores.
 */
function completed(schema: unknown, needs: Needs, named = false): unknown {
  if (Array.isArray(schema)) return schema.map((item) => completed(item, needs))
  if (!isObject(schema)) return schema
  const { draft7, usesUnevaluated } = needs
  const ignored = (name: string) => draft7 && !named && typeof schema['$ref'] === 'string' && !BESIDE_REF.has(name)
  const copy = Object.fromEntries(
    Object.entries(schema)
      .filter(([name]) => !ignored(name))
      .map(([name, value]): [string, unknown] => [name, !named && VALUES.has(name) ? value : completed(value, needs, !named && NAMED.has(name))]),
  )
  if (named || copy['if'] === undefined || (copy['then'] !== undefined && copy['else'] !== undefined)) return copy
  const { if: condition, then: then_ = true, else: else_ = true, allOf = [], ...rest } = copy
  const either = { anyOf: [{ allOf: [condition, then_] }, { allOf: [{ not: condition }, else_] }] }
  return usesUnevaluated && Array.isArray(allOf) ? { ...rest, allOf: [...(allOf as unknown[]), either] } : copy
}

type Needs = { draft7: boolean; usesUnevaluated: boolean }

const BESIDE_REF = new Set(['$ref', '$schema', '$defs', 'definitions'])

/** Keywords that hold data, not schemas. */
const VALUES = new Set(['const', 'enum', 'default', 'examples'])

/** What ajv does not do as the draft says, where it could give a wrong answer. */
function limitsOf(schema: unknown): string[] {
  const used = new Set<string>()
  const walk = (value: unknown, named: boolean) => {
    if (Array.isArray(value)) for (const item of value) walk(item, false)
    if (!isObject(value)) return
    for (const [name, item] of Object.entries(value)) {
      if (!named && VALUES.has(name)) continue
      if (!named) used.add(name === 'format' && typeof item === 'string' ? `format ${item}` : name)
      walk(item, !named && NAMED.has(name))
    }
  }
  walk(schema, false)
  if (used.has('$dynamicRef') || used.has('$recursiveRef')) throw new HookError('uses $dynamicRef, which is not supported; use $ref', 'schema')
  const warnings: string[] = []
  if (used.has('unevaluatedItems') && used.has('contains'))
    warnings.push('unevaluatedItems takes no account of contains here: what contains matched still counts as unevaluated or the reverse')
  for (const name of used)
    if (name.startsWith('format ') && !KNOWN_FORMATS.has(name.slice(7))) warnings.push(`the ${name} is not checked; it is not known here`)
  return warnings
}

/** Keywords whose members are names of the schema's author. */
const NAMED = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas', 'dependencies', 'dependentRequired'])
const KNOWN_FORMATS = new Set<string>(formatNames)

/** ajv divides in floating point, where 0.3 is no multiple of 0.1. */
function addMultipleOf(ajv: Ajv) {
  ajv.removeKeyword('multipleOf').addKeyword({
    keyword: 'multipleOf',
    type: 'number',
    schemaType: 'number',
    validate: (step: number, value: number) => new Exact(value).mod(step).isZero(),
    error: { message: ({ schema }) => `must be multiple of ${String(schema)}` },
  })
}

/** A new one for each call: ajv remembers the $ids of schemas. Without $schema it is draft 2020-12. */
function draftOf(schema: Record<string, unknown> | boolean): Ajv {
  const named = typeof schema === 'object' ? schema['$schema'] : undefined
  if (named !== undefined && typeof named !== 'string') throw new HookError('must be text', 'schema.$schema')
  const uri = named?.replace(/#$/, '') ?? 'https://json-schema.org/draft/2020-12/schema'
  const make = DRAFTS.get(uri) ?? DRAFTS.get(uri.replace(/^https:/, 'http:'))
  if (!make) throw new HookError(`'${uri}' is not known; draft 2020-12 and draft 7 are, and 2019-09`, 'schema.$schema')
  return make()
}

type Problem = { path: string; message: string }

function inWords(errors: ErrorObject[]): Problem[] {
  const seen = new Set<string>()
  return errors
    .filter((error) => error.keyword !== 'if')
    .map(problemOf)
    .filter(({ path, message }) => {
      const key = JSON.stringify([path, message])
      if (seen.has(key)) return false
      seen.add(key)
      return true
    })
}

function problemOf(error: ErrorObject): Problem {
  const { keyword, params, instancePath: path } = error
  switch (keyword) {
    case 'required':
      return { path, message: `"${params['missingProperty']}" is required` }
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return { path, message: `"${params['additionalProperty'] ?? params['unevaluatedProperty']}" is not allowed` }
    case 'type':
      return { path, message: `must be ${[params['type']].flat().join(' or ')}, not ${kindOf(error.data)}` }
    case 'enum':
      return {
        path,
        message: `must be one of ${(error.schema as unknown[])
          .slice(0, 20)
          .map((value) => JSON.stringify(value))
          .join(', ')}`,
      }
    case 'const':
      return { path, message: `must be ${JSON.stringify(error.schema)}` }
    case 'uniqueItems': {
      const [first, second] = duplicate(error.data as unknown[]) ?? []
      return { path, message: `must not have duplicate items (items ## ${first} and ${second} are identical)` }
    }
    case 'false schema':
      return { path, message: 'nothing is allowed here' }
    default:
      return { path, message: (error.message ?? 'is not valid').replace('must NOT', 'must not') }
  }
}

function kindOf(value: unknown): string {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}
