import { defaultMeasure, fieldIn, labelColumn } from '../columns.ts'
import { words } from '../words.ts'
import { nameOf } from '../naming.ts'
import { aggregates, aggregateWords } from './aggregates.ts'
import { readConditions } from './conditions.ts'
import { columnsSentence, onGroup, onTable, problem, type Rule, type Scene } from './scene.ts'
import type { Aggregate, AggregateOp, Operation, SortKey } from '../types.ts'

const DOWN =
  /\b(?:desc(?:ending)?|decreasing(?:ly)?|high(?:est)? to low(?:est)?|large(?:st)? to small(?:est)?|big(?:gest)? to small(?:est)?|highest(?: first)?|largest(?: first)?|biggest first|best first|newest(?: first)?|latest first|most recent first|new(?:est)? to old(?:est)?|z ?(?:to|-) ?a|reverse(?:d)?|most first|oldest to youngest)\b/i
const UP =
  /\b(?:asc(?:ending)?|increasing(?:ly)?|low(?:est)? to high(?:est)?|small(?:est)? to large(?:st)?|lowest first|smallest first|oldest first|earliest first|a ?(?:to|-) ?z|alphabetical(?:ly)?|chronological(?:ly)?|cheapest first)\b/i

/** "sort by amount descending, then by name". */
export const sort: Rule = (text, scene) => {
  const match = /\b(?:sort(?:ed|ing)?|order(?:ed|ing)?|rank(?:ed|ing)?|arrange[d]?)\b(?!s)(.*)$/i.exec(text)
  if (!match || (!/^(?:re)?(?:sort|order|rank|arrange)/i.test(text) && !/\b(?:sorted|ordered|ranked|sort)\b/i.test(text))) return undefined
  if (/^orders?\b(?!\s+(?:by|it|them|the|rows|these|everything|alphabetically|descending|ascending|in|from))/i.test(text)) return undefined
  const said = (match[1] ?? '').replace(/\bin\s+(?=(?:desc|asc|reverse|alphab|chrono|decr|incr))/i, '')
  const head = text.slice(0, match.index)
  const figures = aggregateWords(head).length > 0 ? aggregates(head.replace(/[,\s]*(?:and|then)?\s*$/i, ''), scene) : undefined
  const grouping = figures?.map((step) => step.operation).find((operation) => operation.type === 'aggregate')
  if (figures && grouping && grouping.by.length > 0) return [...figures, ...onGroup({ type: 'sort', by: groupKeys(said, grouping) })]
  const group = scene.grouped
  const keys = sortKeys(said, group ? { ...scene, columns: group.columns } : scene)
  const onGrouping = group && (keys.length > 0 || !/\bby\b/i.test(said))
  const result =
    onGrouping && keys.length === 0
      ? defaultKeys(said, { ...scene, columns: group.columns })
      : keys.length > 0
        ? keys
        : /\bby\s+\w/i.test(said)
          ? group
            ? sortKeys(said, scene)
            : []
          : defaultKeys(said, scene)
  if (result.length === 0) return problem(`I could not tell which column to sort by in "${text}". ${columnsSentence(scene)}`)
  const operation: Operation = { type: 'sort', by: result }
  // "show the rows where ... sorted by date": what stands before is a request of its own.
  const limit = /\b(?:and |, )?(?:keep|take|limit(?: to)?|return|show)\s+(?:the |only )*(?:first |top )?(\d+)\b/i.exec(said)
  const where = head.trim() ? readConditions(head, scene) : undefined
  const steps: Operation[] = [
    ...(where && where.conditions.length > 0 && !onGrouping
      ? [{ type: 'filter', conditions: where.conditions, match: where.match, negate: false } as const]
      : []),
    operation,
  ]
  if (limit) steps.push({ type: 'limit', count: Number(limit[1]), from: 'start' })
  return onGrouping ? onGroup(...steps) : onTable(...steps)
}

/** "total amount by region, sorted descending": by the figure, unless the groups themselves are named. */
function groupKeys(said: string, grouping: Extract<Operation, { type: 'aggregate' }>): SortKey[] {
  const phrase = /\bby\s+(.+)$/i.exec(said)?.[1] ?? ''
  const by = grouping.by.find((name) => fieldIn(phrase || '?', [{ name, words: words(name), kind: 'text', unique: false, filled: 1 }]))
  return [{ field: by ?? nameOf(grouping.aggregates[0] as Aggregate), direction: DOWN.test(said) ? 'desc' : 'asc' }]
}

function sortKeys(said: string, scene: Scene): SortKey[] {
  if (/\bby\s+(?:the\s+)?names?\b/i.test(said) && !fieldIn('name', scene.columns)) {
    const label = labelColumn(scene.columns)
    if (label?.kind === 'text') {
      scene.assume(`I took "name" to mean the column ${label.name}.`)
      return [{ field: label.name, direction: DOWN.test(said) ? 'desc' : 'asc' }]
    }
  }
  const phrase = /\bby\s+(.+)$/i.exec(said)?.[1] ?? said
  const keys: SortKey[] = []
  const parts = phrase.split(/\s*,\s*(?:and\s+)?(?:then\s+)?(?:by\s+)?|\s+(?:and\s+then\s+by|then\s+by|and\s+by|then|and)\s+/i)
  for (const part of parts) {
    const named = fieldIn(
      part
        .replace(DOWN, ' ')
        .replace(UP, ' ')
        .replace(/\b(?:in|order|first|the|from|rows?|data|it|them|result|results|list|everything)\b/gi, ' ')
        .trim() || '?',
      scene.columns,
    )
    const last = keys.at(-1)
    if (named && !keys.some((key) => key.field === named.column.name)) {
      if (named.how === 'synonym') scene.assume(`I took "${named.said}" to mean the column ${named.column.name}.`)
      keys.push({ field: named.column.name, direction: DOWN.test(part) ? 'desc' : 'asc' })
    } else if (last && DOWN.test(part)) last.direction = 'desc'
  }
  return keys
}

function defaultKeys(said: string, scene: Scene): SortKey[] {
  const dated = /\b(?:newest|oldest|latest|earliest|recent|chronological)/i.test(said)
    ? scene.columns.find((column) => column.kind === 'date')
    : undefined
  const alphabetic = /\balphabetic|\ba ?(?:-|to) ?z|\bz ?(?:-|to) ?a/i.test(said) ? labelColumn(scene.columns) : undefined
  const aggregate: AggregateOp | undefined = aggregateWords(said)[0]?.op
  const values =
    scene.grouped && scene.columns === scene.grouped.columns ? scene.columns.filter((column) => scene.grouped?.values.includes(column.name)) : []
  const column = dated ?? alphabetic ?? values[0] ?? defaultMeasure(scene.columns) ?? (scene.columns.length === 1 ? scene.columns[0] : undefined)
  return column ? [{ field: column.name, direction: DOWN.test(said) || (aggregate === 'max' && !UP.test(said)) ? 'desc' : 'asc' }] : []
}
