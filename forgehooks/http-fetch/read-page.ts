import { type HookContext, HookError } from '@cadre/contract/forgehook'
import { mediaType } from './answer.ts'
import { readHtml } from './read-html.ts'
import { decodeText, looksLikeText } from './read-text.ts'
import { headersOf, send, type Target } from './send.ts'

type Input = Target & { max_chars?: number; links?: boolean }

const defaultChars = 50_000
/** Of a longer page only the beginning is read: a document of this size takes some 200 MB. */
const mostHtml = 3_000_000
const accept = { accept: 'text/html, application/xhtml+xml, text/markdown;q=0.9, text/plain;q=0.8, */*;q=0.5' }

/** What a page has to say, as Markdown. */
export async function readPage(input: Input, context: HookContext) {
  const response = await send(context, input, { method: 'GET', headers: headersOf(input, accept) })
  const { status, url, headers, body } = response
  const { host } = new URL(url)
  if (status < 200 || status >= 300) throw new HookError(refusedWith(status, host, headers['location']), 'url')
  const contentType = headers['content-type'] || null
  const kind = kindOf(contentType, body)
  if (kind.refused) throw new HookError(`${host} answered ${kind.refused}`, 'url')
  const { text, warnings } = decodeText(body, contentType)
  if (text.trim() === '') throw new HookError(`${host} answered an empty page`, 'url')
  const whole = text.slice(0, mostHtml)
  const page = kind.html ? await readHtml(whole, url) : plainPage(whole)
  const { max_chars = defaultChars, links = true } = input
  const markdown = cut(page.markdown, max_chars)
  return {
    url,
    title: page.title,
    byline: page.byline,
    site: page.site || host,
    published: page.published,
    language: page.language || headers['content-language'] || null,
    excerpt: page.excerpt,
    markdown,
    ...(links ? { links: page.links } : {}),
    truncated: markdown.length < page.markdown.length || page.cut || whole.length < text.length,
    total_chars: page.markdown.length,
    part: page.part,
    ...(warnings.length + page.warnings.length > 0 ? { warnings: [...warnings, ...page.warnings] } : {}),
  }
}

function refusedWith(status: number, host: string, location: string | undefined): string {
  const means: Record<number, string> = {
    401: ': it asks for a login',
    403: ': it does not allow this',
    404: ': there is no such page',
    410: ': the page is gone',
    429: ': too many requests, try later',
    451: ': it may not be shown for legal reasons',
  }
  return `${host} answered ${status}${means[status] ?? (location ? ` and points to ${location}` : '')}`
}

function kindOf(contentType: string | null, body: Uint8Array): { html: boolean; refused?: string } {
  const type = mediaType(contentType)
  const start = Buffer.from(body.subarray(0, 1_024)).toString('latin1')
  const refused = (what: string) => ({
    html: false,
    refused: `${what}, which is no page to read; get it with /get (expect: base64) where its bytes are wanted`,
  })
  if (start.trimStart().startsWith('%PDF-') || type === 'application/pdf') return refused('a PDF document')
  if (/^(\x89PNG|GIF8|\xff\xd8\xff|RIFF....WEBP)/s.test(start) || (type.startsWith('image/') && type !== 'image/svg+xml')) return refused('an image')
  if (/^(audio|video|font)\//.test(type)) return refused(`${type.split('/')[0]} data`)
  if (/html/.test(type)) return { html: true }
  if (/[/+]json$/.test(type)) return { html: false, refused: 'JSON data, which is no page to read; use /get' }
  if (/^text\/(?!html)|[/+](markdown|yaml)$/.test(type) && !/[/+]xml$/.test(type)) return { html: false }
  if (type !== '' && !/octet-stream|unknown/.test(type)) return refused(`'${type.slice(0, 100)}'`)
  if (/<(!doctype html|html|head|body|p|div|h1|title)[\s>]/i.test(start)) return { html: true }
  return looksLikeText(body) ? { html: false } : refused('bytes that are no text')
}

function plainPage(text: string): Awaited<ReturnType<typeof readHtml>> {
  const markdown = text.replace(/\r\n?/g, '\n').trim()
  return {
    title: null,
    byline: null,
    site: '',
    published: null,
    language: '',
    excerpt: null,
    markdown,
    links: [],
    part: 'text',
    cut: false,
    warnings: [],
  }
}

/** At the last end of a paragraph, line or word that fits, and never within a character. */
function cut(text: string, most: number): string {
  if (text.length <= most) return text
  const start = text.slice(0, most)
  for (const end of ['\n\n', '\n', ' ']) {
    const at = start.lastIndexOf(end)
    if (at > most * 0.8) return start.slice(0, at).trimEnd()
  }
  return /[\ud800-\udbff]$/.test(start) ? start.slice(0, -1) : start
}
