import { HookError } from '@cadre/contract/forgehook'
import { JsonTextError, parseJsonText } from '../lib/json-text.ts'
import { needShallow } from './json-value.ts'

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
  return { text: sort_keys ? sorted(value, ' '.repeat(indent), '') : JSON.stringify(value, null, indent) }
}

/** Written here, because an object's members cannot be sorted: JavaScript puts names that look like whole numbers first whatever is done. */
function sorted(value: unknown, indent: string, margin: string): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const inner = margin + indent
  const items = Array.isArray(value)
    ? value.map((item) => sorted(item, indent, inner))
    : Object.entries(value)
        .toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, item]) => `${JSON.stringify(name)}:${indent ? ' ' : ''}${sorted(item, indent, inner)}`)
  const [open, close] = Array.isArray(value) ? '[]' : '{}'
  if (items.length === 0) return `${open}${close}`
  return indent ? `${open}\n${inner}${items.join(`,\n${inner}`)}\n${margin}${close}` : `${open}${items.join(',')}${close}`
}
