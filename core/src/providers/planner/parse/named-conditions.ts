import { defaultMeasure, mentions } from '../columns.ts'
import { plain, words } from '../words.ts'
import { DATE_TEXT, field, isoDay, period, PERIOD_TEXT, type Scene } from './scene.ts'
import type { Column, Op } from '../types.ts'
import type { Found } from './conditions.ts'

/** "above the average amount", "salary below average". */
export function againstFigures(text: string, scene: Scene): Found[] {
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

/** "email is missing", "without a phone", "with no name", "non-empty email". */
export function emptiness(text: string, scene: Scene): Found[] {
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
export function periods(text: string, scene: Scene): Found[] {
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
export function namedValues(text: string, scene: Scene): Found[] {
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
