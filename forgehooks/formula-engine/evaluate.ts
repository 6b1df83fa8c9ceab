import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { evaluate as work } from '../lib/expression-evaluate.ts'
import { parseExpression } from '../lib/expression-parser.ts'
import { num, numberText } from '../lib/expression-number.ts'
import { isNumber, newEnvironment, toJson } from '../lib/expression-value.ts'
import { bind, columnNames, columnScope, groupRows, needColumns, type Row } from './rows.ts'
import { onField } from '../lib/on-field.ts'

export type EvaluateInput = {
  expression: string
  variables?: Record<string, unknown>
  rows?: Row[]
  group_by?: string | string[]
  non_numbers?: 'error' | 'skip'
}

/** One expression over all rows, or over each group of rows. */
export function evaluate(input: EvaluateInput, context: HookContext) {
  const { expression, rows, variables = {} } = input
  const by = input.group_by === undefined ? [] : [input.group_by].flat()
  if (by.length > 0 && !rows) throw new HookError('is only possible with rows', 'group_by')
  const columns = rows ? (rows.length > 0 ? columnNames(rows) : undefined) : []
  const bound = onField('expression', () => bind(parseExpression(expression), columns, variables))
  let skipped = 0
  let text: string | undefined
  const result = (part: Row[] | undefined, what: string) => {
    const env = newEnvironment({ now: context.now, nonNumbers: input.non_numbers ?? 'error' })
    const found = onField(`expression${what}`, () => work(bound.tree, columnScope(bound, part, env)))
    const value = onField(`expression${what}`, () => toJson(found, env))
    // An exact number of which JSON holds the first 17 digits only has the rest of them beside it.
    if (env.exact && isNumber(found) && typeof value === 'number' && !num(value).eq(found)) text = numberText(found, true)
    skipped += env.skipped
    return value
  }
  if (by.length === 0) {
    const value = result(rows, '')
    return { result: value, ...(text === undefined ? {} : { text }), ...(skipped > 0 ? { skipped } : {}) }
  }
  needColumns(by, rows ?? [], 'group_by')
  if (by.includes('result')) throw new HookError('a column named "result" cannot be grouped by; rename it first', 'group_by')
  const groups = groupRows(rows ?? [], by).map((group) => ({ ...group, result: result(group.rows, ` (group ${group.label})`) }))
  return {
    // fromEntries defines own properties, so a group named __proto__ is a group like any other.
    groups: Object.fromEntries(groups.map((group) => [group.label, group.result])),
    rows: groups.map((group) => Object.fromEntries([...by.map((name, at): [string, unknown] => [name, group.key[at]]), ['result', group.result]])),
    ...(skipped > 0 ? { skipped } : {}),
  }
}
