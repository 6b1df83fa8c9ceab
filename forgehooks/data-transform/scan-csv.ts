import { HookError } from '@cadre/contract/forgehook'

const LF = 10
const CR = 13
const SPACE = 32
const TAB = 9

export type Scanned = {
  /** An empty line is a record without cells; `""` alone on a line is one with an empty cell. */
  records: string[][]
  warnings: string[]
  /** Whether every cell behind a delimiter begins with a space, as in `a, b, c`. */
  spaced: boolean
}
export type ScanOptions = {
  /** One character; empty where there is none, in a table of one column. */
  delimiter: string
  quote?: string
  /** Lines that begin with it are left out. */
  comment?: string
  /** Cells without quotes and with nothing but spaces are empty. */
  blank_is_empty?: boolean
  /** Spaces around cells without quotes are removed. */
  trim?: 'no' | 'start' | 'both'
  max_records?: number
  /** The text was cut off: what is open at its end is let go. */
  is_part?: boolean
}

class Unclosed extends Error {}

/**
 * Cells of delimited text by RFC 4180, and what is common beside it: line ends of all kinds mixed, spaces before a quoted cell, quotes
 * inside a cell that are not doubled. What has two readings that differ in rows is refused with its line.
 */
export function scanCsv(text: string, options: ScanOptions): Scanned {
  const { delimiter, quote = '"', comment = '', blank_is_empty: blankIsEmpty = false, trim = 'no', max_records: most = Infinity } = options
  const records: string[][] = []
  const warnings: string[] = []
  const separator = delimiter === '' ? -1 : delimiter.charCodeAt(0)
  const mark = quote === '' ? -1 : quote.charCodeAt(0)
  const end = text.length
  let at = 0
  let spaced = 0
  let unspaced = 0
  let last: string[] = []

  const endsCell = (position: number) => {
    if (position >= end) return true
    const code = text.charCodeAt(position)
    return code === separator || code === LF || code === CR
  }
  const isSpace = (code: number) => (code === SPACE || code === TAB) && code !== separator
  const afterSpaces = (position: number) => {
    let after = position
    while (after < end && isSpace(text.charCodeAt(after))) after++
    return after
  }
  const warn = (position: number, message: string) => {
    if (warnings.length < 20) warnings.push(`line ${lineOf(text, position)}: ${message}`)
  }
  const refuse = (position: number, message: string): never => {
    throw options.is_part ? new Unclosed() : new HookError(`line ${lineOf(text, position)}: ${message}`, 'csv')
  }

  /** Undefined where the quote at the start turns out to be an ordinary character. */
  function quoted(open: number): string | undefined {
    let value = ''
    let from = open + 1
    let stray = false
    for (;;) {
      const close = text.indexOf(quote, from)
      if (stray && (close < 0 || spansLines(text, open, close))) {
        if (spansLines(text, open, from)) refuse(open, 'the quotes of the cell that begins here do not match')
        warn(open, 'there is text behind a closing quote; the cell was read with its quotes, as it stands')
        return undefined
      }
      if (close < 0) return refuse(open, 'a quote is opened here and never closed')
      if (text.charCodeAt(close + 1) === mark) {
        value += text.slice(from, close + 1)
        from = close + 2
        continue
      }
      const after = afterSpaces(close + 1)
      if (endsCell(after)) {
        if (stray) warn(open, 'a quoted cell has quotes in it that are not doubled; they were kept')
        at = after
        return value + text.slice(from, close)
      }
      stray = true
      value += text.slice(from, close + 1)
      from = close + 1
    }
  }

  /** A cell that begins with a quote or with space. */
  function oddCell(isFirst: boolean): string {
    const from = at
    const open = afterSpaces(at)
    if (text.charCodeAt(open) === mark) {
      const found = quoted(open)
      if (found !== undefined) {
        if (isFirst) return found
        if (open > from) spaced++
        else unspaced++
        return found
      }
    }
    while (!endsCell(at)) at++
    if (!isFirst && at > from) {
      if (text.charCodeAt(from) === SPACE) spaced++
      else unspaced++
    }
    return blankIsEmpty && open >= at ? '' : trimmed(text.slice(from, at))
  }

  const trimmed = (value: string) => (trim === 'no' ? value : trim === 'both' ? value.replace(/^[ \t]+|[ \t]+$/g, '') : value.replace(/^[ \t]+/, ''))

  /** One record from `at` on. Nearly all cells are plain, so that they are read here, without a call for each. */
  function record(): string[] {
    // A copy of the one before, which nearly always is as long: a list that grows takes three times the memory.
    const cells: string[] = last.slice()
    const start = at
    let count = 0
    // Variables of this function alone are faster than those it shares.
    let here = at
    for (;;) {
      const from = here
      let code = here < end ? text.charCodeAt(here) : LF
      if (code === mark || code === SPACE || code === TAB) {
        at = here
        cells[count] = oddCell(count === 0)
        here = at
      } else {
        while (code !== separator && code !== LF && code !== CR) code = ++here < end ? text.charCodeAt(here) : LF
        if (here > from && count > 0) unspaced++
        cells[count] = trim === 'both' ? trimmed(text.slice(from, here)) : text.slice(from, here)
      }
      count++
      if (here >= end || text.charCodeAt(here) !== separator) break
      here++
    }
    at = here
    if (count !== cells.length) cells.length = count
    last = cells
    return count === 1 && afterSpaces(start) === at ? [] : cells
  }

  try {
    while (at < end && records.length < most) {
      if (comment !== '' && text.startsWith(comment, at)) {
        while (at < end && text.charCodeAt(at) !== LF && text.charCodeAt(at) !== CR) at++
      } else records.push(record())
      if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) at++
      at++
    }
  } catch (error) {
    if (!(error instanceof Unclosed)) throw error
  }
  return { records, warnings, spaced: spaced > 0 && unspaced === 0 }
}

function spansLines(text: string, from: number, to: number): boolean {
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at)
    if (code === LF || code === CR) return true
  }
  return false
}

function lineOf(text: string, position: number): number {
  return text.slice(0, position).split(/\r\n|\r|\n/).length
}
