import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { evaluate } from '../lib/expression-evaluate.ts'
import { parseExpression } from '../lib/expression-parser.ts'
import { newEnvironment, toJson } from '../lib/expression-value.ts'
import { bind, columnNames, rowScope, type Row } from './rows.ts'
import { onField } from '../lib/on-field.ts'

export type AddColumnInput = {
  rows: Row[]
  name: string
  expression: string
  variables?: Record<string, unknown>
  replace?: boolean
  non_numbers?: 'error' | 'skip'
}

/** The rows with one more column, worked out row by row from the other columns. */
export function addColumn(input: AddColumnInput, context: HookContext) {
  const { rows, name } = input
  const columns = columnNames(rows)
  if (columns.includes(name) && !input.replace)
    throw new HookError(`there is a column "${name}" already; set replace to true to overwrite it, or choose another name`, 'name')
  const bound = onField('expression', () => bind(parseExpression(input.expression), rows.length > 0 ? columns : undefined, input.variables ?? {}))
  const env = newEnvironment({ now: context.now, nonNumbers: input.non_numbers ?? 'error' })
  const scope = rowScope(bound, rows, env)
  const made = rows.map((row, index) => {
    env.exact = true
    const value = onField(`expression (row ${index + 1})`, () => toJson(evaluate(bound.tree, scope.at(index)), env))
    return columns.includes(name)
      ? Object.fromEntries([
          ...Object.entries(row).map(([key, old]): [string, unknown] => [key, key === name ? value : old]),
          ...(Object.hasOwn(row, name) ? [] : [[name, value] as [string, unknown]]),
        ])
      : Object.fromEntries([...Object.entries(row), [name, value]])
  })
  return env.skipped > 0 ? { rows: made, skipped: env.skipped } : { rows: made }
}
