import { type CsvOptions, readCsv } from '../data-transform/csv-to-json.ts'
import { delimiterNamed, detectDelimiter } from '../data-transform/detect-delimiter.ts'
import { aboutFile, type Context, extensionOf, MB } from './file-bytes.ts'
import { wholeText, withText } from './text-source.ts'

export type CsvFileInput = Omit<CsvOptions, 'types'> & {
  path: string
  encoding?: string
  types?: boolean | 'auto' | 'text'
  limit?: number
  offset?: number
}

const MOST_BYTES = 64 * MB
const USUAL_ROWS = 1_000

export function readCsvFile({ path, encoding, types = false, limit = USUAL_ROWS, offset = 0, ...options }: CsvFileInput, context: Context) {
  return withText(context, path, encoding, async (source) => {
    const text = await wholeText(source, MOST_BYTES, 'Use database-query for tables of that size, or read_text for a part of it')
    const { file, warnings } = source
    if (text.trim() === '') return { ...empty(file.path, source.encoding), warnings: [...warnings, 'the file is empty'] }
    // Of two readings of a .tsv the tab is the right one, whatever else is in its cells.
    const asked = options.delimiter ?? (/^(tsv|tab)$/.test(extensionOf(file.path)) && text.includes('\t') ? '\t' : undefined)
    try {
      const table = readCsv(text, {
        ...options,
        ...(asked === undefined ? {} : { delimiter: asked }),
        types: types === true || types === 'auto' ? 'auto' : 'text',
      })
      const rows = table.rows.slice(offset, offset + limit)
      const next = offset + rows.length
      const hasMore = next < table.rows.length
      return {
        path: file.path,
        columns: table.columns,
        rows,
        row_count: rows.length,
        total_rows: table.rows.length,
        offset,
        truncated: hasMore,
        ...(hasMore ? { next_offset: next } : {}),
        delimiter: delimiterNamed(asked) ?? announced(text) ?? detectDelimiter(text, options).delimiter,
        encoding: source.encoding,
        warnings: [...warnings, ...table.warnings],
      }
    } catch (error) {
      throw aboutFile(error, file.path)
    }
  })
}

/** As Excel does in a first line `sep=;`. */
const announced = (text: string) => /^\uFEFF?"?sep=([^\r\n])"?(?:\r\n|\r|\n|$)/i.exec(text)?.[1]

function empty(path: string, encoding: string) {
  return { path, columns: [], rows: [], row_count: 0, total_rows: 0, offset: 0, truncated: false, delimiter: '', encoding }
}
