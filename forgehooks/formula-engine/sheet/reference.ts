export type Place = { row: number; col: number }
/** A rectangle of cells, both corners included. `sheet` is what stands before the ! if anything does. */
export type Area = { from: Place; to: Place; sheet?: string }

export const LAST_ROW = 1_048_576
export const LAST_COL = 16_384

export function placeOf(name: string): Place {
  const [, letters = '', digits = ''] = /^([A-Z]+)(\d+)$/.exec(name) ?? []
  return { row: Number(digits), col: columnNumber(letters) }
}

export const columnNumber = (letters: string): number => [...letters.toUpperCase()].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0)

export function columnLetters(col: number): string {
  let letters = ''
  for (let rest = col; rest > 0; rest = Math.floor((rest - 1) / 26)) letters = String.fromCharCode(65 + ((rest - 1) % 26)) + letters
  return letters
}

export const nameOf = ({ row, col }: Place): string => `${columnLetters(col)}${row}`
export const heightOf = (area: Area): number => area.to.row - area.from.row + 1
export const widthOf = (area: Area): number => area.to.col - area.from.col + 1
export const isInside = ({ row, col }: Place): boolean => row >= 1 && row <= LAST_ROW && col >= 1 && col <= LAST_COL

/** A number for a cell, cheaper to make than its name: ranges are read by it a million times. */
export const keyOf = (row: number, col: number): number => row * 16_385 + col
