import { HookError } from '@cadre/contract/forgehook'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { needShallow } from './json-value.ts'

const MAX_PROBLEMS = 200
const MAX_SCHEMA = 200_000
const options = { allErrors: true, strict: false, logger: false, verbose: true } as const
const DRAFTS = new Map<string, () => Ajv>([
  ['https://json-schema.org/draft/2020-12/schema', () => new Ajv2020(options)],
  ['http://json-schema.org/draft-07/schema', () => new Ajv(options)],
])

/** `path` is a JSON pointer, '' for the whole value. Nothing is ever fetched to understand a schema. */
export function validate({ data, schema }: { data: unknown; schema: Record<string, unknown> | boolean }) {
  needShallow(data, 'data')
  needShallow(schema, 'schema')
  const check = compile(schema)
  if (check(data)) return { valid: true, problems: [], problem_count: 0 }
  const problems = inWords(check.errors ?? [])
  return { valid: false, problems: problems.slice(0, MAX_PROBLEMS), problem_count: problems.length }
}

function compile(schema: Record<string, unknown> | boolean): ValidateFunction {
  if (JSON.stringify(schema).length > MAX_SCHEMA) throw new HookError(`has more than ${MAX_SCHEMA} characters`, 'schema')
  const ajv = draftOf(schema)
  try {
    formats.default(ajv)
    return ajv.compile(schema)
  } catch (error) {
    const { message, missingRef } = error as Error & { missingRef?: string }
    if (missingRef !== undefined)
      throw new HookError(`refers to '${missingRef}', which is not in it; only references within it work, like #/$defs/name`, 'schema')
    throw new HookError(`is not a valid JSON Schema: ${message.replace(/^schema is invalid: data/, '')}`, 'schema')
  }
}

/** A new one for each call: ajv remembers the $ids of schemas. Without $schema it is draft 2020-12. */
function draftOf(schema: Record<string, unknown> | boolean): Ajv {
  const named = typeof schema === 'object' ? schema['$schema'] : undefined
  if (named !== undefined && typeof named !== 'string') throw new HookError('must be text', 'schema.$schema')
  const uri = named?.replace(/#$/, '') ?? 'https://json-schema.org/draft/2020-12/schema'
  const make = DRAFTS.get(uri) ?? DRAFTS.get(uri.replace(/^https:/, 'http:'))
  if (!make) throw new HookError(`'${uri}' is not known; draft 2020-12 and draft 7 are`, 'schema.$schema')
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
        message: `must be one of ${(params['allowedValues'] as unknown[])
          .slice(0, 20)
          .map((value) => JSON.stringify(value))
          .join(', ')}`,
      }
    case 'const':
      return { path, message: `must be ${JSON.stringify(params['allowedValue'])}` }
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
