import { HookError } from '@cadre/contract/forgehook'
import type { CellRange } from '../lib/workbook/sheet-cells.ts'

export type Range = CellRange & { sheet?: string }

/** `B2:D20`, `B:D`, `2:20`, `B2` (from there on), with or without `$` and `Sheet!` before it. */
export function rangeOf(asked: string): Range {
  const [, quoted, plain, text = ''] = /^\s*(?:'((?:[^']|'')+)'!|([^'!]+)!)?(.*?)\s*$/s.exec(asked) ?? []
  const sheet = quoted?.replaceAll("''", "'") ?? plain
  const [, left = '', top = '', colon, right = '', bottom = ''] =
    /^\$?([A-Z]{0,3})\$?(\d{0,7})(?:\s*(:)\s*\$?([A-Z]{0,3})\$?(\d{0,7}))?$/i.exec(text) ?? []
  const isOpen = colon === undefined
  // Both corners are of one kind: cells, columns or rows.
  const fits = isOpen ? left !== '' && top !== '' : (left === '') === (right === '') && (top === '') === (bottom === '') && left + top !== ''
  const zero = [top, bottom].some((row) => row !== '' && Number(row) === 0)
  if (!fits || zero) throw new HookError(`${JSON.stringify(asked)} is no range; write B2:D20, B:D or 2:20`, 'range')
  const columns = pair(left === '' ? 0 : column(left), isOpen || right === '' ? Infinity : column(right))
  const rows = pair(top === '' ? 0 : Number(top) - 1, isOpen || bottom === '' ? Infinity : Number(bottom) - 1)
  return { ...(sheet === undefined ? {} : { sheet }), rows, columns }
}

const pair = (a: number, b: number): [number, number] => (a <= b ? [a, b] : [b, a])

function column(letters: string): number {
  let at = 0
  for (const letter of letters.toUpperCase()) at = at * 26 + letter.charCodeAt(0) - 64
  return at - 1
}

export function columnName(at: number): string {
  const last = String.fromCharCode(65 + (at % 26))
  return at < 26 ? last : columnName(Math.floor(at / 26) - 1) + last
}
