import { HookError } from '@cadre/contract/forgehook'
import { hasNumbers, rowKeys } from './equality.ts'
import { checksOf, type Rule } from './validate-rules.ts'
import { cell, columnsOf, isMissing, MAX_PROBLEMS, needColumn, needColumns, type Row, textOf } from './rows-shared.ts'

type Problem = { row: number; field: string; rule: string; value: unknown; reason: string }
type ValidateInput = { rows: Row[]; rules?: Rule[]; unique_by?: string[] }

export function validate({ rows, rules = [], unique_by: uniqueBy }: ValidateInput) {
  if (rules.length === 0 && !uniqueBy) throw new HookError('is needed, or unique_by', 'rules')
  const columns = columnsOf(rows)
  const checked = rules.map((rule, index) => {
    // That a column is not there at all is what `required` is asked to find.
    if (!rule.required) needColumn(columns, rule.field, `rules[${index}].field`)
    return { rule, checks: checksOf(rule, hasNumbers(rows, rule.field), `rules[${index}]`) }
  })
  if (uniqueBy) needColumns(columns, uniqueBy, 'unique_by')
  const repeats = uniqueBy ? repeatsOf(rows, uniqueBy) : undefined
  const problems: Problem[] = []
  let count = 0
  const found = (problem: Problem) => {
    if (++count <= MAX_PROBLEMS) problems.push(problem)
  }
  for (const [index, row] of rows.entries()) {
    for (const { rule, checks } of checked) {
      const value = cell(row, rule.field)
      for (const { rule: name, find } of checks) {
        const reason = name === 'required' || !isMissing(value) ? find(value, index + 1) : undefined
        if (reason !== undefined) found({ row: index + 1, field: rule.field, rule: name, value, reason })
      }
    }
    const first = repeats?.[index]
    if (first === undefined || !uniqueBy) continue
    const value = uniqueBy.map((field) => textOf(cell(row, field))).join(', ')
    found({ row: index + 1, field: uniqueBy.join(', '), rule: 'unique_by', value, reason: `it stands in row ${first} already` })
  }
  return { valid: count === 0, problems, problem_count: count }
}

/** For each row the number of the first that is the same in these columns, where there is one before it. */
function repeatsOf(rows: Row[], fields: string[]): (number | undefined)[] {
  const keyOf = rowKeys(rows, fields)
  const seen = new Map<string, number>()
  return rows.map((row, index) => {
    // As in SQL, a key that is empty throughout repeats nothing.
    if (fields.every((field) => isMissing(cell(row, field)))) return undefined
    const key = keyOf(index)
    const first = seen.get(key)
    if (first === undefined) seen.set(key, index + 1)
    return first
  })
}
