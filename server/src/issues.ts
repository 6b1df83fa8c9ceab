import { CadreError, type Issue, issueCodes } from '@cadre/contract/errors'
import type { core } from 'zod'

type ZodIssue = core.$ZodIssue
type Path = readonly PropertyKey[]

/** `config.max_steps`, `tools[0]`, `data["a b"]`: the way to a field as its caller would write it. */
export function pathText(path: Path) {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (/^[A-Za-z_$][\w$-]*$/.test(String(part))) text += text ? `.${String(part)}` : String(part)
    else text += `[${JSON.stringify(String(part).slice(0, 100))}]`
  }
  return text
}

/** The first issue is the sentence; the others are counted. */
export function invalidInput(issues: Issue[]) {
  const [first] = issues
  const more = issues.length > 1 ? ` (and ${issues.length - 1} more)` : ''
  return new CadreError('INVALID', first ? `${first.path}: ${first.message}${more}` : 'the input is not acceptable', issues)
}

const enough = 50

/** zod's issues about `input`, in words. */
export function issuesInWords(zodIssues: readonly ZodIssue[], input: unknown): Issue[] {
  return zodIssues.flatMap((issue) => inWords(issue, input, issue.path)).slice(0, enough)
}

function inWords(issue: ZodIssue, input: unknown, path: Path): Issue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: pathText([...path, key]), message: 'there is no such field', code: 'unknown_field' }))
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    // What the caller most likely meant: the shape that fits best. Shapes that differ in kind have their difference at the root.
    const [best] = [...issue.errors].sort((a, b) => depth(b) - depth(a) || a.length - b.length)
    if (best && depth(best) > 0) return best.flatMap((inner) => inWords(inner, input, [...path, ...inner.path]))
    const kinds = issue.errors.flatMap((errors) =>
      errors.flatMap((inner) => (inner.code === 'invalid_type' ? [kindNames[inner.expected] ?? inner.expected] : [])),
    )
    return [
      { path: pathText(path) || 'body', message: kinds.length ? `must be ${[...new Set(kinds)].join(' or ')}` : 'fits none of the allowed shapes' },
    ]
  }
  if (issue.code === 'invalid_union' && issue.discriminator !== undefined) {
    return [{ path: pathText(path), ...(valueAt(input, path) === undefined ? required : { message: 'is none of the known kinds' }) }]
  }
  return [{ path: pathText(path) || 'body', ...sentence(issue, valueAt(input, path)) }]
}

type Sentence = Omit<Issue, 'path'>
const required: Sentence = { message: 'is required', code: 'required' }

function depth(issues: readonly ZodIssue[]) {
  return Math.max(0, ...issues.map((issue) => issue.path.length))
}

const kindNames: Record<string, string> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'an object',
  record: 'an object',
  array: 'a list',
  null: 'null',
}

function sentence(issue: ZodIssue, value: unknown): Sentence {
  if (value === undefined && (issue.code === 'invalid_type' || issue.code === 'invalid_value')) return required
  switch (issue.code) {
    case 'invalid_type':
      return { message: `must be ${kindNames[issue.expected] ?? issue.expected}` }
    case 'too_small':
      return bound(issue.origin, Number(issue.minimum), 'least', issue.inclusive)
    case 'too_big':
      return bound(issue.origin, Number(issue.maximum), 'most', issue.inclusive)
    case 'invalid_value': {
      const values = issue.values.map((known) => (typeof known === 'string' ? known : JSON.stringify(known))).join(', ')
      return { message: `must be one of ${values}`, code: 'one_of', params: { values } }
    }
    case 'invalid_format':
      return { message: formatSentence(issue) }
    case 'not_multiple_of':
      return { message: `must be a multiple of ${issue.divisor}` }
    default:
      return { message: issue.message, ...ownWords(issue) }
  }
}

/** What a schema of ours says of its own refusal. */
function ownWords(issue: ZodIssue): Pick<Issue, 'code' | 'params'> {
  const { code, params } = issue.code === 'custom' ? ((issue.params ?? {}) as Pick<Issue, 'code' | 'params'>) : {}
  return { ...(code && issueCodes.includes(code) ? { code } : {}), ...(params ? { params } : {}) }
}

function bound(origin: string, limit: number, side: 'least' | 'most', inclusive: boolean | undefined): Sentence {
  const unit =
    origin === 'string' ? 'character' : origin === 'array' || origin === 'set' ? 'entry' : origin === 'map' || origin === 'record' ? 'field' : null
  const params = { [side]: limit }
  if (unit === null) {
    // What must be less than a number has no largest one to name.
    if (inclusive === false) return { message: `must be ${side === 'least' ? 'more' : 'less'} than ${limit}` }
    return { message: `must be at ${side} ${limit}`, code: side === 'least' ? 'too_small' : 'too_large', params }
  }
  if (side === 'least' && limit === 1) return { message: 'must not be empty', code: 'empty' }
  const message = `must have at ${side} ${limit} ${limit === 1 ? unit : unit === 'entry' ? 'entries' : `${unit}s`}`
  if (unit === 'character') return { message, code: side === 'least' ? 'too_short' : 'too_long', params }
  return { message, code: side === 'least' ? 'too_few' : 'too_many', params }
}

function formatSentence(issue: Extract<ZodIssue, { code: 'invalid_format' }>) {
  if (issue.format === 'datetime') return 'must be an instant such as 2024-03-05T10:15:00Z'
  if (issue.format === 'url') return 'must be an http or https URL'
  // A schema's own words begin with "must"; zod's own begin with "Invalid".
  return issue.message.startsWith('Invalid') ? `must be a valid ${issue.format}` : issue.message
}

function valueAt(input: unknown, path: Path): unknown {
  let value = input
  for (const part of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined
    value = (value as Record<PropertyKey, unknown>)[part]
  }
  return value
}
