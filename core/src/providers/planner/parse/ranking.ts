import { defaultMeasure, fieldIn, labelColumn, measures, mentions } from '../columns.ts'
import { numberIn } from '../words.ts'
import { aggregateWords } from './aggregates.ts'
import { readConditions } from './conditions.ts'
import { datePart } from './date-parts.ts'
import { columnsSentence, field, onGroup, onTable, problem, type Rule, type Scene, type Step } from './scene.ts'
import type { Aggregate, Column, Operation } from '../types.ts'

const HIGH =
  'highest|largest|biggest|greatest|most|maximum|max|best|top|oldest|latest|newest|longest|heaviest|tallest|priciest|most expensive|most recent'
const LOW = 'lowest|smallest|least|minimum|min|worst|bottom|youngest|earliest|shortest|lightest|cheapest|fewest|least expensive'
const SUPERLATIVE = new RegExp(`\\b(most expensive|least expensive|most recent|${HIGH}|${LOW})\\b`, 'i')
const NUM = '\\d+|one|two|three|four|five|six|seven|eight|nine|ten|twelve'
/** Quantities that are added up when one speaks of a group's "highest"; others, such as a price or an age, are not. */
const ADDITIVE =
  /^(?:amount|revenue|sale|value|turnover|income|total|quantity|qty|unit|spend|spending|cost|profit|point|order|hour|visit|click|view|valor|montante|receita|venda|quantidade|expense|budget|donation|payment)$/

const isLow = (word: string) => new RegExp(`^(?:${LOW})$`, 'i').test(word)

/** "which region has the highest total?", "who earns the most?", "what is the most expensive product?". */
export const best: Rule = (written, scene) => {
  // "who earns more, Ana or Bob?" is a contest between two.
  const contest = /^(?:who|which|what)\b.*\b(more|higher|bigger|larger|older|greater|less|fewer|lower|smaller|younger|cheaper)\b.*\bor\b/i
    .exec(written)?.[1]
    ?.toLowerCase()
  const text = contest ? written.replace(new RegExp(`\\b${contest}\\b`, 'i'), MOST[contest] ?? 'most') : written
  const asked =
    /^(?:tell me |show me |find |find out |figure out |work out |give me |say |identify |determine |return |list )?(?:the )?(which|what(?:'s| is| was| are)?(?: the)?|who(?:'s| is| has| had)?|name(?: of)?(?: the)?)?\s*(.*)$/i.exec(
      text,
    )
  const superlative = SUPERLATIVE.exec(text)
  if (!asked || !superlative) return undefined
  const where = readConditions(text, scene)
  const body = where.rest
  const found = SUPERLATIVE.exec(body)
  if (!found) return undefined
  const word = found[1] as string
  const direction = isLow(word) ? 'asc' : 'desc'
  const after = body.slice(found.index + word.length)
  const subject = body
    .slice(0, found.index)
    .replace(/^(?:tell me |show me |find (?:out )?|figure out |work out |identify |determine |give me |and |say )*/i, '')
  const filter: Operation[] = where.conditions.length > 0 ? [{ type: 'filter', conditions: where.conditions, match: where.match, negate: false }] : []
  const which =
    /^(?:which|what|whose|name)\s+(?:is |are |was |the |of )*(.*?)\s*(?:\b(?:has|have|had|with|is|are|was|were|we|you|they|i|people|made|makes|sold|sells|earned|earns|spent|spends|got|gets|brought(?: in)?|brings(?: in)?|generated|generates|received|bought|placed|shows?|did|does|do|costs?|ordered)\b.*)?$/i.exec(
      subject,
    )
  const who = /^who\b/i.test(subject)
  const said = which?.[1]?.replace(/\b(?:the|of|in|that|by)\b/gi, ' ').trim() ?? ''
  const part = said ? datePart(said, scene) : undefined
  if (part) {
    const derived: Column = { name: part.name, words: [part.name], kind: 'text', unique: false, filled: scene.rows.length }
    return rank(derived, after, subject, word, direction, 1, [...filter, ...part.before], {
      ...scene,
      columns: scene.columns.filter((column) => column !== part.column),
    })
  }
  const subjectColumn = said ? pick(said, scene) : undefined
  const holder = /^(.+?)\s+(?:with|having|that has|who has|which has|that have)\s+(?:the\s+)?$/i.exec(
    subject.replace(/^(?:what|which|who)(?:'s| is| are| was)?\s+/i, ''),
  )?.[1]
  if (!subjectColumn && holder && !aggregateWords(holder).length) {
    const held = pick(holder, scene) ?? labelColumn(scene.columns)
    if (held) return rank(held, after, '', word, direction, 1, filter, scene)
  }
  if (!who && !subjectColumn) return plainSuperlative(body, found, direction, filter, scene)
  const named = subjectColumn ?? labelColumn(scene.columns)
  if (!named) return undefined
  return rank(named, after, subject, word, direction, 1, filter, scene)
}

const MOST: Record<string, string> = {
  higher: 'highest',
  bigger: 'biggest',
  larger: 'largest',
  older: 'oldest',
  greater: 'greatest',
  less: 'least',
  fewer: 'fewest',
  lower: 'lowest',
  smaller: 'smallest',
  younger: 'youngest',
  cheaper: 'cheapest',
}

function pick(said: string, scene: Scene): Column | undefined {
  const textual = scene.columns.filter((column) => column.kind !== 'number' || /\b(?:year|month|id|code)\b/.test(column.words.join(' ')))
  return fieldIn(said, textual)?.column ?? (fieldIn(said, scene.columns)?.how === 'exact' ? fieldIn(said, scene.columns)?.column : undefined)
}

/** Ranks the values of a column by what is said of them, or the rows where each value stands for one row. */
export function rank(
  subject: Column,
  after: string,
  before: string,
  word: string,
  direction: 'asc' | 'desc',
  count: number,
  filter: Operation[],
  scene: Scene,
): Step[] {
  const others = { columns: scene.columns.filter((column) => column.name !== subject.name), assume: scene.assume }
  const hit =
    aggregateWords(after).find((item) => !others.columns.some((column) => column.words.join(' ') === item.said.toLowerCase())) ??
    aggregateWords(/\b(?:total|average|mean|median)\b/i.test(before) ? before : '')[0]
  const countNoun = /^\s*(?:number of\s+)?([\p{L}_]+)\s*\??$/iu.exec(after)?.[1]
  const measured =
    measureIn(after, others, word) ?? measureIn(before.replace(new RegExp(`\\b${subject.words.join('\\W*')}\\w*`, 'i'), ' '), others, word)
  const show = (aggregate: Aggregate): Step[] => onTable(...filter, { type: 'best', by: [subject.name], aggregate, direction, count })
  if (hit && hit.op !== 'count' && hit.op !== 'count_distinct') {
    const measure = measured ?? defaultMeasure(others.columns)
    return measure ? show({ op: hit.op, field: measure.name }) : problem(`Which column should be ranked? ${columnsSentence(scene)}`)
  }
  if (hit || (countNoun && !measured && /^(?:most|fewest|least|top)$/i.test(word))) {
    if (!hit && subject.unique) return problem(`Which column should be ranked? ${columnsSentence(scene)}`)
    const noun = hit ? after.slice(hit.end) : (countNoun as string)
    const counted = mentions(noun, others.columns)[0]?.column
    return show(
      counted && !counted.unique && counted.kind !== 'number' ? { op: 'count_distinct', field: counted.name } : { op: 'count', field: null },
    )
  }
  const unknown = after
    .replace(/\b(?:the|of|in|by|a|an|all|overall|one|is|are|was|were|there|value|amount|spending|sales?|revenue|total|orders?)\b|[?.!,]/gi, ' ')
    .trim()
  if (!measured && /^\s*\p{L}{3,}/u.test(unknown) && !/^(?:who|which|what|and|on|at|from|paid|money|spent|sold|earned)\b/i.test(unknown))
    return problem(`There is no column for "${unknown}". ${columnsSentence(scene)}`)
  const measure =
    measured ??
    (/^(?:most|least|highest|lowest|best|worst|top|bottom|biggest|largest|smallest)$/i.test(word) ? defaultMeasure(others.columns) : undefined)
  if (!measure) return problem(`Which column should be ranked? ${columnsSentence(scene)}`)
  if (subject.unique || measure.kind === 'date' || !measure.words.some((item) => ADDITIVE.test(item))) {
    return onTable(
      ...filter,
      count === 1
        ? { type: 'extreme_row', field: measure.name, direction, show: subject.name }
        : { type: 'best', by: [subject.name], aggregate: { op: 'max', field: measure.name }, direction, count },
    )
  }
  scene.assume(`I compared ${subject.name} by total ${measure.name}.`)
  return show({ op: 'sum', field: measure.name })
}

const WORD_COLUMNS: [RegExp, string][] = [
  [/expensive|cheapest|priciest|costs?\b/i, 'price'],
  [/oldest|youngest/i, 'age'],
  [/latest|newest|recent|earliest/i, 'date'],
  [/\bpaid\b|\bearns?\b/i, 'salary'],
  [/\bspen[dt]s?\b|\bspending\b/i, 'amount'],
  [/\bsold\b|\bsells\b|\bselling\b/i, 'quantity'],
]

function measureIn(text: string, scene: Pick<Scene, 'columns' | 'assume'>, word: string): Column | undefined {
  const numeric = scene.columns.filter((column) => column.kind === 'number' || column.kind === 'date')
  const named = mentions(text, numeric)[0]?.column
  if (named) return named
  for (const [pattern, column] of WORD_COLUMNS) {
    if (!pattern.test(word) && !pattern.test(text)) continue
    const found = fieldIn(column, numeric)?.column
    if (found) return found
  }
  const said = text.replace(/\b(?:the|of|in|by|has|have|with|a|an|is|are|which|what|who|orders?|rows?)\b/gi, ' ').trim()
  return said ? field(said, { columns: numeric, assume: scene.assume }) : undefined
}

/** "the most expensive product", "cheapest item", "the latest order": one row. "highest salary": one figure, left to the aggregates. */
function plainSuperlative(text: string, found: RegExpExecArray, direction: 'asc' | 'desc', filter: Operation[], scene: Scene): Step[] | undefined {
  const word = found[1] as string
  const after = text.slice(found.index + word.length)
  if (
    /^\s*(?:[- ](?:common|frequent|popular))/i.test(after) ||
    (/\b(?:by|per|for each)\b/i.test(after) && !/^[- ]?(?:selling|performing|earning|rated)?\s+[\p{L}_]+\s+by\b/iu.test(after)) ||
    new RegExp(`^\\s*(?:${NUM})\\b`, 'i').test(after)
  )
    return undefined
  if (/^(?:max|maximum|min|minimum)$/i.test(word)) return undefined
  const direct = mentions(after, scene.columns)[0]
  if (direct && direct.start < 2 && (direct.column.kind === 'number' || direct.column.kind === 'date')) return undefined
  const selling = /^[- ]?(selling|performing|earning|rated)?\s+([\p{L}_]+)(?:\s+by\s+(.+))?$/iu.exec(after)
  const ranked =
    selling && (selling[1] || selling[3])
      ? fieldIn(
          selling[2] as string,
          scene.columns.filter((column) => column.kind !== 'number'),
        )?.column
      : undefined
  if (selling && ranked)
    return rank(
      ranked,
      selling[3] ?? (/selling/i.test(selling[1] ?? '') ? 'quantity sold' : ''),
      '',
      direction === 'desc' ? 'highest' : 'lowest',
      direction,
      1,
      filter,
      scene,
    )
  const paid = /^[- ]paid\b/i.test(after)
  const implied = WORD_COLUMNS.find(([pattern]) => pattern.test(paid ? 'paid' : word))
  const measure = implied ? fieldIn(implied[1], scene.columns)?.column : undefined
  if (measure) return onTable(...filter, { type: 'extreme_row', field: measure.name, direction, show: null })
  const valued = /\b(?:by|in terms of)\s+(.+)$/i.exec(after)?.[1]
  const column = valued
    ? field(valued, scene)
    : /^\s*(?:orders?|sales?|rows?|records?|items?|transactions?|payments?|invoices?|entr(?:y|ies))\b/i.test(after)
      ? defaultMeasure(scene.columns)
      : undefined
  return column ? onTable(...filter, { type: 'extreme_row', field: column.name, direction, show: null }) : undefined
}

const TOP = new RegExp(
  `\\b(?:(top|bottom|first|last|best|worst)\\s+(${NUM})\\b|(${NUM})\\s+((?:most|least)\\s+\\w+|highest|largest|biggest|greatest|lowest|smallest|cheapest|priciest|oldest|youngest|newest|latest|earliest|best|worst|top|bottom|first|last)\\b)`,
  'i',
)

/** "the top 3 by amount", "first 10 rows", "5 cheapest products", "top 2 customers by total amount". */
export const top: Rule = (written, scene) => {
  const text = written.replace(/\b(first|last) (?=(?:row|line|record|entry)\b)/i, '$1 1 ')
  if (!TOP.test(text)) return undefined
  const where = readConditions(text, scene)
  const match = TOP.exec(where.rest)
  if (!match) return undefined
  const word = (match[1] ?? match[4] ?? 'top').toLowerCase()
  const count = numberIn(match[2] ?? match[3] ?? '') ?? 1
  const filter: Operation[] = where.conditions.length > 0 ? [{ type: 'filter', conditions: where.conditions, match: where.match, negate: false }] : []
  const after = where.rest.slice(match.index + match[0].length)
  if (/^\s*(?:days?|weeks?|months?|years?|hours?|quarters?|minutes?)\b/i.test(after))
    return problem(
      `I cannot tell which dates "${match[0]}${/^\s*\w+/.exec(after)?.[0] ?? ''}" covers; please give the dates, for example "after 2024-05-01".`,
    )
  if (/^(?:remove|drop|skip|delete|exclude|without)\b/i.test(text))
    return word === 'first' || word === 'last'
      ? onTable({ type: 'limit', count: Math.max(0, scene.rows.length - count), from: word === 'first' ? 'end' : 'start' })
      : undefined
  if (/\b(?:per|in each|for each|within each)\b/i.test(after))
    return problem('I cannot rank within each group ("top N per ..."); I can rank all rows, or groups by a total.')
  const by = /\b(?:by|with the (?:highest|most|largest|lowest)|based on|according to|in terms of|ranked by|sorted by|ordered by)\s+(.+)$/i.exec(
    after,
  )?.[1]
  const noun = (by === undefined ? after : after.slice(0, after.indexOf(by)))
    .replace(/\b(?:by|with the \w+|based on|according to|in terms of|ranked by|sorted by|ordered by)\s*$/i, '')
    .trim()
  const low = word === 'bottom' || isLow(word) || word.startsWith('least')
  if (scene.grouped && !by && filter.length === 0) {
    const isFirst = word === 'first' || word === 'last'
    return isFirst || scene.sorted
      ? onGroup({ type: 'limit', count, from: word === 'last' ? 'end' : 'start' })
      : onGroup(
          { type: 'sort', by: [{ field: scene.grouped.values[0] as string, direction: low ? 'asc' : 'desc' }] },
          { type: 'limit', count, from: 'start' },
        )
  }
  const from = word === 'last' ? 'end' : 'start'
  if ((word === 'first' || word === 'last') && !by) return onTable(...filter, { type: 'limit', count, from })
  const subject = noun
    ? fieldIn(
        noun,
        scene.columns.filter((column) => column.kind !== 'number'),
      )
    : undefined
  const measureText = by ?? ''
  const hasTotal = aggregateWords(measureText).some((hit) => !scene.columns.some((column) => column.words.join(' ') === hit.said.toLowerCase()))
  if (subject && subject.how !== 'synonym' && !subject.column.unique && (by || !scene.sorted))
    return rank(subject.column, measureText, '', low ? 'lowest' : 'highest', low ? 'asc' : 'desc', count, filter, scene)
  if (hasTotal && subject && !subject.column.unique)
    return rank(subject.column, measureText, '', low ? 'lowest' : 'highest', low ? 'asc' : 'desc', count, filter, scene)
  if (!by && scene.sorted) return onTable(...filter, { type: 'limit', count, from: low ? 'end' : 'start' })
  const column = by
    ? field(by, scene)
    : (measureIn('', scene, word) ?? measureIn(noun, { columns: measures(scene.columns), assume: () => {} }, word) ?? defaultMeasure(scene.columns))
  if (!column) return problem(`By which column should I take the ${word} ${count}? ${columnsSentence(scene)}`)
  return onTable(...filter, { type: 'sort', by: [{ field: column.name, direction: low ? 'asc' : 'desc' }] }, { type: 'limit', count, from: 'start' })
}
