import { defaultMeasure, mentions } from '../columns.ts'
import { numberIn, plain, words } from '../words.ts'
import { DATE_TEXT, field, isoDay, period, PERIOD_TEXT, unquote, type Scene } from './scene.ts'
import type { Column, Condition, Op } from '../types.ts'

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

type Found = { condition: Condition[]; start: number; end: number }

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

/** Verbs that name a column without naming it: "employees who earn more than 4000". */
const VERBS: [RegExp, string][] = [
  [/\b(?:earn(?:s|ed|ing)?|(?:is|are|get|gets) paid|make|makes)\W*$/i, 'salary'],
  [/\b(?:costs?|costing|priced(?: at)?|sell(?:s|ing)? for)\W*$/i, 'price'],
  [/\b(?:spen[dt]|spends|spending|paid|pays?|worth|bought for|ordered for)\W*$/i, 'amount'],
  [/\b(?:scored?|scores|scoring|rated)\W*$/i, 'score'],
  [/\b(?:aged?)\W*$/i, 'age'],
]

/** "above the average amount", "salary below average". */
function againstFigures(text: string, scene: Scene): Found[] {
  const found: Found[] = []
  const pattern =
    /\b(?:is |are )?(above|over|greater than|more than|higher than|below|under|less than|lower than|exceed(?:s|ing)?|at least|at most)\s+(?:the\s+)?(?:overall\s+)?(average|mean|median)\b(?:\s+(?:of\s+)?(?:the\s+)?([\p{L}_]\w*))?/giu
  for (const match of text.matchAll(pattern)) {
    const quiet = { columns: scene.columns.filter((column) => column.kind === 'number'), assume: () => {} }
    const left = mentions(text.slice(0, match.index), quiet.columns).at(-1)
    const after = match[3] ? field(match[3], quiet) : undefined
    const column = after ?? left?.column ?? defaultMeasure(scene.columns)
    if (!column) continue
    const word = (match[1] as string).toLowerCase()
    const op: Op = word === 'at least' ? 'gte' : word === 'at most' ? 'lte' : /below|under|less|lower/.test(word) ? 'lt' : 'gt'
    const start = left && !after ? left.start : match.index
    found.push({
      condition: [{ field: column.name, op, figure: { op: /median/i.test(match[2] as string) ? 'median' : 'avg', field: column.name } }],
      start,
      end: match.index + match[0].length - (match[3] && !after ? match[3].length : 0),
    })
  }
  return found
}

function isLoose(comparison: string, before: string, column: Column, said: string, scene: Scene): boolean {
  if (!/^(?:is|are|was|were)\b/i.test(comparison) || column.kind !== 'text' || /^["'`“]/.test(said.trim()) || numericText(said)) return false
  if (/\b(?:where|with|whose|if|when|rows|having)\b[^,]*$/i.test(before)) return false
  const value = plain(unquote(said.trim()))
  return !scene.rows.some((row) => plain(String(row[column.name] ?? '')) === value)
}

const numericText = (said: string) => numberIn(said.trim().replace(/%$/, '')) !== undefined

function spoken(before: string, wantsNumber: boolean, scene: Scene): Column | undefined {
  if (!wantsNumber) return undefined
  const verb = VERBS.find(([pattern]) => pattern.test(before))
  const meant = verb && field(verb[1], { columns: scene.columns.filter((column) => column.kind === 'number'), assume: () => {} })
  if (meant) return meant
  const last = /([\p{L}_]+)\s*$/u.exec(before.replace(/\s+(?:that|which|who|of|with|is|are)\s*$/i, ''))?.[1]
  const named = last ? field(last, { columns: scene.columns.filter((column) => column.kind === 'number'), assume: scene.assume }) : undefined
  if (named) return named
  const measure =
    scene.grouped && scene.columns === scene.grouped.columns
      ? scene.columns.findLast((column) => column.kind === 'number')
      : defaultMeasure(scene.columns)
  return measure
}

/** "people over 30" are thirty years old. */
function people(before: string, comparison: string, numeric: boolean, scene: Scene): Column | undefined {
  if (
    !numeric ||
    !/\b(?:people|persons?|employees|users|customers|students|members|women|men|those|anyone|everyone|adults?|staff|who (?:is|are))\s*$/i.test(
      before,
    ) ||
    !/\b(?:over|above|under|below)\b/i.test(comparison)
  )
    return undefined
  return scene.columns.find((column) => column.kind === 'number' && column.words.some((word) => word === 'age' || word === 'idade'))
}

function implied(comparator: string, isDate: boolean, scene: Scene): Column | undefined {
  const quiet = { columns: scene.columns, assume: () => {} }
  if (/older|younger/i.test(comparator) && !isDate) return field('age', quiet)
  if (/cheaper/i.test(comparator)) return field('price', quiet)
  if (!isDate) return undefined
  const dates = scene.columns.filter((column) => column.kind === 'date')
  return dates.length === 1 ? dates[0] : undefined
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

/** "email is missing", "without a phone", "with no name", "non-empty email". */
function emptiness(text: string, scene: Scene): Found[] {
  const found: Found[] = []
  const patterns: [RegExp, Op][] = [
    [/([\w "'`-]+?)\s+(?:is|are|was)\s+(?:not|n't|never)\s+(?:empty|missing|blank|null|nil)\b/gi, 'not_empty'],
    [/([\w "'`-]+?)\s+(?:is|are|was)\s+(?:empty|missing|blank|null|nil|not set|absent)\b/gi, 'empty'],
    [/\b(?:with|have|has|having)?\s*(?:an? )?(?:non[- ]?empty|non[- ]?null|non[- ]?blank)\s+([\w-]+)/gi, 'not_empty'],
    [
      /\b(?:with|have|having|has|where)?\s*(?:an? |the )?(?:empty|missing|blank|null|no)\s+(?!rows?\b|values?\b|lines?\b|columns?\b|more\b|less\b|fewer\b|longer\b|later\b)([\w-]+(?:\s+[\w-]+)?)/gi,
      'empty',
    ],
    [/\b(?:without|lacking|missing)\s+(?:an? |any |the )?([\w-]+(?:\s+[\w-]+)?)/gi, 'empty'],
  ]
  for (const [pattern, op] of patterns) {
    for (const match of text.matchAll(pattern)) {
      const named = mentions(match[1] ?? '', scene.columns).at(-1)
      if (!named) continue
      const inside = match[0].indexOf(match[1] as string)
      const leads = inside > 0
      const start = leads ? match.index : match.index + named.start
      const end = leads ? match.index + inside + named.end : match.index + match[0].length
      if (!found.some((item) => item.start < end && start < item.end)) found.push({ condition: [{ field: named.column.name, op }], start, end })
    }
  }
  return found
}

/** "in 2024", "from March 2024", "for Q1 2024", "on 2024-03-05". */
function periods(text: string, scene: Scene): Found[] {
  const dates = scene.columns.filter((column) => column.kind === 'date')
  if (dates.length !== 1) return []
  const name = dates[0]?.name as string
  const found: Found[] = []
  for (const match of text.matchAll(new RegExp(`\\b(?:in|during|from|for|of|within)\\s+(?:the year\\s+)?(${PERIOD_TEXT})(?![-/\\w])`, 'gi'))) {
    const span = period(match[1] as string)
    if (span)
      found.push({
        condition: [
          { field: name, op: 'gte', value: span.from },
          { field: name, op: 'lt', value: span.to },
        ],
        start: match.index,
        end: match.index + match[0].length,
      })
  }
  for (const match of text.matchAll(new RegExp(`\\bon\\s+(${DATE_TEXT})`, 'gi'))) {
    const day = isoDay(match[1] as string)
    if (day) found.push({ condition: [{ field: name, op: 'eq', value: day }], start: match.index, end: match.index + match[0].length })
  }
  return found
}

const NOT =
  /\b(?:not|except(?: for)?|excluding|exclude|other than|ignoring|ignore|but not|without|besides|apart from)\s+(?:the |those |rows |in |from |for )*$/i
const PLAIN_WORDS = new Set(
  'a an the of in on by per for and or to as is are with from all each every yes no not it its i me my total sum average count top first last data row name new old high low long short one two three who what which than more most less order orders item items sort rows'.split(
    ' ',
  ),
)

/** Cells that are named in the text: "for West", "paid orders", "status shipped", "in Lisbon or Porto". */
function namedValues(text: string, scene: Scene): Found[] {
  const cells = new Map<string, { column: Column; value: string }[]>()
  for (const column of scene.columns) {
    if (column.kind !== 'text' && column.kind !== 'boolean') continue
    const seen = new Set(scene.rows.slice(0, 20_000).map((row) => row[column.name]))
    if (seen.size > 5000) continue
    for (const value of seen) {
      if (typeof value !== 'string' || value.length < 2 || value.length > 60) continue
      const key = words(value).join(' ')
      const list = cells.get(key) ?? []
      if (!list.some((item) => item.column === column)) list.push({ column, value })
      cells.set(key, list)
    }
  }
  const taken = mentions(text, scene.columns).filter((item) => item.how === 'exact')
  const tokens = [...text.matchAll(/[\p{L}\p{N}]+/gu)].map((match) => ({ text: match[0], start: match.index, end: match.index + match[0].length }))
  const found: Found[] = []
  for (let size = 4; size > 0; size--) {
    for (let at = 0; at + size <= tokens.length; at++) {
      const start = tokens[at]?.start as number
      const end = tokens[at + size - 1]?.end as number
      const said = text.slice(start, end)
      const held = cells.get(words(said).join(' '))
      if (
        !held ||
        PLAIN_WORDS.has(plain(said)) ||
        taken.some((item) => item.start < end && start < item.end) ||
        found.some((item) => item.start < end && start < item.end)
      )
        continue
      const before = text.slice(0, start)
      const named = mentions(before, scene.columns).findLast((item) => /^\W*(?:is|=|of|in)?\W*$/i.test(before.slice(item.end)))
      const chosen = held.find((item) => item.column === named?.column) ?? held[0]
      if (!chosen) continue
      const bare = named && chosen.column === named.column ? before.slice(0, named.start) : before
      const op: Op = NOT.test(bare) ? 'ne' : 'eq'
      const cut =
        op === 'ne' ? (NOT.exec(bare)?.index ?? start) : /\b(?:for|in|from|of|at|with|called|named|the|only|where)\s+(?:the )?$/i.exec(before)?.index
      found.push({
        condition: [{ field: chosen.column.name, op, value: chosen.value }],
        start: Math.min(named && chosen.column === named.column ? named.start : start, cut ?? start),
        end,
      })
    }
  }
  return found.sort((a, b) => a.start - b.start)
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
