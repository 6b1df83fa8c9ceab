import { HookError } from '@cadre/contract/forgehook'
import { openZip } from '../data-transform/zip.ts'
import { type Context, MB, wholeFile } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'
import { bounded } from './bounded-text.ts'

export type DocxInput = { path: string; format?: string; max_chars?: number; offset_chars?: number }

const MOST_BYTES = 60 * MB

/** Reads from memory only: pictures that lie elsewhere, and those inside, are left out. */
export async function readDocx({ path, format: asked = 'markdown', max_chars: room, offset_chars: offset }: DocxInput, context: Context) {
  const { file, bytes } = await wholeFile(context, path, MOST_BYTES, 'Split it.')
  const { kind, label, endpoint } = await kindOf(context, file)
  if (kind !== 'docx') throw new HookError(`${file.path} is ${label}, not a Word document (.docx)${endpoint ? `; use ${endpoint}` : ''}`, 'path')
  await needSound(bytes, file.path)
  const format = asked === 'md' ? 'markdown' : asked === 'txt' || asked === 'plain' ? 'text' : asked
  const { value, warnings } = await convert(bytes, format, file.path)
  return { path: file.path, format, ...bounded(value, offset, room, warnings), warnings }
}

/** A zip whose parts are as long as they say, and not too long, before the library unpacks it. */
async function needSound(bytes: Uint8Array, path: string) {
  const zip = await openZip(bytes).catch((error: unknown) => {
    if (error instanceof HookError) throw new HookError(error.message.replace('data_base64: the workbook', path), 'path')
    throw error
  })
  if (!zip.has('word/document.xml') && ![...zip.keys()].some((name) => name.endsWith('.rels')))
    throw new HookError(`${path} is broken: it has no document in it`, 'path')
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
      value: format === 'markdown' ? await markdownOf(value) : format === 'text' ? value.replace(/\n+$/, '\n') : value,
      warnings: warnings.slice(0, 20),
    }
  } catch (error) {
    throw new HookError(`${path} is broken and cannot be read: ${(error as Error).message.split('\n')[0]?.slice(0, 200)}`, 'path')
  }
}

async function markdownOf(html: string): Promise<string> {
  const [{ default: TurndownService }, { gfm }] = await Promise.all([import('turndown'), import('@joplin/turndown-plugin-gfm')])
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-', emDelimiter: '*', hr: '---' })
  service.use(gfm)
  return `${service.turndown(withHeads(html)).trim()}\n`
}

/** Word's tables have no heads and Markdown's must have one: it is the first row. */
function withHeads(html: string): string {
  return html.replace(
    /<table><tr>((?:(?!<\/?(?:table|tr)>).)*)<\/tr>/gs,
    (_, cells: string) => `<table><tr>${cells.replace(/<(\/?)td\b/g, '<$1th')}</tr>`,
  )
}
