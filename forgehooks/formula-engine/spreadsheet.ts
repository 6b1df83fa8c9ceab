import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { columnNames, type Row } from './rows.ts'
import { isInside, nameOf, placeOf } from './sheet/reference.ts'
import { newSheet } from './sheet/sheet.ts'
import { shown } from './sheet/shown.ts'
import { Grid, SheetError, type Value } from './sheet/value.ts'

const MAX_CELLS = 100_000
export type SpreadsheetInput = { cells?: Record<string, unknown>; rows?: (unknown[] | Row)[]; formula?: string }

/** Works out every formula of a sheet. Values come back in the shape in which the cells were given. */
export function spreadsheet(input: SpreadsheetInput, context: HookContext) {
  if (input.cells === undefined && input.rows === undefined && input.formula === undefined) throw new HookError('give either cells or rows', 'cells')
  if (input.cells && input.rows) throw new HookError('give either cells or rows, not both', 'rows')
  const grid = input.rows ? gridOf(input.rows) : undefined
  const cells = grid ? fromGrid(grid) : fromNames(input.cells ?? {})
  if (cells.size > MAX_CELLS) throw new HookError(`${cells.size} cells; the limit is ${MAX_CELLS}`, input.rows ? 'rows' : 'cells')
  const sheet = newSheet(cells, context.now, grid ? 'rows' : 'cells')
  const errors = [...cells.keys()].flatMap((name) => explain(name, sheet.value(name)))
  const result = input.formula === undefined ? undefined : sheet.once(input.formula)
  const show = (name: string) => shown(sheet.value(name))
  return {
    values: grid
      ? grid.map((line, row) => line.map((_, col) => show(nameOf({ row: row + 1, col: col + 1 }))))
      : Object.fromEntries([...cells.keys()].map((name) => [name, show(name)])),
    ...(result === undefined ? {} : { result: shown(result) }),
    errors: [...errors, ...(result === undefined ? [] : explain('formula', result))],
    ...(sheet.warnings().length > 0 ? { warnings: sheet.warnings() } : {}),
  }
}

function explain(cell: string, value: Value): { cell: string; error: string; message: string }[] {
  if (value instanceof Grid)
    return value.rows
      .flat()
      .flatMap((item) => explain(cell, item))
      .slice(0, 1)
  return value instanceof SheetError ? [{ cell, error: value.code, message: value.message }] : []
}

function gridOf(rows: (unknown[] | Row)[]): unknown[][] {
  if (rows.every(Array.isArray)) return rows
  if (rows.some(Array.isArray)) throw new HookError('must be all lists or all objects', 'rows')
  const names = columnNames(rows as Row[])
  return [names, ...(rows as Row[]).map((row) => names.map((name) => (Object.hasOwn(row, name) ? row[name] : null)))]
}

function fromGrid(grid: unknown[][]): Map<string, unknown> {
  return new Map(grid.flatMap((line, row) => line.map((value, col): [string, unknown] => [nameOf({ row: row + 1, col: col + 1 }), value])))
}

function fromNames(cells: Record<string, unknown>): Map<string, unknown> {
  const found = new Map<string, unknown>()
  for (const [written, value] of Object.entries(cells)) {
    const name = written.trim().replaceAll('$', '').toUpperCase()
    if (!/^[A-Z]{1,3}[1-9]\d{0,6}$/.test(name)) throw new HookError(`"${written}" is not the name of a cell such as B2`, 'cells')
    if (!isInside(placeOf(name))) throw new HookError(`the cell ${name} lies outside the sheet (up to XFD1048576)`, 'cells')
    if (found.has(name)) throw new HookError(`the cell ${name} is given twice`, 'cells')
    found.set(name, value)
  }
  return found
}
