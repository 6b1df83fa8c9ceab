import { HookError } from '@cadre/contract/forgehook'
import { type Context, MB, wholeFile } from './file-bytes.ts'
import { pagesAsked } from './page-range.ts'

export type PdfInput = { path: string; pages?: string | number; max_chars?: number }

const MOST_BYTES = 100 * MB
const MOST_CHARS = 1_000_000

export async function readPdf({ path, pages, max_chars: room = MOST_CHARS }: PdfInput, context: Context) {
  const { file, bytes } = await wholeFile(context, path, MOST_BYTES, 'Split it.')
  const { getDocumentProxy } = await import('unpdf')
  // The library takes hold of the bytes. Fonts of the machine are not for text.
  const document = await getDocumentProxy(bytes, { verbosity: 0, useSystemFonts: false, disableFontFace: true }).catch((error: unknown) => {
    throw refusal(error, file.path)
  })
  try {
    const count = document.numPages
    const wanted = pagesAsked(pages, count)
    const warnings: string[] = []
    const found: { page: number; text: string }[] = []
    let chars = 0
    let next: number | undefined
    for (const number of wanted) {
      context.signal.throwIfAborted()
      const text = await pageText(document, number, warnings)
      if (chars + text.length > room && found.length > 0) {
        next = number
        warnings.push(`the text is longer than ${room} characters (max_chars); go on with page ${number}`)
        break
      }
      if (text.length > room) warnings.push(`page ${number} has ${text.length} characters; only the first ${room} are given (max_chars)`)
      found.push({ page: number, text: text.slice(0, room) })
      chars += text.length
    }
    const empty = found.filter(({ text }) => text.trim() === '').map(({ page }) => page)
    const hasText = empty.length < found.length
    if (!hasText) warnings.push('the pages have no text: they are pictures (a scan), or empty; text recognition would be needed')
    else if (empty.length > 0) warnings.push(`no text on page${empty.length === 1 ? '' : 's'} ${empty.slice(0, 50).join(', ')}: a picture, or empty`)
    return {
      path: file.path,
      ...(await metadataOf(document)),
      page_count: count,
      has_text: hasText,
      pages: found,
      truncated: next !== undefined || chars > room,
      ...(next === undefined ? {} : { next_page: next }),
      warnings,
    }
  } finally {
    await document.loadingTask.destroy()
  }
}

type Document = Awaited<ReturnType<(typeof import('unpdf'))['getDocumentProxy']>>

async function pageText(document: Document, number: number, warnings: string[]): Promise<string> {
  try {
    const page = await document.getPage(number)
    const { items } = await page.getTextContent()
    page.cleanup()
    const text = items.map((item) => ('str' in item ? item.str + (item.hasEOL ? '\n' : '') : '')).join('')
    // Fonts without a table of letters give control characters.
    // oxlint-disable-next-line no-control-regex -- they are what is taken out
    return text.replace(/[\0-\x08\x0b\x0e-\x1f]/g, '').trimEnd()
  } catch {
    warnings.push(`page ${number} is broken and could not be read`)
    return ''
  }
}

async function metadataOf(document: Document) {
  const { info, metadata } = await document.getMetadata().catch(() => ({ info: {}, metadata: undefined }))
  const { Title: title, Author: author } = info as { Title?: unknown; Author?: unknown }
  const text = (value: unknown) => (typeof value === 'string' && value.trim() !== '' ? value.trim() : null)
  return { title: text(title) ?? text(metadata?.get('dc:title')), author: text(author) }
}

function refusal(error: unknown, path: string): HookError {
  const { name, message } = error as Error
  if (name === 'PasswordException') return new HookError(`${path} is protected by a password and cannot be read`, 'path')
  if (name === 'InvalidPDFException') return new HookError(`${path} is no PDF, or a broken one`, 'path')
  return new HookError(`${path} cannot be read as a PDF: ${message.split('\n')[0]?.slice(0, 200)}`, 'path')
}
