import { mentions } from '../columns.ts'
import { numberIn } from '../words.ts'
import { DATE_TEXT, field, isoDay, period, PERIOD_TEXT, unquote, type Scene } from './scene.ts'
import type { Column, Condition, Op } from '../types.ts'
import { againstFigures, emptiness, periods, namedValues } from './named-conditions.ts'
import { implied, isLoose, numericText, people, spoken } from './condition-column.ts'

export type Conditions = { conditions: Condition[]; match: 'all' | 'any'; rest: string; problem?: string }

const BE = '(?:is|are|was|were|be|being|has|have|=)?\\s*'
/** Longest and most particular first: each takes its text away from those after it. */
const COMPARATORS: [string, Op | 'between' | 'before' | 'after' | 'since' | 'until'][] = [
  [`${BE}(?:in )?between`, 'between'],
  [
    `${BE}(?:greater than or equal to|more than or equal to|at least|no less than|not less than|not below|not under|>=|≥|a minimum of|minimum of)`,
    'gte',
  ],
  [
    `${BE}(?:less than or equal to|fewer than or equal to|at most|no more than|not more than|not above|not over|up to|<=|≤|a maximum of|maximum of)`,
    'lte',
  ],
  [`${BE}(?:strictly )?(?:greater than|more than|above|over|higher than|larger than|bigger than|older than|longer than|exceeds?|exceeding|>)`, 'gt'],
  [`${BE}(?:strictly )?(?:less than|below|under|fewer than|lower than|smaller than|cheaper than|younger than|shorter than|<(?!>))`, 'lt'],
  [`${BE}(?:on or after|since|starting(?: from)?)`, 'since'],
  [`${BE}(?:on or before|until|till|through)`, 'until'],
  [`${BE}(?:after|later than|newer than)`, 'after'],
  [`${BE}(?:before|earlier than|prior to)`, 'before'],
  [`(?:does not|doesn't|do not|don't|not) (?:contain|include|containing|including)s?`, 'not_contains'],
  ['(?:contains?|containing|includes?|including|matching|matches)', 'contains'],
  ['(?:starts? with|starting with|begins? with|beginning with)', 'starts_with'],
  ['(?:ends? with|ending with|ending in|ends? in)', 'ends_with'],
  ['(?:is|are|was|were) (?:not|neither) (?:one of|in|any of)', 'not_in'],
  ['(?:is|are|was|were) (?:one of|in|any of|either)', 'in'],
  ["(?:is not equal to|not equal to|does not equal|doesn't equal|is not|isn't|are not|aren't|was not|wasn't|!==?|<>|≠|other than)", 'ne'],
  ['(?:is equal to|equal to|equals|===?|=|is exactly|is|are|was|were)', 'eq'],
]

const NUMBER = '-?[$€£]?\\s?-?\\d+(?:,\\d{3})*(?:\\.\\d+)?(?:\\s?(?:k|thousand|million|m|bn|billion))?\\b[%€]?'
const QUOTED = '"[^"]*"|\'[^\']*\'|`[^`]*`|“[^”]*”'
const STOP =
  '(?=\\s*(?:$|[,;.?!)]|\\b(?:and|or|but|then|sort(?:ed)?|order(?:ed)? by|by|per|group(?:ed)?|as|are there|do we have|there are|in total|for each|with|where)\\b))'
const WORDS = `(?:[^\\s,;?!()]+(?:\\s+(?!(?:and|or|but|then|sort|sorted|order|by|per|group|as|are|do|in|for|with|where)\\b)[^\\s,;?!()]+){0,3}?)${STOP}`

/** Finds what rows must be like, and gives back the text without it. */
export function readConditions(text: string, scene: Scene): Conditions {
  const found: { condition: Condition[]; start: number; end: number }[] = []
  let work = text
  const blank = (start: number, end: number) => {
    work = work.slice(0, start) + '\uE002'.repeat(end - start) + work.slice(end)
  }
  let problem: string | undefined
  for (const item of againstFigures(work, scene)) {
    found.push(item)
    blank(item.start, item.end)
  }
  const empties = emptiness(work, scene)
  for (const item of empties) {
    found.push(item)
    blank(item.start, item.end)
  }
  for (const [pattern, op] of COMPARATORS) {
    const value =
      op === 'between'
        ? `(${DATE_TEXT}|${NUMBER}|${QUOTED}|\\S+)\\s+(?:and|to)\\s+(${DATE_TEXT}|${NUMBER}|${QUOTED}|\\S+)`
        : op === 'in' || op === 'not_in'
          ? `\\(?([^;.?!)]+)\\)?`
          : `(${DATE_TEXT}|${PERIOD_TEXT}|${NUMBER}|${QUOTED}|${WORDS})`
    const expression = new RegExp(`(?<![\\w])${pattern}\\s*(?<![a-z])${value}`, 'gi')
    for (const match of work.matchAll(expression)) {
      const read = readOne(work, match, op, scene)
      if (typeof read === 'string') problem ??= read
      else if (read) {
        found.push(read)
        blank(read.start, read.end)
      }
    }
  }
  for (const item of [...periods(work, scene), ...namedValues(work, scene)]) {
    if (found.some((other) => other.start < item.end && item.start < other.end)) continue
    found.push(item)
    blank(item.start, item.end)
  }
  found.sort((a, b) => a.start - b.start)
  const match = found.length > 1 && found.some((item, at) => at > 0 && /\bor\b/i.test(text.slice(found[at - 1]?.end, item.start))) ? 'any' : 'all'
  const conditions = mergeEquals(found.flatMap((item) => item.condition))
  const rest = work
    .replace(/\uE002+/g, ' ')
    .replace(/\b(?:where|whose|which|that|with|having|who|when|for which|in which)\b(?=\s*(?:$|(?:and|or|the|a|an|\s)*$))/gi, ' ')
    .replace(/\s+(?:and|or|but)\s*(?=$|\s(?:and|or)\b)/gi, ' ')
    .replace(/\s{2,}/g, ' ')
    .trim()
  return { conditions, match, rest, ...(problem && found.length === 0 ? { problem } : {}) }
}

export type Found = { condition: Condition[]; start: number; end: number }

function readOne(text: string, match: RegExpMatchArray, op: string, scene: Scene): Found | string | undefined {
  const start = match.index as number
  const end = start + match[0].length
  const before = text.slice(Math.max(text.lastIndexOf('\uE002', start) + 1, 0), start)
  const left = mentions(before, scene.columns).at(-1)
  const said = match[1] ?? ''
  const after = /^\s*(?:in|of|for)\s+(?:the\s+)?([\p{L}_]\w*)/iu.exec(text.slice(end))
  // "is" only compares when a column stands straight before it: "what is the total" does not.
  const gap = left ? before.slice(left.end) : before
  if (
    (op === 'eq' || op === 'ne' || op === 'in' || op === 'not_in' || op.includes('contains') || op.includes('_with')) &&
    (!left || !/^["'`\])]*\s*(?:column|field|value)?\s*$/i.test(gap))
  )
    return undefined
  const isDate =
    new RegExp(`^(?:${DATE_TEXT}|${PERIOD_TEXT})$`, 'i').test(said.trim()) &&
    (op === 'before' || op === 'after' || op === 'since' || op === 'until' || left?.column.kind === 'date' || numberIn(said) === undefined)
  if ((op === 'before' || op === 'after' || op === 'since' || op === 'until') && !isDate) return undefined
  const holds =
    left &&
    (!numericText(said) ||
      isDate ||
      left.column.kind === 'number' ||
      left.column.kind === 'empty' ||
      op === 'eq' ||
      op === 'ne' ||
      op.includes('contains') ||
      op.includes('_with') ||
      op.includes('in'))
  const near =
    left && holds && /^["'`\])]*(?:\s+(?:that|which|who|column|field|value|values|of|with|a|an|the|strictly|set|to|being|only))*\s*$/i.test(gap)
      ? left.column
      : undefined
  const trailing = after ? field(after[1] as string, { columns: scene.columns, assume: () => {} }) : undefined
  const numeric = numberIn(said.replace(/%$/, '')) !== undefined
  const comparisonWord = match[0]
  const column =
    near ??
    trailing ??
    implied(match[0], isDate, scene) ??
    people(before, comparisonWord, numeric, scene) ??
    (left && gap.trim().split(/\s+/).length < 4 && (!numeric || left.column.kind === 'number') ? left.column : undefined) ??
    spoken(before, isDate || numeric, scene)
  if (!column) {
    if (op === 'eq' || op === 'ne') return undefined
    const numbers = scene.columns.filter((item) => item.kind === (isDate ? 'date' : 'number')).map((item) => item.name)
    return numeric || isDate
      ? `"${match[0].trim()}" does not say of which column${numbers.length > 1 ? `: ${numbers.join(', ')} could all be meant` : ''}.`
      : undefined
  }
  const from = left && near ? start - before.length + left.start : start
  const till = trailing && !near ? end + (after?.[0].length ?? 0) : end
  // "which products are out of stock" speaks of no value of the product column; "status is archived" may well find nothing.
  if ((op === 'eq' || op === 'ne') && isLoose(match[0], before, column, said, scene)) return undefined
  const condition = conditionsOf(column, op, said, match[2])
  return condition ? { condition, start: from, end: till } : undefined
}

function conditionsOf(column: Column, op: string, said: string, second: string | undefined): Condition[] | undefined {
  const name = column.name
  const value = valueFor(column, said)
  const span = column.kind === 'date' && new RegExp(`^${PERIOD_TEXT}$`, 'i').test(said.trim()) ? period(said) : undefined
  switch (op) {
    case 'between':
      return [
        { field: name, op: 'gte', value },
        { field: name, op: 'lte', value: valueFor(column, second ?? '') },
      ]
    case 'after':
      return [span ? { field: name, op: 'gte', value: span.to } : { field: name, op: 'gt', value }]
    case 'before':
      return [{ field: name, op: 'lt', value: span?.from ?? value }]
    case 'since':
      return [{ field: name, op: 'gte', value: span?.from ?? value }]
    case 'until':
      return [span ? { field: name, op: 'lt', value: span.to } : { field: name, op: 'lte', value }]
    case 'in':
    case 'not_in': {
      const values = said.split(/\s*(?:,|\bor\b|\band\b|\bnor\b)\s*/i).filter(Boolean)
      if (values.length === 1 && span && op === 'in')
        return [
          { field: name, op: 'gte', value: span.from },
          { field: name, op: 'lt', value: span.to },
        ]
      return [{ field: name, op: op as Op, value: values.map((item) => valueFor(column, item)) }]
    }
    case 'eq':
    case 'ne': {
      // "the product is the most expensive" says nothing of a value.
      if (
        /^(?:the|a|an|there|in|to|by|of|what|it)$|^(?:the\s+)?(?:most|least|highest|lowest|largest|biggest|smallest|oldest|youngest|cheapest|latest|earliest|best|worst|top)\b/i.test(
          said.trim(),
        )
      )
        return undefined
      return [{ field: name, op: op as Op, value }]
    }
    default:
      return [{ field: name, op: op as Op, value }]
  }
}

function valueFor(column: Column, said: string): unknown {
  const text = unquote(said.trim().replace(/[.,;]+$/, ''))
  if (column.kind === 'date') return isoDay(text) ?? text
  const number = numberIn(text.replace(/%$/, ''))
  if (number !== undefined && column.kind !== 'text') return number
  if (column.kind === 'boolean' && /^(?:true|yes|false|no)$/i.test(text)) return /^(?:true|yes)$/i.test(text)
  return text.replace(/^(?:the|a|an) /i, '')
}

/** "West and East" can only mean one of them. */
function mergeEquals(conditions: Condition[]): Condition[] {
  const merged: Condition[] = []
  for (const condition of conditions) {
    const same = condition.op === 'eq' && merged.find((item) => item.field === condition.field && (item.op === 'eq' || item.op === 'in'))
    if (!same) merged.push({ ...condition })
    else {
      same.value = [...(Array.isArray(same.value) ? same.value : [same.value]), condition.value]
      same.op = 'in'
    }
  }
  return merged
}
