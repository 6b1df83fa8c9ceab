import { defaultMeasure, fieldIn, mentions, measures } from '../columns.ts'
import { readConditions } from './conditions.ts'
import { datePart } from './date-parts.ts'
import { columnsSentence, field, fieldList, onTable, problem, type Rule, type Scene, type Step } from './scene.ts'
import { numberIn } from '../words.ts'
import type { Aggregate, AggregateOp, Operation } from '../types.ts'

const AGGREGATES: [RegExp, AggregateOp][] = [
  [
    /\bnumber of (?:unique|distinct|different)\b|\b(?:unique|distinct|different) (?:count|number) of\b|\bcount (?:of )?(?:the )?(?:unique|distinct|different)\b|\bhow many (?:unique|distinct|different)\b/gi,
    'count_distinct',
  ],
  [/\b(?:standard deviation|std\.? ?dev(?:iation)?|stdev|stddev)\b/gi, 'stddev'],
  [/\bvariance\b/gi, 'variance'],
  [/\bmedian\b/gi, 'median'],
  [/\b(?:most (?:common|frequent|popular)|modal|mode)\b/gi, 'mode'],
  [/\b(?:average|avg|mean)\b/gi, 'avg'],
  [/\b(?:total(?!\s*=)s?|sum(?:med|s)?(?: up)?|add up|combined|overall|altogether)\b/gi, 'sum'],
  [/\b(?:minimum|min|lowest|smallest|least|cheapest|earliest|youngest|fewest)\b/gi, 'min'],
  [/\b(?:maximum|max|highest|largest|biggest|greatest|latest|oldest|priciest|most expensive|most recent)\b/gi, 'max'],
  [/\bhow much\b|^summari[sz]e\b|\bbreakdown of\b/gi, 'sum'],
  [/\b(?:how many|number of|count(?:s|ing)?(?: of| up)?|tally|head ?count)\b/gi, 'count'],
]
/** Adjectives that bring their column along. */
const IMPLIED: [RegExp, string][] = [
  [/cheapest|priciest|expensive/i, 'price'],
  [/youngest|oldest/i, 'age'],
  [/earliest|latest|recent/i, 'date'],
  [/highest[- ]paid|best[- ]paid|lowest[- ]paid/i, 'salary'],
]
const BY =
  /\b(?:(?:broken down|split|grouped?|breakdown|aggregated?|segmented)\s+(?:it |them |the (?:data|rows) )?by|for (?:each|every)|(?:in|at|of|from) (?:each|every)|per|by each|by|across(?: all)?|(?:did|does|do|has|have) (?:each|every))\s+(?:the )?(.+?)(?=\s*(?:$|[;?!]|,?\s*\b(?:sort(?:ed)?|order(?:ed)?|where|only|but|excluding|except|if|when|while|with the|as (?:a |an )?(?:json|table|csv)|in (?:descending|ascending)|from (?:high|low|large)|then|for|having|descending|ascending|using|rounded|make|made|place|placed|have|has|spend|spent|buy|bought|earn|earned|sell|sold|get|got|generate|generated)\b))/i

/** `before`: columns that have to be made first, such as the month of a date. */
type Group = { by: string[]; rest: string; missing: string[]; before: Operation[] }

/** "by region and year", "per customer", "for each department". */
export function readGroup(text: string, scene: Scene): Group {
  const match = BY.exec(text)
  if (!match?.[1]) return adjective(text, scene)
  const before: Operation[] = []
  const said = match[1].replace(/[?.!]+$/, '').split(/\s*(?:,|\band\b|&)\s*/i)
  const parts = said.map((piece) => datePart(piece.replace(/^(?:calendar|each|every|the)\s+/i, ''), scene))
  const { fields, missing } = fieldList(said.filter((_piece, at) => !parts[at]).join(', '), scene)
  for (const part of parts) {
    if (!part) continue
    before.push(...part.before)
    fields.push(part.name)
  }
  const phrase = match[1].trim()
  if (fields.length === 0 && /^(?:\d|row|line|hand|it|them|amount of)/i.test(phrase)) return { by: [], rest: text, missing: [], before }
  return {
    before,
    by: fields,
    rest: `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`.trim(),
    missing: fields.length > 0 ? missing.filter((item) => item.split(/\s+/).length < 3) : missing,
  }
}

/** "monthly totals" over a table with dates. */
function adjective(text: string, scene: Scene): Group {
  const match = /\b(monthly|yearly|annual|quarterly|daily)\b/i.exec(text)
  const part = match && datePart(match[1] as string, scene)
  return match && part
    ? { by: [part.name], rest: text.replace(match[0], ' '), missing: [], before: part.before }
    : { by: [], rest: text, missing: [], before: [] }
}

/** "Group the orders by status": the figures come with the next clause. */
export const groupBy: Rule = (text, scene) => {
  if (!/^(?:group|split|segment|break|(?:for|per) each|for every)\b/i.test(text) || aggregateWords(text).length > 0) return undefined
  const group = readGroup(text, scene)
  if (group.missing.length > 0) return problem(`There is no column for "${group.missing.join('", "')}". ${columnsSentence(scene)}`)
  if (group.by.length === 0) return undefined
  // "Group sales by rep" names the figure as well.
  const measure = mentions(
    group.rest,
    scene.columns.filter((column) => column.kind === 'number' && !group.by.includes(column.name)),
  )[0]?.column
  const figure: Operation[] = measure ? [{ type: 'aggregate', by: group.by, aggregates: [{ op: 'sum', field: measure.name }] }] : []
  return onTable(...group.before, { type: 'group_by', by: group.by }, ...figure)
}

type Hit = { op: AggregateOp; start: number; end: number; said: string }

export function aggregateWords(text: string): Hit[] {
  const hits: Hit[] = []
  for (const [pattern, op] of AGGREGATES) {
    for (const match of text.matchAll(pattern)) {
      const [start, end] = [match.index, match.index + match[0].length]
      if (!hits.some((hit) => hit.start < end && start < hit.end)) hits.push({ op, start, end, said: match[0] })
    }
  }
  // "how much ... on average" asks for the average.
  const vague = hits.length > 1 ? hits.filter((hit) => !/^how much$/i.test(hit.said)) : hits
  return vague.sort((a, b) => a.start - b.start)
}

/** "total amount by region", "average and median salary per department", "sum price and quantity", "how many orders per country". */
export const aggregates: Rule = (text, scene) => {
  if (aggregateWords(text).length === 0 || /^(?:keep|filter|remove|drop|exclude|delete|discard)\b/i.test(text)) return undefined
  const leading =
    /^(?:for|per|in) (?:each|every) ([\p{L}_][\p{L}\p{N}_ ]*?),?\s+(?=(?:give|show|calculate|compute|find|get|return|list|tell|what|how|sum|count|the|total|average|max|min|mean|median|report)\b)(.*)$/iu.exec(
      text,
    )
  const listed =
    /^(?:list|show|give|return|get|display)\s+(?:me\s+)?(?:all\s+|the\s+|each\s+|every\s+)*([\p{L}_][\p{L}\p{N}_ ]*?)\s+(?:with|and|along with|together with)\s+(?:their|its|the)\s+(?=(?:respective |corresponding )?(?:number|count|total|sum|average|avg|mean|median|min|max))(.*)$/iu.exec(
      text,
    )
  const heads = listed && fieldList(listed[1] as string, { ...scene, assume: () => {} })
  const turned = leading
    ? `${leading[2]} by ${leading[1]}`
    : listed && heads && heads.fields.length > 0 && heads.missing.length === 0 && !BY.test(text)
      ? `${listed[2]} by ${listed[1]}`
      : text
  const rounding =
    /,?\s*\b(?:and\s+)?round(?:ed)?\s+(?:it\s+|them\s+)?to\s+(\d+|one|two|three|the nearest (?:integer|whole number)|whole numbers?|integers?)(?:\s+(?:decimals?|decimal places?|digits|places))?/i.exec(
      turned,
    )
  const group = readGroup(rounding ? turned.replace(rounding[0], ' ') : turned, scene)
  if (group.by.length === 0 && scene.grouped && scene.groupColumns.length > 0 && /\b(?:they|each|per group|for each)\b/i.test(group.rest))
    group.by = scene.groupColumns
  const where = readConditions(group.rest, scene)
  const body = where.rest
  const hits = aggregateWords(body).filter((hit) => !isColumnHere(body, hit, scene))
  if (hits.length === 0) return undefined
  if (group.by.length === 0 && /^(?:which|whose)\b/i.test(text)) return problem(`I could not tell what "${text}" compares. ${columnsSentence(scene)}`)
  if (group.missing.length > 0) return problem(`There is no column for "${group.missing.join('", "')}". ${columnsSentence(scene)}`)
  const unsure = beyond(body)
  if (unsure) return problem(unsure)
  if (where.problem) return problem(where.problem)
  const wanted: Aggregate[] = []
  let unclear: string | undefined
  for (const [at, hit] of hits.entries()) {
    const found = fieldsOf(body, hits, at, scene)
    if (typeof found === 'string') unclear ??= found
    else for (const name of found) wanted.push({ op: hit.op, field: name })
  }
  if (wanted.length === 0) return problem(unclear ?? columnsSentence(scene))
  const digits = rounding ? (numberIn(rounding[1] as string) ?? 0) : undefined
  const compared = /^compare\b|\b(?:respectively|separately|each)\b/i.test(text) ? where.conditions.find((item) => item.op === 'in') : undefined
  if (compared && group.by.length === 0) group.by = [compared.field]
  const first: Operation[] = [
    ...(where.conditions.length > 0 ? [{ type: 'filter', conditions: where.conditions, match: where.match, negate: false } as const] : []),
    ...group.before,
  ]
  const counts = wanted.every((item) => item.op === 'count')
  if (counts && group.by.length === 0 && wanted[0]?.field === null) return onTable(...first, { type: 'count_rows', noun: nounOf(body) })
  // The most frequent value needs counting, not arithmetic.
  const mode = wanted.length === 1 && wanted[0]?.op === 'mode' && group.by.length === 0 ? wanted[0].field : undefined
  if (mode && scene.columns.find((column) => column.name === mode)?.kind !== 'number') {
    return onTable(...first, { type: 'best', by: [mode], aggregate: { op: 'count', field: null }, direction: 'desc', count: 1 })
  }
  return [
    ...onTable(...first),
    ...onTable({ type: 'aggregate', by: group.by, aggregates: dedupe(wanted).map((item) => (digits === undefined ? item : { ...item, digits })) }),
  ]
}

/** Words that turn a total into something that these rules cannot work out: better no figure than a wrong one. */
export function beyond(text: string): string | undefined {
  const word =
    /\b(?:running|cumulative|moving|rolling|year[- ]over[- ]year|month[- ]over[- ]month|growth|weighted|forecast|predict\w*|trend|ratio|outliers?|transpose|standard error|regression|cluster\w*)\b/i.exec(
      text,
    )?.[0]
  if (word) return `I cannot work out a "${word}" figure.`
  const pronoun = /\b(?:did|does|do|has|have|is|was) (?:it|he|she)\b/i.exec(text)?.[0]
  if (pronoun) return `I cannot tell what "${pronoun}" speaks of in "${text.trim()}".`
  const versus = /\b(\S+) (?:vs\.?|versus|compared (?:to|with)) (\S+)/i.exec(text)
  if (versus) return `I cannot compare "${versus[1]}" with "${versus[2]}" in one figure; ask for each of them by itself.`
  const number = /(?<![\w.])\d[\d,.]*(?![\w])/.exec(text)?.[0]
  return number ? `I could not tell what "${number}" stands for in "${text.trim()}".` : undefined
}

function dedupe(list: Aggregate[]): Aggregate[] {
  return list.filter((item, at) => list.findIndex((other) => other.op === item.op && other.field === item.field) === at)
}

/** Whether the word is a column's name here ("sort by total", "average total"). */
function isColumnHere(text: string, hit: Hit, scene: Scene): boolean {
  const named = scene.columns.some((column) => column.words.join(' ') === hit.said.toLowerCase().replace(/s$/, ''))
  if (!named) return false
  return aggregateWords(text.slice(0, hit.start)).some((other) => /^\s*(?:of\s+)?(?:the\s+)?$/i.test(text.slice(other.end, hit.start)))
}

function nounOf(text: string): string {
  return (
    /\b(?:how many|number of|count(?: of)?(?: the| all(?: the)?)?)\s+(?:of\s+)?(?:the\s+)?([\p{L}_-]+(?:\s+(?:are|is|do|does|did|there|left|remain\w*|have|has|we|in)\b)?)/iu
      .exec(text)?.[1]
      ?.replace(/\s+(?:are|is|do|does|did|there|left|remain\w*|have|has|we|in)$/i, '') ?? 'rows'
  )
}

/** Which columns one aggregate word speaks of; `[null]` counts rows; a sentence when it cannot be told. */
function fieldsOf(text: string, hits: Hit[], at: number, scene: Scene): (string | null)[] | string {
  const hit = hits[at] as Hit
  // Aggregates in a row, as in "min, max and average price", share what follows the last of them.
  let last = at
  while (
    last + 1 < hits.length &&
    !/\p{L}/u.test(text.slice(hits[last]?.end, hits[last + 1]?.start).replace(/\b(?:and|or|the|of|also|as well as)\b/gi, ''))
  )
    last++
  const phrase = text.slice(hits[last]?.end, hits[last + 1]?.start ?? text.length)
  if (hit.op === 'count' || hit.op === 'count_distinct') return [countField(phrase, hit.op, scene)]
  const wantsNumber = hit.op !== 'min' && hit.op !== 'max' && hit.op !== 'mode'
  const named = mentions(phrase, scene.columns).filter((item) => !wantsNumber || item.column.kind === 'number')
  const listed = named.filter(
    (item, index) =>
      index === 0 || /^["'`\]]*\s*(?:,|and|&|,\s*and|\s)*\s*(?:the\s+)?["'`[]*$/i.test(phrase.slice(named[index - 1]?.end, item.start)),
  )
  // A product of columns in a sum: "sum of price * quantity" is for the expression rule.
  if (listed.length > 0) return listed.map((item) => item.column.name)
  const implied = IMPLIED.find(([pattern]) => pattern.test(hit.said))
  if (scene.focus && /^\W*(?:it|them|that|this(?: column)?|the (?:new )?column|the result)\W*$/i.test(phrase)) return [scene.focus]
  const bySaid = implied ? field(implied[1], scene) : undefined
  if (bySaid) return [bySaid.name]
  const before = mentions(text.slice(at > 0 ? hits[at - 1]?.end : 0, hit.start), scene.columns).findLast(
    (item) => !wantsNumber || item.column.kind === 'number',
  )
  if (before) return [before.column.name]
  const said = phrase.replace(/^[\s,]*(?:of|the|all|in|for|a|an|our|their|my|these|those|is|are|up|was|value|values|number|numbers)\b/gi, '').trim()
  const numeric = { columns: wantsNumber ? measures(scene.columns) : scene.columns, assume: scene.assume }
  const slot = said ? fieldIn(said, numeric.columns) : undefined
  if (slot) return [field(said, numeric)?.name ?? slot.column.name]
  const measure = defaultMeasure(scene.columns)
  if (measure) {
    const noun = said
      .split(/\s+/)
      .filter(
        (word) =>
          word !== '' &&
          !/^(?:of|the|all|in|it|them|this|that|those|these|result|data|rows?|everything|column|there|overall|is|are|be|as|json)$/i.test(word),
      )
    if (noun.length > 0) scene.assume(`I took "${noun.slice(0, 3).join(' ')}" to mean the column ${measure.name}, the only one that fits.`)
    return [measure.name]
  }
  const numbers = measures(scene.columns).map((column) => column.name)
  return numbers.length > 1
    ? `Which column should I use for "${`${hit.said} ${said}`.trim()}"? ${numbers.join(', ')} could be meant.`
    : `I found no column of numbers for "${`${hit.said} ${said}`.trim()}". ${columnsSentence(scene)}`
}

/** "customers" counts different customers where they repeat, and rows where each row is one. */
function countField(phrase: string, op: AggregateOp, scene: Scene): string | null {
  const noun = /^\s*(?:of\s+)?(?:the\s+)?(?:unique |distinct |different )?([\p{L}_][\p{L}\p{N}_ -]*)/iu.exec(phrase)?.[1] ?? ''
  const named = mentions(noun, scene.columns)[0]
  if (op === 'count_distinct') return named?.column.name ?? (noun ? (field(noun, scene)?.name ?? null) : null)
  return named && named.start < 3 && !named.column.unique && named.column.kind !== 'number' && named.how === 'exact' ? named.column.name : null
}

/** A count of a repeating column counts its different values; the operation says so. */
export function settleCounts(steps: Step[], scene: Scene): Step[] {
  return steps.map((step) => {
    if (step.operation.type !== 'aggregate') return step
    const settled = step.operation.aggregates.map((item): Aggregate =>
      item.op === 'count' && item.field !== null
        ? { op: 'count_distinct', field: item.field }
        : item.op === 'count_distinct' && item.field === null
          ? { op: 'count', field: null }
          : item,
    )
    for (const item of settled) if (item.op === 'count_distinct') scene.assume(`I counted each different ${item.field} once.`)
    return { ...step, operation: { ...step.operation, aggregates: settled } }
  })
}
