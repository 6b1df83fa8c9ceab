import { HookError } from '@cadre/contract/forgehook'
import jsonata from 'jsonata'
import { searchJmespath } from './jmespath.ts'
import { needShallow } from './json-value.ts'

/** Well under the time limit of the endpoint, so that the model hears why. Loops without steps in them are ended from outside. */
const MAX_MS = 5_000
const MAX_STACK = 300
const MAX_ITEMS = 1_000_000

export async function query({ data, expression, language = 'jsonata' }: { data: unknown; expression: string; language?: string }) {
  if (language.toLowerCase() === 'jmespath') {
    const value = await searchJmespath(data, expression)
    return { result: plain(value), found: value !== null }
  }
  let compiled: jsonata.Expression
  try {
    compiled = jsonata(expression, { timeout: MAX_MS, stack: MAX_STACK, sequence: MAX_ITEMS })
  } catch (error) {
    throw complaint(error)
  }
  let result: unknown
  try {
    result = await compiled.evaluate(data)
  } catch (error) {
    throw complaint(error)
  }
  if (result === undefined) return { result: null, found: false }
  return { result: plain(result), found: true }
}

/** JSONata throws plain objects, and a RangeError where the expression is nested too deep to be read. */
function complaint(error: unknown): unknown {
  const { message, position, code } = error as { message?: string; position?: number; code?: string }
  if (typeof code === 'string' && message !== undefined)
    return new HookError(`${message}${position === undefined ? '' : ` (at character ${position})`}`, 'expression')
  if (error instanceof RangeError) return new HookError(`is too deep or asks for too much: ${error.message}`, 'expression')
  // Such as $error("...") of the expression itself, or a regular expression that is none.
  return new HookError(message ?? 'cannot be worked out', 'expression')
}

/** Results are lists with marks on them, and may hold functions, which are no JSON. */
function plain(result: unknown): unknown {
  let hasFunction = false
  const text = JSON.stringify(result, (_, value: unknown) => {
    if (typeof value === 'function' || isFunction(value)) {
      hasFunction = true
      // What a function closes over refers back to it.
      return null
    }
    if (typeof value === 'number' && !Number.isFinite(value))
      throw new HookError(`the result holds ${value}, which is no number of JSON`, 'expression')
    return value
  })
  if (hasFunction || text === undefined) throw new HookError('the result is or holds a function; call it, as in $sum(amounts)', 'expression')
  const copy: unknown = JSON.parse(text)
  needShallow(copy, 'expression')
  return copy
}

function isFunction(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    ('_jsonata_lambda' in value || '_jsonata_function' in value || ('expref' in value && 'type' in value))
  )
}
