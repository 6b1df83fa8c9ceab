import { HookError } from '@cadre/contract/forgehook'
import type { DomNode } from '../lib/markdown/dom.ts'
import { chosen } from './names.ts'

type Format = 'markdown' | 'html' | 'text'
type Given = { text: string; from: string; to: string; links?: boolean }

const ALSO: Record<string, Format> = { md: 'markdown', gfm: 'markdown', htm: 'html', xhtml: 'html', txt: 'text', plain: 'text', plaintext: 'text' }
const MAX_DEPTH = 400

/** HTML that comes out holds nothing that runs; what was taken out is said. */
export async function convert({ text, from, to, links = true }: Given) {
  const [source, target] = [chosen(from, FORMATS, 'from', ALSO), chosen(to, FORMATS, 'to', ALSO)]
  const { result, warnings } = await converted(text, source, target, links)
  return { text: result, from: source, to: target, ...(warnings.length > 0 ? { warnings } : {}) }
}

const FORMATS = ['markdown', 'html', 'text'] as const

async function converted(text: string, from: Format, to: Format, links: boolean): Promise<{ result: string; warnings: string[] }> {
  if (from === to && from !== 'html') return { result: text, warnings: [] }
  const plain = await import('./html-text.ts')
  if (from === 'text') return { result: to === 'html' ? plain.textToHtml(text) : plain.textToMarkdown(text), warnings: [] }
  const { safeBody } = await import('./html-document.ts')
  const html = from === 'html' ? text : await markdownToHtml(text)
  needShallow(html)
  const { body, warnings } = safeBody(html)
  if (to === 'html') return { result: body.innerHTML.trim(), warnings }
  if (to === 'text') return { result: plain.htmlToText(body, { links }), warnings }
  const { htmlToMarkdown } = await import('../lib/markdown/html-to-markdown.ts')
  return { result: await htmlToMarkdown(body as unknown as DomNode), warnings }
}

async function markdownToHtml(text: string): Promise<string> {
  const { Marked } = await import('marked')
  return new Marked({ gfm: true, async: false }).parse(text) as string
}

function needShallow(html: string) {
  let depth = 0
  for (const [, close, name = '', self] of html.matchAll(/<(\/?)([a-zA-Z][\w-]*)[^>]*?(\/?)>/g)) {
    if (/^(?:br|hr|img|input|meta|link|wbr|col|area|base|embed|source|track|p|li)$/i.test(name) || self) continue
    depth += close ? -1 : 1
    if (depth > MAX_DEPTH) throw new HookError(`is nested more than ${MAX_DEPTH} deep`, 'text')
  }
}
