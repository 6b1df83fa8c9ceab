import { HookError, type HookContext } from '@cadre/contract/forgehook'
import FormulaParser, { type Position, type Range } from 'fast-formula-parser'
import { columnNames, type Row } from './rows.ts'
import { MAX_TEXT, spreadsheetFunctions } from './spreadsheet-functions.ts'

const { DepParser, FormulaError } = FormulaParser
const SHEET = 'Sheet1'
const MAX_FORMULA = 5000
const MAX_CELLS = 100_000
const MAX_DEPTH = 100

type Place = { row: number; col: number }
export type SpreadsheetInput = { cells?: Record<string, unknown>; rows?: (unknown[] | Row)[]; formula?: string }

/** Works out every formula of a sheet. Values come back in the shape in which the cells were given. */
export function spreadsheet(input: SpreadsheetInput, context: HookContext) {
  if ((input.cells === undefined) === (input.rows === undefined) && input.formula === undefined)
    throw new HookError('give either cells or rows', 'cells')
  if (input.cells && input.rows) throw new HookError('give either cells or rows, not both', 'rows')
  const grid = input.rows ? gridOf(input.rows) : undefined
  const cells = grid ? fromGrid(grid) : fromNames(input.cells ?? {})
  if (cells.size > MAX_CELLS) throw new HookError(`${cells.size} cells; the limit is ${MAX_CELLS}`, input.rows ? 'rows' : 'cells')
  const sheet = newSheet(cells, context.now, grid ? 'rows' : 'cells')
  for (const name of sheet.inOrder()) sheet.work(name)
  const shown = (name: string) => show(sheet.value(name))
  const errors = [...cells.keys()].flatMap((name) => explain(name, sheet.value(name)))
  const result = input.formula === undefined ? undefined : sheet.once(input.formula)
  return {
    values: grid
      ? grid.map((line, row) => line.map((_, col) => shown(nameOf({ row: row + 1, col: col + 1 }))))
      : Object.fromEntries([...cells.keys()].map((name) => [name, shown(name)])),
    ...(result === undefined ? {} : { result: show(result) }),
    errors: [...errors, ...(result === undefined ? [] : explain('formula', result))],
  }
}

function newSheet(cells: Map<string, unknown>, now: number, field: string) {
  const values = new Map<string, unknown>()
  const formulas = new Map<string, string>()
  let last = { row: 1, col: 1 }
  for (const [name, value] of cells) {
    const place = placeOf(name)
    last = { row: Math.max(last.row, place.row), col: Math.max(last.col, place.col) }
    if (typeof value === 'string' && value.startsWith('=') && value.length > 1) formulas.set(name, value)
    else values.set(name, entered(value))
  }
  const read = ({ row, col }: Place) => values.get(nameOf({ row, col })) ?? null
  const foreign = (sheet: string) => (sheet === SHEET ? undefined : new FormulaError('#REF!', `there is no sheet "${sheet}"`))
  const parser = new FormulaParser({
    functions: spreadsheetFunctions(now),
    // Null is how the parser hears that it knows no such name.
    onVariable: () => null,
    onCell: (ref) => foreign(ref.sheet) ?? read(ref),
    onRange: (ref) => {
      const missing = foreign(ref.sheet)
      if (missing) return [[missing]]
      // A:A means a million rows; only those in use are looked at.
      const to = { row: Math.min(ref.to.row, Math.max(last.row, ref.from.row)), col: Math.min(ref.to.col, Math.max(last.col, ref.from.col)) }
      const block: unknown[][] = []
      for (let row = ref.from.row; row <= to.row; row++) {
        const line: unknown[] = []
        for (let col = ref.from.col; col <= to.col; col++) line.push(read({ row, col }))
        block.push(line)
      }
      return block
    },
  })
  const precedents = new DepParser({ onVariable: () => null })

  const run = (name: string, formula: string): unknown => {
    const position = { ...(name === 'formula' ? { row: last.row + 1, col: 1 } : placeOf(name)), sheet: SHEET }
    try {
      const value = parser.parse(checked(name, formula), position)
      if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(15)) : FormulaError.NUM
      return typeof value === 'string' && value.length > MAX_TEXT
        ? new FormulaError('#VALUE!', `the text is longer than ${MAX_TEXT} characters`)
        : value
    } catch (error) {
      return asValue(name, error)
    }
  }

  const needs = (name: string): string[] => {
    let refs: (Position | Range)[]
    try {
      refs = precedents.parse(checked(name, formulas.get(name) as string), { ...placeOf(name), sheet: SHEET })
    } catch (error) {
      asValue(name, error)
      return []
    }
    return refs.flatMap((ref) => ('from' in ref ? formulasIn(ref, formulas) : formulas.has(nameOf(ref)) ? [nameOf(ref)] : []))
  }

  return {
    value: (name: string) => values.get(name) ?? null,
    work: (name: string) => values.set(name, run(name, formulas.get(name) as string)),
    once: (formula: string) => run('formula', formula.startsWith('=') ? formula : `=${formula}`),
    /** Formulas after all that they need. A loop of its own: a column of ten thousand running totals is a chain that long. */
    inOrder: () => {
      const order: string[] = []
      const state = new Map<string, 'open' | 'done'>()
      for (const root of formulas.keys()) {
        const stack = [{ name: root, rest: undefined as string[] | undefined }]
        for (let top = stack.at(-1); top; top = stack.at(-1)) {
          if (top.rest === undefined) {
            if (state.has(top.name)) {
              stack.pop()
              continue
            }
            state.set(top.name, 'open')
            top.rest = needs(top.name)
          }
          const next = top.rest.pop()
          if (next === undefined) {
            state.set(top.name, 'done')
            order.push(top.name)
            stack.pop()
          } else if (state.get(next) === 'open') {
            const path = stack.map((item) => item.name)
            const loop = [...path.slice(path.indexOf(next)), next]
            throw new HookError(
              `the formulas go in a circle: ${loop.length > 12 ? [...loop.slice(0, 10), '...', next].join(' -> ') : loop.join(' -> ')}`,
              field,
            )
          } else if (!state.has(next)) stack.push({ name: next, rest: undefined })
        }
      }
      return order
    },
  }
}

/** As typed into a cell: "1500" is a number and 'x or "007" is text. Rows from CSV would otherwise be left out of every sum. */
function entered(value: unknown): unknown {
  if (typeof value !== 'string') return value ?? null
  if (value.startsWith("'")) return value.slice(1)
  return /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(value.trim()) ? Number(value) : value
}

function formulasIn(range: Range, formulas: Map<string, string>): string[] {
  const area = (range.to.row - range.from.row + 1) * (range.to.col - range.from.col + 1)
  const inside = ({ row, col }: Place) => row >= range.from.row && row <= range.to.row && col >= range.from.col && col <= range.to.col
  if (area > formulas.size) return [...formulas.keys()].filter((name) => inside(placeOf(name)))
  const names: string[] = []
  for (let row = range.from.row; row <= range.to.row; row++)
    for (let col = range.from.col; col <= range.to.col; col++) names.push(nameOf({ row, col }))
  return names.filter((name) => formulas.has(name))
}

/** The formula without its `=`, if it is within bounds. */
function checked(name: string, formula: string): string {
  const body = formula.slice(1)
  if (body.length > MAX_FORMULA) throw new HookError(`the formula has ${body.length} characters; the limit is ${MAX_FORMULA}`, name)
  let depth = 0
  for (const char of body.replace(/"[^"]*"/g, '')) {
    depth += char === '(' || char === '{' ? 1 : char === ')' || char === '}' ? -1 : 0
    if (depth > MAX_DEPTH) throw new HookError(`the formula is nested more than ${MAX_DEPTH} deep`, name)
  }
  if (/(?:^|[^\d)])[-+\s]{101,}/.test(body)) throw new HookError('the formula has more than 100 signs in a row', name)
  return body
}

/** Errors such as #DIV/0! are values of cells; a formula that cannot be read at all is the caller's mistake. */
function asValue(name: string, error: unknown): unknown {
  if (!(error instanceof FormulaError)) throw error
  const unknown = /Function (\S+) is not implemented/.exec(error.message)
  if (unknown) return new FormulaError('#NAME?', `unknown function "${unknown[1]}"`)
  if (error.error === '#ERROR!') {
    const position = /Error at position (.*)/.exec(error.message)?.[1]
    throw new HookError(`the formula cannot be read${position ? ` (at ${position})` : ''}`, name)
  }
  return error
}

function show(value: unknown): unknown {
  if (value instanceof FormulaError) return value.error
  if (Array.isArray(value)) return value.map(show)
  return value ?? null
}

function explain(cell: string, value: unknown) {
  if (!(value instanceof FormulaError)) return []
  const message = value.message && value.message !== value.error ? value.message : (MEANING[value.error] ?? 'the formula has no value')
  return [{ cell, error: value.error, message }]
}

const MEANING: Record<string, string> = {
  '#DIV/0!': 'division by zero',
  '#N/A': 'nothing was found',
  '#NAME?': 'a name or function is unknown',
  '#NUM!': 'the number cannot be worked out',
  '#REF!': 'a reference leads nowhere',
  '#VALUE!': 'a value is of the wrong kind',
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
    const { row, col } = placeOf(name)
    if (row > 1_048_576 || col > 16_384) throw new HookError(`the cell ${name} lies outside the sheet (up to XFD1048576)`, 'cells')
    if (found.has(name)) throw new HookError(`the cell ${name} is given twice`, 'cells')
    found.set(name, value)
  }
  return found
}

export function placeOf(name: string): Place {
  const [, letters = '', digits = ''] = /^([A-Z]+)(\d+)$/.exec(name) ?? []
  return { row: Number(digits), col: [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) }
}

export function nameOf({ row, col }: Place): string {
  let letters = ''
  for (let rest = col; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return `${letters}${row}`
}
