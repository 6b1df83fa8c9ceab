import { HookError } from '@cadre/contract/forgehook'
import { num } from '../../lib/expression-number.ts'
import { arityMistake, evaluate } from './evaluate.ts'
import type { Context } from './function.ts'
import { inOrder } from './order.ts'
import { parseFormula, type Formula } from './parser.ts'
import { heightOf, keyOf, nameOf, placeOf, widthOf, type Area } from './reference.ts'
import { attempt, Grid, isErrorCode, SheetError, type Scalar, type Value } from './value.ts'

const SHEET = 'sheet1'
const MAX_AREA = 2_000_000
const MAX_WARNINGS = 20
/** Ranges of up to this many cells are read with the blank cells beyond those in use. */
const MAX_BLANK = 2000

/** A sheet whose formulas are all worked out, in the order in which they need each other. */
export function newSheet(cells: Map<string, unknown>, now: number, field: string) {
  const values = new Map<number, Value>()
  const put = (name: string, value: Value) => {
    const { row, col } = placeOf(name)
    values.set(keyOf(row, col), value)
  }
  const sources = new Map<string, string>()
  const formulas = new Map<string, Formula>()
  const warnings = new Set<string>()
  let last = { row: 1, col: 1 }
  for (const [name, value] of cells) {
    const place = placeOf(name)
    last = { row: Math.max(last.row, place.row), col: Math.max(last.col, place.col) }
    if (typeof value === 'string' && value.startsWith('=') && value.length > 1) {
      sources.set(name, value)
      formulas.set(name, read(value.slice(1), name))
    } else put(name, entered(value))
  }

  function cell(row: number, col: number): Scalar {
    const value = values.get(keyOf(row, col)) ?? null
    return value instanceof Grid ? new SheetError('#SPILL!') : value
  }

  function block(area: Area): Grid {
    if (area.sheet !== undefined && area.sheet.toLowerCase() !== SHEET)
      throw new SheetError('#REF!', `there is no sheet "${area.sheet.slice(0, 60)}"`)
    // A:A means a million rows; only those in use are looked at. A smaller range has all its cells, the blank ones at its end too.
    const isSmall = heightOf(area) * widthOf(area) <= MAX_BLANK
    const to = isSmall ? area.to : { row: Math.min(area.to.row, last.row), col: Math.min(area.to.col, last.col) }
    const count = Math.max(0, to.row - area.from.row + 1) * Math.max(0, to.col - area.from.col + 1)
    if (count > MAX_AREA) throw new SheetError('#NUM!', `a range of ${count} cells in use; the limit is ${MAX_AREA}`)
    const rows: Scalar[][] = []
    for (let row = area.from.row; row <= to.row; row++) {
      const line: Scalar[] = []
      for (let col = area.from.col; col <= to.col; col++) line.push(cell(row, col))
      rows.push(line)
    }
    return new Grid(rows, area)
  }

  function work(name: string, tree: Formula): Value {
    const context: Context = {
      now,
      place: name === 'formula' ? { row: last.row + 1, col: 1 } : placeOf(name),
      evaluate: (node) => evaluate(node, context),
      attempt: (node) => attempt(() => evaluate(node, context)),
      read: block,
      formulaAt: (place) => sources.get(nameOf(place)),
      warn: (message) => {
        if (warnings.size < MAX_WARNINGS) warnings.add(`${name}: ${message}`)
      },
    }
    const value = context.attempt(tree)
    if (!(value instanceof Grid)) return value ?? num(0)
    if (value.height === 1 && value.width === 1) return value.at(0, 0) ?? num(0)
    if (name === 'formula') return value
    return new SheetError('#SPILL!', 'the formula gives several values, and a cell holds one; put it into SUM, INDEX and the like, or into formula')
  }

  for (const name of inOrder(formulas, field)) put(name, work(name, formulas.get(name) as Formula))

  return {
    value: (name: string): Value => {
      const { row, col } = placeOf(name)
      return values.get(keyOf(row, col)) ?? null
    },
    once: (formula: string): Value => work('formula', read(formula.replace(/^\s*=/, ''), 'formula')),
    warnings: () => [...warnings],
  }
}

function read(source: string, where: string): Formula {
  const tree = parseFormula(source, where)
  const mistake = arityMistake(tree)
  if (mistake) throw new HookError(mistake, where)
  return tree
}

/** As typed into a cell: "1500" is a number and 'x or "007" is text. Rows from CSV would otherwise be left out of every sum. */
function entered(value: unknown): Scalar {
  if (typeof value === 'number') return Number.isFinite(value) ? num(value) : null
  if (typeof value === 'boolean' || value === null || value === undefined) return value ?? null
  const text = String(value)
  if (text.startsWith("'")) return text.slice(1)
  if (isErrorCode(text)) return new SheetError(text)
  return /^-?(0|[1-9]\d{0,20})(\.\d{1,20})?$/.test(text.trim()) ? num(text.trim()) : text
}
