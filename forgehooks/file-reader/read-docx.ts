import { HookError } from '@cadre/contract/forgehook'
import { htmlToMarkdown } from '../lib/markdown/html-to-markdown.ts'
import { openZip } from '../lib/workbook/zip.ts'
import { type Context, MB, wholeFile } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'
import { bounded } from './bounded-text.ts'
import { flatTables } from './flat-tables.ts'

export type DocxInput = { path: string; format?: string; max_chars?: number; offset_chars?: number }

const MOST_BYTES = 60 * MB

/** Reads from memory only: pictures that lie elsewhere, and those inside, are left out. */
export async function readDocx({ path, format: asked = 'markdown', max_chars: room, offset_chars: offset }: DocxInput, context: Context) {
  const { file, bytes } = await wholeFile(context, path, MOST_BYTES, 'Split it.')
  const { kind, label, endpoint } = await kindOf(context, file)
  if (kind !== 'docx') throw new HookError(`${file.path} is ${label}, not a Word document (.docx)${endpoint ? `; use ${endpoint}` : ''}`, 'path')
  const names = await partsOf(bytes, file.path)
  const format = asked === 'md' ? 'markdown' : asked === 'txt' || asked === 'plain' ? 'text' : asked
  const { value, warnings } = await convert(bytes, format, file.path)
  if (names.some((name) => /^word\/(header|footer)\d*\.xml$/.test(name))) warnings.push('headers and footers of the pages are left out')
  return { path: file.path, format, ...bounded(value, offset, room, warnings), warnings }
}

/** The names in the zip, once each part was found to be as long as it says, and not too long, before the library unpacks it. */
async function partsOf(bytes: Uint8Array, path: string): Promise<string[]> {
  return [...(await openZip(bytes, { what: path, field: 'path' })).keys()]
}

async function convert(bytes: Uint8Array, format: string, path: string): Promise<{ value: string; warnings: string[] }> {
  const { default: mammoth } = await import('mammoth')
  const input = { buffer: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
  let images = 0
  const dropped = () => {
    images++
    return Promise.resolve([])
  }
  try {
    const { value, messages } =
      format === 'text'
        ? await mammoth.extractRawText(input)
        : // The type of a converter is a brand; what it is called with and gives is a list of nodes.
          await mammoth.convertToHtml(input, { convertImage: dropped as never, includeEmbeddedStyleMap: false, externalFileAccess: false })
    const warnings = [...new Set(messages.map((message) => message.message))].filter(
      (said) => !/^(Unrecognised (paragraph|run|table) style|An unrecognised element was ignored|Image of type)/.test(said),
    )
    if (images > 0) warnings.push(images === 1 ? 'a picture was left out' : `${images} pictures were left out`)
    return {
      value: format === 'markdown' ? `${await htmlToMarkdown(flatTables(value))}\n` : format === 'text' ? value.replace(/\n+$/, '\n') : value,
      warnings: warnings.slice(0, 20),
    }
  } catch (error) {
    throw new HookError(`${path} is broken and cannot be read: ${(error as Error).message.split('\n')[0]?.slice(0, 200)}`, 'path')
  }
}
