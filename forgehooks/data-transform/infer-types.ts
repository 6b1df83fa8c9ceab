import { num } from '../lib/expression-number.ts'

const PLAIN = /^-?(?:(?:0|[1-9]\d*)(?:\.\d+)?|\.\d+)$/

/**
 * The number a text is, where the number says all that the text says. Leading zeros, a plus sign, exponents, grouping
 * and more digits than a double holds are not: those are identifiers, telephone numbers or amounts that would change.
 */
export function losslessNumber(text: string): number | undefined {
  if (!PLAIN.test(text)) return undefined
  const value = Number(text)
  // Up to 15 digits a double gives back what it was given.
  if (text.length > 15 && (text.length > 1000 || !exact(text, value))) return undefined
  return value === 0 ? 0 : value
}

function exact(text: string, value: number): boolean {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value))) return false
  return num(text).eq(num(value))
}

export type CellType = 'number' | 'boolean' | 'text'

/** The type of a column of texts: numbers or booleans only where every cell that is not empty is one. */
export function inferType(cells: Iterable<string>): CellType {
  let type: CellType | undefined
  for (const cell of cells) {
    if (cell === '') continue
    const own = typeOfText(cell)
    if (own === 'text' || (type && type !== own)) return 'text'
    type = own
  }
  return type ?? 'text'
}

function typeOfText(text: string): CellType {
  if (losslessNumber(text) !== undefined) return 'number'
  return /^(?:true|false)$/i.test(text) ? 'boolean' : 'text'
}

/** A cell of a column of that type; empty is null. */
export function typed(cell: string, type: CellType): string | number | boolean | null {
  if (cell === '') return null
  if (type === 'number') return losslessNumber(cell) ?? cell
  return type === 'boolean' ? cell.toLowerCase() === 'true' : cell
}
