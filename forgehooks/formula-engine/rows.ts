import { HookError } from '@cadre/contract/forgehook'
import { check, constantOf, type Scope } from '../lib/expression-evaluate.ts'
import type { Node } from '../lib/expression-parser.ts'
import { cell, type Cell, type Environment, type Scalar, type Value } from '../lib/expression-value.ts'

export type Row = Record<string, unknown>

/** Every column of the rows, in the order in which they first appear. */
export function columnNames(rows: Row[]): string[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names]
}

export function readCell(row: Row, column: string): Scalar {
  return Object.hasOwn(row, column) ? cell(row[column]) : null
}

export function needColumns(wanted: string[], rows: Row[], field: string) {
  if (rows.length === 0) return
  const known = columnNames(rows)
  for (const name of wanted) if (!known.includes(name)) throw new HookError(`unknown column "${name}". Known columns: ${known.join(', ')}`, field)
}

export type Group = { key: unknown[]; label: string; rows: Row[] }

/** Rows by their values in `by`, in order of appearance. Blank, null and missing are one group; 1 and "1" are one group. */
export function groupRows(rows: Row[], by: string[]): Group[] {
  const groups = new Map<string, Group>()
  for (const row of rows) {
    const key = by.map((name) => (Object.hasOwn(row, name) ? row[name] : null)).map((value) => (value === undefined || value === '' ? null : value))
    const labels = key.map((value) => (value === null ? '(blank)' : typeof value === 'object' ? JSON.stringify(value) : String(value)))
    const id = JSON.stringify(labels)
    const group = groups.get(id)
    if (group) group.rows.push(row)
    else groups.set(id, { key, label: labels.join(' | '), rows: [row] })
  }
  return [...groups.values()]
}

export type Bound = { tree: Node; resolved: Map<string, string>; variables: Map<string, Value> }

/** Checks the names of an expression against the columns and variables, once for all rows. */
export function bind(tree: Node, columns: string[] | undefined, given: Record<string, unknown>): Bound {
  const variables = new Map(
    Object.entries(given).map(([name, value]): [string, Value] => [name, Array.isArray(value) ? value.map(cell) : cell(value)]),
  )
  for (const name of variables.keys())
    if (columns?.includes(name)) throw new HookError(`"${name}" is also a column of the rows; give the variable another name`, 'variables')
  return { tree, resolved: check(tree, columns && [...columns, ...variables.keys()]), variables }
}

/** Names are whole columns. */
export function columnScope(bound: Bound, rows: Row[] | undefined, env: Environment): Scope {
  const columns = new Map<string, Value>()
  const name = (written: string): Value => {
    const real = bound.resolved.get(written) ?? written
    const known = constantOf(real, env) ?? bound.variables.get(real) ?? columns.get(real)
    if (known !== undefined) return known
    const column: Cell[] = (rows ?? []).map((row) => readCell(row, real))
    columns.set(real, column)
    return column
  }
  return { env, name, column: name, rowCount: rows?.length }
}

/** Names are the values of one row; ALL(name) is the whole column. */
export function rowScope(bound: Bound, rows: Row[], env: Environment): Scope & { at: (index: number) => Scope } {
  const whole = columnScope(bound, rows, env)
  const scope: Scope & { at: (index: number) => Scope } = {
    ...whole,
    memo: new Map(),
    row: 1,
    at: (index) => {
      current = rows[index] as Row
      scope.row = index + 1
      return scope
    },
    name: (written) => {
      const real = bound.resolved.get(written) ?? written
      return constantOf(real, env) ?? bound.variables.get(real) ?? readCell(current, real)
    },
  }
  let current: Row = {}
  return scope
}
