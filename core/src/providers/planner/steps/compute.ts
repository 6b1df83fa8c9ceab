import { AGGREGATE_WORDS, nameOf } from '../naming.ts'
import { columnName } from '../parse/expressions.ts'
import { together, wordFor, type Attempt, type PlannedCall } from '../toolbox.ts'
import { isRecord } from '../words.ts'
import { rowsIn, valueIn, type State } from './state.ts'
import type { Aggregate, AggregateOp, Row } from '../types.ts'

const FUNCTION: Record<AggregateOp, string> = {
  sum: 'SUM',
  avg: 'AVERAGE',
  median: 'MEDIAN',
  min: 'MIN',
  max: 'MAX',
  count: 'COUNT',
  count_distinct: 'COUNTDISTINCT',
  stddev: 'STDEV',
  variance: 'VAR',
  mode: 'MODE',
}
function expressionOf({ op, field, digits }: Aggregate): string {
  const expression = field === null ? 'COUNT(*)' : `${FUNCTION[op]}(${columnName(field)})`
  return digits === undefined ? expression : `ROUND(${expression}, ${digits})`
}

/** Works out aggregates with whichever tool is offered: the formula engine for one, a grouping tool for several. */
export function compute(rows: Row[], by: string[], aggregates: Aggregate[], state: State): Attempt & { rows?: Row[] } {
  const named = aggregates.map((item) => ({ item, as: nameOf(item) }))
  const grouped: PlannedCall[] = ['data-transform__group', 'formula-engine__aggregate'].map((tool) => {
    const offered = state.box.find(tool)
    return {
      tool,
      input: {
        rows,
        ...(by.length > 0 || tool.startsWith('data') ? { by } : {}),
        aggregates: named.map(({ item, as }) => ({
          op: wordFor(offered, 'op', AGGREGATE_WORDS[item.op] ?? [item.op]),
          ...(item.field === null ? {} : { field: item.field }),
          as,
        })),
      },
    }
  })
  const single = named.map(({ item }): PlannedCall => ({
    tool: 'formula-engine__evaluate',
    input: { expression: expressionOf(item), rows, ...(by.length === 0 ? {} : { group_by: by.length === 1 ? by[0] : by }) },
  }))
  const lacking = 'no tool that can do it is offered (formula-engine and data-transform can).'
  if (aggregates.length === 1) {
    const attempt = state.box.attempt([...single, grouped[1] as PlannedCall, grouped[0] as PlannedCall], lacking)
    return attempt.ok ? { ...attempt, rows: shape(attempt, by, named[0]?.as as string) } : attempt
  }
  const rounds = aggregates.some((item) => item.digits !== undefined)
  const whole = state.box.attempt(rounds ? [] : grouped, lacking)
  if (whole.ok || !state.box.find('formula-engine__evaluate'))
    return whole.ok ? { ...whole, rows: rowsIn(whole.value) ?? (isRecord(whole.value) ? [whole.value] : []) } : whole
  const parts = together(single.map((call, at) => () => ({ attempt: state.box.attempt([call], lacking), as: named[at]?.as as string })))
  const failed = parts.find((part) => !part.attempt.ok)
  if (failed) return failed.attempt
  const merged = new Map<string, Row>()
  for (const { attempt, as } of parts) {
    if (!attempt.ok) continue
    for (const row of shape(attempt, by, as)) {
      const key = JSON.stringify(by.map((name) => row[name]))
      merged.set(key, { ...merged.get(key), ...row })
    }
  }
  return { ok: true, value: null, tool: 'formula-engine__evaluate', rows: [...merged.values()] }
}

/** One row for each group with the figure under its name, from whatever form the tool chose. */
function shape(attempt: Extract<Attempt, { ok: true }>, by: string[], as: string): Row[] {
  const { value } = attempt
  if (by.length === 0 && attempt.tool === 'formula-engine__evaluate') return [{ [as]: valueIn(value) }]
  const rows = rowsIn(value)
  if (rows)
    return rows.map((row) =>
      Object.hasOwn(row, as)
        ? row
        : Object.fromEntries(Object.entries(row).map(([key, item]): [string, unknown] => [key === 'result' ? as : key, item])),
    )
  if (isRecord(value) && isRecord(value.groups)) return Object.entries(value.groups).map(([key, item]) => ({ [by[0] as string]: key, [as]: item }))
  return isRecord(value) && Object.hasOwn(value, as) ? [value] : [{ [as]: valueIn(value) }]
}
