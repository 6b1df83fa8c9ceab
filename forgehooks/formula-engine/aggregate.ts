import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { evaluate } from '../lib/expression-evaluate.ts'
import { num } from '../lib/expression-number.ts'
import type { Node } from '../lib/expression-parser.ts'
import { newEnvironment, toJson } from '../lib/expression-value.ts'
import { bind, columnNames, columnScope, groupRows, needColumns, type Row } from './rows.ts'
import { onField } from '../lib/on-field.ts'

const OPERATIONS: Record<string, string> = {
  sum: 'SUM',
  average: 'AVERAGE',
  avg: 'AVERAGE',
  mean: 'AVERAGE',
  count: 'COUNT',
  count_distinct: 'COUNTDISTINCT',
  min: 'MIN',
  max: 'MAX',
  median: 'MEDIAN',
  mode: 'MODE',
  stdev: 'STDEV',
  std: 'STDEV',
  stdev_population: 'STDEVP',
  variance: 'VAR',
  var: 'VAR',
  variance_population: 'VARP',
  total: 'SUM',
  distinct: 'COUNTDISTINCT',
  product: 'PRODUCT',
  percentile: 'PERCENTILE',
  first: 'FIRST',
  last: 'LAST',
  list: 'LIST',
  unique: 'UNIQUE',
}

export type Aggregate = { op: string; field?: string; as?: string; percentile?: number }
export type AggregateInput = { rows: Row[]; by?: string[]; aggregates: Aggregate[]; non_numbers?: 'error' | 'skip' }

/** One row for each group, with a column for each aggregate. It asks the functions of the expression language, so the two cannot differ. */
export function aggregate(input: AggregateInput, context: HookContext) {
  const { rows, by = [], aggregates } = input
  needColumns(by, rows, 'by')
  const wanted = aggregates.map((item, at) => plan(item, `aggregates[${at}]`, rows))
  const names = [...by, ...wanted.map((item) => item.as)]
  for (const name of names)
    if (names.indexOf(name) !== names.lastIndexOf(name))
      throw new HookError(`two columns of the result would be named "${name}"; set "as"`, 'aggregates')
  const groups = by.length > 0 ? groupRows(rows, by) : [{ key: [], label: '', rows }]
  let skipped = 0
  const made = groups.map((group) => {
    const values = wanted.map((item): [string, unknown] => {
      const env = newEnvironment({ now: context.now, nonNumbers: input.non_numbers ?? 'error' })
      const bound = bind(item.tree, undefined, {})
      const where = group.label ? `${item.where} (group ${group.label})` : item.where
      const value = onField(where, () => toJson(evaluate(item.tree, columnScope(bound, group.rows, env)), env))
      skipped += env.skipped
      return [item.as, value]
    })
    return Object.fromEntries([...by.map((name, at): [string, unknown] => [name, group.key[at]]), ...values])
  })
  return skipped > 0 ? { rows: made, skipped } : { rows: made }
}

function plan(item: Aggregate, where: string, rows: Row[]): { tree: Node; as: string; where: string } {
  const name = OPERATIONS[item.op.toLowerCase()]
  if (!name) throw new HookError(`unknown operation "${item.op}"; use one of ${Object.keys(OPERATIONS).join(', ')}`, `${where}.op`)
  if (item.field === undefined && name !== 'COUNT')
    throw new HookError(`"${item.op}" needs a column${rows.length > 0 ? `, one of ${columnNames(rows).join(', ')}` : ''}`, `${where}.field`)
  if (item.field !== undefined) needColumns([item.field], rows, `${where}.field`)
  if ((name === 'PERCENTILE') !== (item.percentile !== undefined)) {
    throw new HookError(
      name === 'PERCENTILE' ? 'is needed for the operation percentile (0 to 1, such as 0.9)' : 'belongs to the operation percentile only',
      `${where}.percentile`,
    )
  }
  const args: Node[] = item.field === undefined ? [] : [{ type: 'name', name: item.field, quoted: true }]
  if (item.percentile !== undefined) args.push({ type: 'number', value: num(item.percentile) })
  return { tree: { type: 'call', name, args }, as: item.as ?? (item.field === undefined ? item.op : `${item.op}_${item.field}`), where }
}
