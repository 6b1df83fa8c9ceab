import type { ListRuns } from '@cadre/contract/runs'
import { InvalidArgumentError } from 'commander'

/** Values of options, checked where commander can name the option. */
export function wholeNumber(text: string) {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}

export function seconds(text: string) {
  if (!/^\d{1,7}(\.\d+)?$/.test(text) || Number(text) === 0) throw new InvalidArgumentError('It must be a number of seconds above 0.')
  return Number(text)
}

export function words(text: string, before: string[] = []) {
  return [...before, ...text.split(',').map((word) => word.trim())].filter(Boolean)
}

/** `2024-03-05`, `2024-03-05 10:15` (the reader's own time) or a whole instant. */
export function instant(text: string) {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00`) : new Date(text)
  if (!/^\d{4}-\d\d-\d\d/.test(text) || Number.isNaN(at.getTime()))
    throw new InvalidArgumentError('It must be a date like 2024-03-05 or an instant like 2024-03-05T10:15:00Z.')
  return at.toISOString()
}

export function idempotencyKey(text: string) {
  if (!/^[\x21-\x7e](?:[\x20-\x7e]{0,198}[\x21-\x7e])?$/.test(text))
    throw new InvalidArgumentError('It must be 1 to 200 characters of printable ASCII.')
  return text
}

export function keyValue(text: string, before: Record<string, unknown> = {}) {
  const at = text.indexOf('=')
  if (at < 1) throw new InvalidArgumentError('It must be like max_steps=5.')
  return { ...before, [text.slice(0, at)]: jsonOrText(text.slice(at + 1)) }
}

function jsonOrText(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export const runStatuses: NonNullable<ListRuns['status']>[] = ['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled']
