import { HookError } from '@cadre/contract/forgehook'
import { type Context, needFile } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'
import { readCsvFile } from './read-csv.ts'
import { readDocx } from './read-docx.ts'
import { readJsonFile } from './read-json.ts'
import { readPdf } from './read-pdf.ts'
import { readTextFile } from './read-text.ts'
import { readXlsxFile } from './read-xlsx.ts'

export type AnyInput = {
  path: string
  encoding?: string
  limit?: number
  offset?: number
  pages?: string | number
  sheet?: string | number
  max_chars?: number
}

/** One door for all: what the file is decides which endpoint answers, and `kind` tells. */
export async function readAny({ path, encoding, limit, offset, pages, sheet, max_chars }: AnyInput, context: Context) {
  const file = await needFile(context, path)
  const { kind, label } = await kindOf(context, file)
  const rows = { limit, offset }
  const asText = async () => ({
    kind: 'text',
    ...(await readTextFile({ path, encoding, max_chars, limit_lines: limit, ...(offset === undefined ? {} : { offset_line: offset + 1 }) }, context)),
  })
  switch (kind) {
    case 'pdf':
      return { kind, ...(await readPdf({ path, pages, max_chars }, context)) }
    case 'xlsx':
      return { kind, ...(await readXlsxFile({ path, sheet, ...rows }, context)) }
    case 'docx':
      return { kind, ...(await readDocx({ path, max_chars }, context)) }
    case 'csv':
      return { kind, ...(await readCsvFile({ path, encoding, ...rows }, context).catch(orText(asText))) }
    case 'json':
      return {
        kind,
        ...(await readJsonFile({ path, encoding, ...rows }, context)
          .catch(orWhole(() => readJsonFile({ path, encoding }, context)))
          .catch(orText(asText))),
      }
    case 'text':
      return asText()
    default:
      throw new HookError(`${file.path} is ${label}, which no endpoint here can read`, 'path')
  }
}

/** A broken table or JSON file is still a text, and the answer says why it is given as one. */
function orText(asText: () => Promise<{ warnings: string[] }>) {
  return async (error: unknown) => {
    if (!(error instanceof HookError) || error.field !== 'path') throw error
    const text = await asText()
    return { ...text, warnings: [`given as text, because ${error.message.replace(/^path: /, '')}`, ...text.warnings] }
  }
}

/** `limit` is meant for whatever the file is; a value that is no list is given whole. */
function orWhole<T extends { warnings: string[] }>(whole: () => Promise<T>) {
  return async (error: unknown) => {
    if (!(error instanceof HookError) || (error.field !== 'limit' && error.field !== 'offset')) throw error
    const all = await whole()
    return { ...all, warnings: ['the value is no list, so it is given whole', ...all.warnings] }
  }
}
