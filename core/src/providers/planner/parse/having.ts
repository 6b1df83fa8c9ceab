import { defaultMeasure, fieldIn, measures, mentions } from '../columns.ts'
import { nameOf } from '../naming.ts'
import { numberIn } from '../words.ts'
import { aggregateWords } from './aggregates.ts'
import { type Rule, onTable, onGroup } from './scene.ts'
import type { Aggregate, Op } from '../types.ts'

const COMPARE: [RegExp, Op][] = [
  [/(?:at least|no less than|not less than|>=|greater than or equal to)/i, 'gte'],
  [/(?:at most|no more than|not more than|<=|less than or equal to)/i, 'lte'],
  [/(?:greater than|more than|above|over|higher than|exceed(?:s|ing)?|>)/i, 'gt'],
  [/(?:less than|fewer than|below|under|lower than|<)/i, 'lt'],
  [/(?:exactly|equal to|=)/i, 'eq'],
]

/** "which departments have an average salary above 4500", "customers with more than one order": groups, then a limit on their figure. */
export const having: Rule = (text, scene) => {
  const match =
    /^(?:(?:is|are) there (?:any|an?|some)?|(?:which|what|who|list|show|find|give|return|get|name|count|tell me|how many)(?: me)?(?: are)?)\s*(?:the |all |all the |any |those )*([\p{L}_][\p{L}\p{N}_ -]*?)\s+(?:that |which |who )?(?:whose|with|where|having|have|has|had|placed|made|appear(?:s|ing)?|by|in which)\s+(.+)$/iu.exec(
      text,
    )
  if (!match) return undefined
  const subject = fieldIn(
    match[1] as string,
    scene.columns.filter((column) => column.kind !== 'number'),
  )?.column
  if (!subject || subject.unique) return undefined
  const body = match[2] as string
  const compare = COMPARE.map(([pattern, op]) => ({ op, found: pattern.exec(body) })).find((item) => item.found)
  if (!compare?.found) return undefined
  const value = /^\s*(?:of\s+)?([$€£]?\s?-?\d[\d,]*(?:\.\d+)?\s?(?:k|million)?|one|two|three|four|five|six|ten)\b\s*(.*)$/i.exec(
    body.slice(compare.found.index + compare.found[0].length),
  )
  const number = value ? numberIn(value[1] as string) : undefined
  if (!value || number === undefined) return undefined
  const before = body.slice(0, compare.found.index)
  const hit = aggregateWords(before)[0]
  const measured = (said: string) => mentions(said, measures(scene.columns))[0]?.column ?? fieldIn(said || '?', measures(scene.columns))?.column
  const noun = (value[2] as string).trim()
  let aggregate: Aggregate | undefined
  if (hit && hit.op !== 'count' && hit.op !== 'count_distinct') {
    const column = measured(before.slice(hit.end)) ?? measured(noun) ?? defaultMeasure(scene.columns)
    aggregate = column && { op: hit.op, field: column.name }
  } else if (hit || (/^[\p{L}_-]+\??$/u.test(noun) && !measured(noun) && !mentions(before, scene.columns)[0]))
    aggregate = { op: 'count', field: null }
  if (!aggregate) return undefined
  return [
    ...onTable({ type: 'aggregate', by: [subject.name], aggregates: [aggregate] }),
    ...onGroup({ type: 'filter', conditions: [{ field: nameOf(aggregate), op: compare.op, value: number }], match: 'all', negate: false }),
  ]
}
