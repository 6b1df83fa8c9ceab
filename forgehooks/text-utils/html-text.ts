import { htmlEscaped } from './codecs.ts'
import type { Dom } from './html-document.ts'

const BLOCKS = new Set(
  'ADDRESS ARTICLE ASIDE BLOCKQUOTE BODY CAPTION DD DETAILS DIV DL DT FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR LI MAIN NAV OL P PRE SECTION SUMMARY TABLE TR UL'.split(
    ' ',
  ),
)
/** These have an empty line around them. */
const PARAGRAPHS = new Set('ADDRESS BLOCKQUOTE DL FIGURE H1 H2 H3 H4 H5 H6 OL P PRE TABLE UL'.split(' '))

type Options = { links: boolean }
/** `last` is the margin of what was written last. */
type Writer = { text: string; gap: number; space: boolean; margin: string; last: string }

/** What a reader sees: blocks on lines of their own, lists with marks, cells parted by tabs. */
export function htmlToText(body: Dom, options: Options): string {
  const writer: Writer = { text: '', gap: 0, space: false, margin: '', last: '' }
  walk(body, writer, options)
  return writer.text
}

function put(writer: Writer, text: string) {
  if (text === '') return
  if (writer.gap > 0 && writer.text !== '') writer.text += lineEnds(writer) + writer.margin
  else if (writer.text === '') writer.text = writer.margin
  else if (writer.space && !/\s$/.test(writer.text)) writer.text += ' '
  writer.text += text
  writer.gap = 0
  writer.space = false
  writer.last = writer.margin
}

/** Empty lines within a quotation are of it too. */
function lineEnds({ gap, margin, last }: Writer): string {
  const shared = margin.startsWith(last) ? last : last.startsWith(margin) ? margin : ''
  return '\n' + `${shared.trimEnd()}\n`.repeat(gap - 1)
}

const part = (writer: Writer, lines: number) => {
  writer.gap = Math.max(writer.gap, lines)
  writer.space = false
}

function walk(node: Dom, writer: Writer, options: Options) {
  for (const child of node.childNodes) {
    if (child.nodeType === 3) inline(child.textContent, writer)
    else if (child.nodeType === 1) element(child, writer, options)
  }
}

function inline(text: string, writer: Writer) {
  const pieces = text.split(/[ \t\n\r\f]+/)
  for (const [index, piece] of pieces.entries()) {
    if (index > 0) writer.space = true
    put(writer, piece)
  }
}

function element(node: Dom, writer: Writer, options: Options) {
  const name = node.nodeName.toUpperCase()
  if (name === 'BR') {
    writer.gap++
    writer.space = false
    return
  }
  if (name === 'IMG') return inline(node.getAttribute('alt') ?? '', writer)
  if (name === 'INPUT') return put(writer, node.getAttribute('checked') === null ? '[ ] ' : '[x] ')
  const lines = PARAGRAPHS.has(name) ? 2 : BLOCKS.has(name) ? 1 : 0
  const nested = (name === 'UL' || name === 'OL') && within(node, 'LI')
  if (lines > 0) part(writer, nested ? 1 : lines)
  if (name === 'LI') item(node, writer, options)
  else if (name === 'PRE') put(writer, node.textContent.replace(/^\n|\n$/g, '').replaceAll('\n', `\n${writer.margin}`))
  else if (name === 'BLOCKQUOTE') indented(writer, '> ', () => walk(node, writer, options))
  else if (name === 'HR') put(writer, '---')
  else if (name === 'TD' || name === 'TH') cell(node, writer, options)
  else walk(node, writer, options)
  if (name === 'A' && options.links) link(node, writer)
  if (lines > 0) part(writer, nested ? 1 : lines)
}

function within(node: Dom, name: string): boolean {
  for (let at = node.parentNode; at; at = at.parentNode) if (at.nodeName.toUpperCase() === name) return true
  return false
}

function indented(writer: Writer, by: string, write: () => void) {
  const { margin } = writer
  writer.margin += by
  write()
  writer.margin = margin
}

function item(node: Dom, writer: Writer, options: Options) {
  const list = node.parentNode
  const items = (list?.childNodes ?? []).filter((child) => child.nodeName.toUpperCase() === 'LI')
  const ordered = list?.nodeName.toUpperCase() === 'OL'
  const mark = ordered ? `${Number(list?.getAttribute('start') ?? 1) + items.indexOf(node)}. ` : '- '
  put(writer, mark.trimEnd())
  writer.space = true
  indented(writer, ' '.repeat(mark.length), () => {
    // What opens the item stands on the line of its mark.
    const before = writer.text.length
    for (const child of node.childNodes) {
      if (child.nodeType === 3) inline(child.textContent, writer)
      else if (child.nodeType === 1 && writer.text.length === before && child.nodeName.toUpperCase() === 'P') walk(child, writer, options)
      else if (child.nodeType === 1) element(child, writer, options)
    }
  })
}

function cell(node: Dom, writer: Writer, options: Options) {
  const cells = (node.parentNode?.childNodes ?? []).filter((child) => /^T[DH]$/i.test(child.nodeName))
  const inner: Writer = { text: '', gap: 0, space: false, margin: '', last: '' }
  walk(node, inner, options)
  const text = inner.text.replace(/\s+/g, ' ')
  if (cells.indexOf(node) > 0) writer.text += '\t'
  writer.space = false
  // An empty first cell still begins its row.
  if (writer.gap > 0 && text === '') writer.text += writer.text === '' ? '' : '\n'.repeat(writer.gap)
  if (text === '') writer.gap = 0
  else put(writer, text)
}

function link(node: Dom, writer: Writer) {
  const target = node.getAttribute('href') ?? ''
  const shown = node.textContent.trim()
  if (target === '' || target.startsWith('#') || target === shown || target === `mailto:${shown}`) return
  writer.space = shown !== ''
  put(writer, `(${target})`)
}

export function textToHtml(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split(/\n[ \t]*\n+/)
    .map((paragraph) => paragraph.replace(/^\n+|\n+$/g, ''))
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => `<p>${htmlEscaped(paragraph).replaceAll('&#39;', "'").replaceAll('&quot;', '"').replaceAll('\n', '<br>\n')}</p>`)
    .join('\n')
}

/** Every sign that markdown would take for its own is written with a backslash. */
export function textToMarkdown(text: string): string {
  return text
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) =>
      line
        .replace(/[\\`*_[\]<>|~&]/g, String.raw`\$&`)
        .replace(/^(\s*)(#{1,6}(?=\s|$)|[-+=](?=\s|$)|-{2,}|={2,})/, (_, space: string, mark: string) => `${space}\\${mark}`)
        .replace(/^(\s*\d{1,9})([.)])(?=\s|$)/, String.raw`$1\$2`)
        .replace(/^(?: {4,}|\t)\s*/, ''),
    )
    .map((line, index, all) => (line !== '' && (all[index + 1] ?? '') !== '' ? `${line}\\` : line))
    .join('\n')
}
