import { scanCsv, type ScanOptions } from './scan-csv.ts'

const SAMPLE = 64_000
/** Among equals the rarer comes first: decimal commas in semicolon files are common, the reverse is not. */
const CANDIDATES = ['\t', ';', '|', ',']

/**
 * The delimiter that occurs in the first line and gives most lines the same number of cells. Without any there, the table has one column,
 * and `suspect` is what stands in every other line all the same.
 */
export function detectDelimiter(text: string, options: Pick<ScanOptions, 'quote' | 'comment'>): { delimiter: string; suspect?: string } {
  const is_part = text.length > SAMPLE
  const sample = text.slice(0, SAMPLE)
  let best = { delimiter: '', share: 0 }
  let suspect: string | undefined
  for (const delimiter of CANDIDATES) {
    const { records } = scanCsv(sample, { ...options, delimiter, max_records: 100, is_part: true })
    const filled = (is_part && records.length < 100 && records.length > 1 ? records.slice(0, -1) : records).filter((record) => record.length > 0)
    const width = filled[0]?.length ?? 0
    if (width < 2) {
      if (filled.length > 1 && filled.slice(1).every((record) => record.length > 1)) suspect = delimiter
      continue
    }
    const share = filled.filter((record) => record.length === width).length / filled.length
    if (share > best.share) best = { delimiter, share }
  }
  if (best.delimiter !== '') return { delimiter: best.delimiter }
  return { delimiter: '', ...(suspect === undefined ? {} : { suspect }) }
}

const NAMES: Record<string, string> = {
  tab: '\t',
  '\\t': '\t',
  comma: ',',
  semicolon: ';',
  pipe: '|',
  bar: '|',
  space: ' ',
  colon: ':',
}

/** One character for `tab`, `semicolon` and the like; undefined for auto. */
export function delimiterNamed(asked: string | undefined): string | undefined {
  if (asked === undefined || asked === '' || asked.toLowerCase() === 'auto') return undefined
  return NAMES[asked.toLowerCase()] ?? asked
}
