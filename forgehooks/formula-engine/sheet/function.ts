import type { Decimal } from 'decimal.js'
import type { Formula } from './parser.ts'
import type { Area, Place } from './reference.ts'
import { cellNumber, Grid, isBlank, readNumber, SheetError, toNumber, type Scalar, type Value } from './value.ts'

/** What a function may know beside its arguments. */
export type Context = {
  now: number
  place: Place
  evaluate: (node: Formula) => Value
  /** As evaluate, but an error comes back as a value. */
  attempt: (node: Formula) => Value
  read: (area: Area) => Grid
  formulaAt: (place: Place) => string | undefined
  /** Something the reader of the result should know, said once. */
  warn: (message: string) => void
}

export type Argument = Value | undefined
type Arity = { least: number; most: number }
/** `each` works on single values and is repeated over ranges; `values` takes ranges whole; `lazy` decides what is worked out at all. */
export type SheetFunction = Arity &
  (
    | { kind: 'each'; run: (args: Scalar[], context: Context) => Scalar; seesErrors?: boolean }
    | { kind: 'values'; run: (args: Argument[], context: Context) => Value }
    | { kind: 'lazy'; run: (args: Formula[], context: Context) => Value }
  )
export type SheetFunctions = Record<string, SheetFunction>

export const each = (least: number, most: number, run: (args: Scalar[], context: Context) => Scalar, seesErrors = false): SheetFunction => ({
  kind: 'each',
  least,
  most,
  run,
  seesErrors,
})
export const values = (least: number, most: number, run: (args: Argument[], context: Context) => Value): SheetFunction => ({
  kind: 'values',
  least,
  most,
  run,
})
export const lazy = (least: number, most: number, run: (args: Formula[], context: Context) => Value): SheetFunction => ({
  kind: 'lazy',
  least,
  most,
  run,
})
export const named = (names: string, called: SheetFunction): SheetFunctions => Object.fromEntries(names.split(' ').map((name) => [name, called]))

/** A function of numbers only; arguments left out are undefined. */
export const numeric = (least: number, most: number, run: (...args: Decimal[]) => Decimal): SheetFunction =>
  each(least, most, (args) => run(...args.map(toNumber)))

export const refused = (why: string): SheetFunction =>
  lazy(0, Infinity, () => {
    throw new SheetError('#NAME?', why)
  })

/** Every cell of an argument, in rows; a single value is one cell. Cells beyond those in use are blank and left out. */
export function cellsOf(value: Argument): Scalar[] {
  if (value === undefined) return []
  return value instanceof Grid ? value.rows.flat() : [value]
}

/**
 * The numbers among the arguments, as SUM takes them: in ranges only numbers count (text and TRUE are left out), while a value
 * written in the formula itself must be a number. Text in cells that looks like a number is left out too, but not in silence.
 */
export function numbersOf(args: Argument[], context: Context): Decimal[] {
  const found: Decimal[] = []
  let [skipped, sample] = [0, '']
  for (const arg of args) {
    if (!(arg instanceof Grid)) {
      if (arg !== undefined) found.push(toNumber(arg))
      continue
    }
    for (const row of arg.rows)
      for (const item of row) {
        const number = cellNumber(item)
        if (number) found.push(number)
        else if (item instanceof SheetError) throw item
        else if (typeof item === 'string' && item !== '' && readNumber(item)) [skipped, sample] = [skipped + 1, item]
      }
  }
  if (skipped > 0)
    context.warn(
      `${skipped} text${skipped > 1 ? 's' : ''} such as "${sample.slice(0, 40)}" in a range look like numbers or dates but are text, and were left out`,
    )
  return found
}

/** As SUM, where text in cells counts as 0 and TRUE as 1 (AVERAGEA, MAXA). */
export function everyNumber(args: Argument[]): Decimal[] {
  return args.flatMap((arg) =>
    cellsOf(arg).flatMap((item) => {
      if (item instanceof SheetError) throw item
      if (isBlank(item)) return []
      return [typeof item === 'string' && arg instanceof Grid ? (cellNumber(item) ?? toNumber(null)) : toNumber(item)]
    }),
  )
}

/** Pairs of numbers from two ranges of one size; pairs with a blank or text are left out. */
export function pairsOf(first: Argument, second: Argument): [Decimal[], Decimal[]] {
  const [left, right] = [cellsOf(first), cellsOf(second)]
  if (left.length !== right.length) throw new SheetError('#N/A', 'the two ranges differ in size')
  const pairs: [Decimal, Decimal][] = []
  left.forEach((x, at) => {
    const y = right[at] as Scalar
    if (x instanceof SheetError) throw x
    if (y instanceof SheetError) throw y
    const [a, b] = [cellNumber(x), cellNumber(y)]
    if (a && b) pairs.push([a, b])
  })
  return [pairs.map((pair) => pair[0]), pairs.map((pair) => pair[1])]
}
