const QUOTE = 34
const LF = 10
const CR = 13
const SPACE = 32

/** An empty line is a record without cells; `""` alone on a line is one with an empty cell. */
export type Scanned = { records: string[][]; warnings: string[] }
export type ScanOptions = {
  /** One character. */
  delimiter: string
  /** Removes white space around cells that are not quoted. */
  trim: boolean
  max_records?: number
}

/**
 * Cells of delimited text by RFC 4180, and what is common beside it: line ends of all kinds mixed, spaces around quoted
 * cells, stray quotes. A quoted cell may span lines; a quote that opens a cell but never closes it is an ordinary
 * character, so that one stray quote does not swallow the rest of the file.
 */
export function scanCsv(text: string, { delimiter, trim, max_records = Infinity }: ScanOptions): Scanned {
  const records: string[][] = []
  const warnings: string[] = []
  const separator = delimiter.charCodeAt(0)
  const end = text.length
  let sameLineOnly = false
  let at = 0

  const endsCell = (position: number) => {
    if (position >= end) return true
    const code = text.charCodeAt(position)
    return code === separator || code === LF || code === CR
  }
  const skipSpaces = (position: number) => {
    let after = position
    while (text.charCodeAt(after) === SPACE && separator !== SPACE) after++
    return after
  }
  const warn = (position: number, message: string) => {
    if (warnings.length < 20) warnings.push(`line ${lineOf(text, position)}: ${message}`)
  }

  function quoted(open: number): { value: string; after: number } | undefined {
    let value = ''
    let from = open + 1
    let stray = false
    for (;;) {
      const close = text.indexOf('"', from)
      if (close < 0) {
        sameLineOnly = true
        warn(open, 'a quote is opened and never closed; it was read as an ordinary character')
        return undefined
      }
      if ((sameLineOnly || stray) && spansLines(text, open, close)) {
        warn(open, 'quotes do not match; they were read as ordinary characters')
        return undefined
      }
      if (text.charCodeAt(close + 1) === QUOTE) {
        value += text.slice(from, close + 1)
        from = close + 2
        continue
      }
      const after = skipSpaces(close + 1)
      if (endsCell(after)) {
        if (stray) warn(open, 'a quoted cell has quotes in it that are not doubled; they were kept')
        return { value: value + text.slice(from, close), after }
      }
      if (spansLines(text, open, close)) {
        warn(open, 'quotes do not match; they were read as ordinary characters')
        return undefined
      }
      stray = true
      value += text.slice(from, close + 1)
      from = close + 1
    }
  }

  function cell(): string {
    const open = skipSpaces(at)
    if (text.charCodeAt(open) === QUOTE) {
      const found = quoted(open)
      if (found) {
        at = found.after
        return found.value
      }
    }
    const from = at
    while (!endsCell(at)) at++
    const value = text.slice(from, at)
    return trim ? value.trim() : value
  }

  while (at < end && records.length < max_records) {
    const start = at
    const record = [cell()]
    while (text.charCodeAt(at) === separator && at < end) {
      at++
      record.push(cell())
    }
    records.push(record.length === 1 && text.slice(start, at).trim() === '' ? [] : record)
    if (text.charCodeAt(at) === CR && text.charCodeAt(at + 1) === LF) at++
    at++
  }
  return { records, warnings }
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

const SAMPLE = 64_000
/** Among equals the rarer comes first: decimal commas in semicolon files are common, the reverse is not. */
const CANDIDATES = ['\t', ';', '|', ',']

/** The delimiter that occurs in the first line and gives most lines the same number of cells; a comma where none does. */
export function detectDelimiter(text: string): string {
  const cut = text.length > SAMPLE ? text.lastIndexOf('\n', SAMPLE) : -1
  const sample = cut > 0 ? text.slice(0, cut) : text.slice(0, SAMPLE)
  let best = { delimiter: ',', share: 0 }
  for (const delimiter of CANDIDATES) {
    const { records } = scanCsv(sample, { delimiter, trim: true, max_records: 100 })
    const filled = records.filter((record) => record.length > 0)
    const width = filled[0]?.length ?? 0
    if (width < 2) continue
    const share = filled.filter((record) => record.length === width).length / filled.length
    if (share > best.share) best = { delimiter, share }
  }
  return best.delimiter
}
