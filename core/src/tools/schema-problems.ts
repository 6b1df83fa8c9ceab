import type { Issue } from '@cadre/contract/errors'
import type { ErrorObject } from 'ajv'

/** ajv's errors in plain words that name the field, without repetition. `path` is '' for the value itself. */
export function schemaProblems(errors: ErrorObject[]): Issue[] {
  // The branches of an anyOf fail first; the anyOf itself, last, sums them up.
  const choice = errors.findLast((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf')
  if (choice && errors.at(-1) === choice && errors.length > 1) return [chosen(choice, errors.slice(0, -1))]
  const problems = errors.filter((error) => error.keyword !== 'if').map(problem)
  const seen = new Set<string>()
  return problems.filter(({ path, message }) => !seen.has(`${path} ${message}`) && seen.add(`${path} ${message}`))
}

// Where every branch wants another type, say the types; else the branch that came furthest says what is wrong.
function chosen(choice: ErrorObject, branches: ErrorObject[]): Issue {
  const here = branches.filter((error) => error.instancePath === choice.instancePath)
  const deeper = branches.filter((error) => error.instancePath.length > choice.instancePath.length)
  if (deeper.length > 0) return problem(deeper.reduce((a, b) => (b.instancePath.length > a.instancePath.length ? b : a)))
  const ways = new Set(here.map((error) => wordsOf(error)).map(({ path, message }) => (path ? `${path} ${message}` : message)))
  return { path: pathOf(choice), message: ways.size === 0 ? 'fits none of the allowed forms' : [...ways].slice(0, 5).join(', or ') }
}

function problem(error: ErrorObject): Issue {
  const { path, message } = wordsOf(error)
  const at = pathOf(error)
  return { path: path === '' ? at : join(at, path), message }
}

// `path` is relative to where the error is.
function wordsOf(error: ErrorObject): Issue {
  const { keyword, params } = error
  if (keyword === 'required') return { path: params['missingProperty'], message: 'is required' }
  if (keyword === 'additionalProperties' || keyword === 'unevaluatedProperties') {
    const name = params['additionalProperty'] ?? params['unevaluatedProperty']
    const known = Object.keys((error.parentSchema as { properties?: object } | undefined)?.properties ?? {})
    return { path: name, message: `is not a known field${known.length > 0 ? `; known: ${known.slice(0, 30).join(', ')}` : ''}` }
  }
  if (keyword === 'type') return { path: '', message: `must be ${[params['type']].flat().join(' or ')}, not ${kindOf(error.data)}` }
  if (keyword === 'enum') return { path: '', message: `must be one of ${listed(params['allowedValues'])}` }
  if (keyword === 'const') return { path: '', message: `must be ${JSON.stringify(params['allowedValue'])}` }
  if (keyword === 'false schema') return { path: '', message: 'is not allowed here' }
  return { path: '', message: (error.message ?? 'is not acceptable').replace('must NOT', 'must not') }
}

function listed(values: unknown[]) {
  const shown = values.slice(0, 20).map((value) => JSON.stringify(value))
  return shown.join(', ') + (values.length > shown.length ? `, ... (${values.length} in all)` : '')
}

function kindOf(value: unknown) {
  if (value === null) return 'null'
  return Array.isArray(value) ? 'array' : typeof value
}

function pathOf(error: ErrorObject) {
  const parts = error.instancePath.split('/').slice(1)
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~')).reduce(join, '')
}

// `rows` + `0` + `amount` -> rows[0].amount
function join(path: string, part: string) {
  if (/^\d+$/.test(part)) return `${path}[${part}]`
  return path === '' ? part : `${path}.${part}`
}
