import type { JsonSchema } from '@cadre/contract/manifest'
import { ToolError } from '../../tools/tool-error.ts'
import { wholeEnd } from './count-tokens.ts'
import { asText } from './message-tokens.ts'

export const readResultName = 'tools__read_result'
const defaultLimit = 4000
const mostCharacters = 20_000
const mostMatches = 20
const aroundMatch = 120

const input: JsonSchema = {
  type: 'object',
  properties: {
    step: { type: 'integer', minimum: 1, description: 'The number of the step whose result is read, as its reference says.' },
    pointer: {
      type: 'string',
      maxLength: 2000,
      description: 'A JSON pointer into the result, such as /rows/0/name. A slice takes part of a list: /rows/10:20. Left out: the whole result.',
    },
    search: {
      type: 'string',
      minLength: 1,
      maxLength: 500,
      description: 'Find this text, upper or lower case, and show each place with what is around it.',
    },
    offset: { type: 'integer', minimum: 0, description: 'Begin at this character; 0 by default.' },
    limit: { type: 'integer', minimum: 1, maximum: mostCharacters, description: `How many characters to show; ${defaultLimit} by default.` },
  },
  required: ['step'],
  additionalProperties: false,
}

/** The built-in tool by which a model reads on in a result that was kept aside. It is shown to the model only when there is one. */
export const readResultTool = {
  name: readResultName,
  description:
    'Reads on in the result of an earlier step of this run that was too large to be shown whole or is no longer shown: from a character on, by JSON pointer, or by searching it.',
  effect: 'read' as const,
  input,
}

export type ResultRead =
  | { characters: number; offset: number; text: string; next_offset: number | null }
  | { characters: number; matches: { offset: number; text: string }[]; more: boolean; next_offset: number | null }

/**
 * A part of a recorded output. Text is read as it is, anything else as its JSON. Throws ToolError naming the field.
 * @param output undefined: the step has no recorded result.
 */
export function readResult(output: unknown, given: unknown): ResultRead {
  const { step, pointer, search, offset = 0, limit = defaultLimit } = (given ?? {}) as Record<string, unknown>
  wholeNumber('step', step, 1, Number.MAX_SAFE_INTEGER)
  wholeNumber('offset', offset, 0, Number.MAX_SAFE_INTEGER)
  wholeNumber('limit', limit, 1, mostCharacters)
  if (output === undefined) throw new ToolError(`step: step ${step} has no recorded result`)
  if (pointer !== undefined && typeof pointer !== 'string') throw new ToolError('pointer: must be text, such as /rows/0')
  if (search !== undefined && (typeof search !== 'string' || search === '')) throw new ToolError('search: must be a text to find')
  const text = asText(pointer === undefined || pointer === '' ? output : valueAt(output, pointer))
  if (offset > 0 && offset >= text.length) throw new ToolError(`offset: there are ${text.length} characters; ${offset} is beyond them`)
  if (search !== undefined) return matchesIn(text, search, offset, limit)
  const from = wholeEnd(text, offset)
  const to = wholeEnd(text, from + limit)
  return { characters: text.length, offset: from, text: text.slice(from, to), next_offset: to < text.length ? to : null }
}

function wholeNumber(field: string, value: unknown, least: number, most: number): asserts value is number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least && value <= most) return
  throw new ToolError(`${field}: must be a whole number from ${least}${most === Number.MAX_SAFE_INTEGER ? ' on' : ` to ${most}`}`)
}

/** RFC 6901, and `10:20` (either end may be left out) for a part of a list. */
function valueAt(output: unknown, pointer: string): unknown {
  if (!pointer.startsWith('/')) throw new ToolError("pointer: must begin with '/', such as /rows/0")
  let value = output
  let path = ''
  for (const segment of pointer.slice(1).split('/')) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~')
    value = member(value, key, path)
    path += `/${segment}`
  }
  return value
}

function member(value: unknown, key: string, path: string): unknown {
  const here = path === '' ? 'the result' : path
  if (Array.isArray(value)) {
    const slice = /^(\d*):(\d*)$/.exec(key)
    if (slice) return value.slice(slice[1] === '' ? 0 : Number(slice[1]), slice[2] === '' ? undefined : Number(slice[2]))
    if (/^(0|[1-9]\d*)$/.test(key) && Number(key) < value.length) return value[Number(key)]
    throw new ToolError(`pointer: ${here} is a list of ${value.length}; there is no '${key}' in it`)
  }
  if (typeof value !== 'object' || value === null)
    throw new ToolError(`pointer: ${here} is no list and no object; '${key}' cannot be looked up in it`)
  if (Object.hasOwn(value, key)) return (value as Record<string, unknown>)[key]
  const keys = Object.keys(value)
  const some = keys.slice(0, 20).map((each) => (each.length > 60 ? `${each.slice(0, wholeEnd(each, 60))}...` : each))
  throw new ToolError(
    `pointer: ${here} has no '${key}'; it has ${some.join(', ') || 'nothing'}${keys.length > 20 ? ` and ${keys.length - 20} more` : ''}`,
  )
}

function matchesIn(text: string, search: string, offset: number, limit: number): ResultRead {
  const pattern = new RegExp(search.toWellFormed().replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'giu')
  pattern.lastIndex = wholeEnd(text, offset)
  const matches: { offset: number; text: string }[] = []
  let shown = 0
  for (let found = pattern.exec(text); found; found = pattern.exec(text)) {
    const from = wholeEnd(text, Math.max(0, found.index - aroundMatch))
    const to = wholeEnd(text, Math.min(found.index + found[0].length + aroundMatch, from + limit))
    if (matches.length === mostMatches || (shown > 0 && shown + to - from > limit))
      return { characters: text.length, matches, more: true, next_offset: found.index }
    matches.push({ offset: found.index, text: text.slice(from, to) })
    shown += to - from
  }
  return { characters: text.length, matches, more: false, next_offset: null }
}
