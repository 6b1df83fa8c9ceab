import { HookError } from '@cadre/contract/forgehook'
import { JsonTextError, parseJsonText } from '../lib/json-text.ts'
import { isObject, needShallow } from './json-value.ts'

export function parse({ text }: { text: string }) {
  try {
    return parseJsonText(text)
  } catch (error) {
    if (error instanceof JsonTextError) throw new HookError(`is not JSON: ${error.message}`, 'text')
    throw error
  }
}

export function stringify({ value, indent = 0, sort_keys = false }: { value: unknown; indent?: number; sort_keys?: boolean }) {
  needShallow(value, 'value')
  return { text: JSON.stringify(sort_keys ? sorted(value) : value, null, indent) }
}

/** Names that look like whole numbers come first whatever is done: that is how JavaScript orders an object's members. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([name, item]): [string, unknown] => [name, sorted(item)]),
  )
}
