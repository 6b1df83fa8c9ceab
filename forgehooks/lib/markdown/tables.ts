import type TurndownService from 'turndown'
import type { DomNode } from './dom.ts'

/**
 * Tables in GitHub Flavored Markdown. A table that only arranges the page (one column; headings, lists or tables in its cells) becomes the text
 * in it. In place of the plugin's own rules, which take time with the square of the rows (1000 rows 1.7 s).
 */
export function tables(service: TurndownService) {
  const kinds = new WeakMap<DomNode, 'data' | 'layout'>()
  const kindOf = (node: DomNode): 'data' | 'layout' => {
    const table = closest(node, 'TABLE')
    if (!table) return 'layout'
    let kind = kinds.get(table)
    if (!kind) kinds.set(table, (kind = isLayout(table) ? 'layout' : 'data'))
    return kind
  }
  service.addRule('cell', {
    filter: ['td', 'th'],
    replacement: (content, node) => (kindOf(node as DomNode) === 'data' ? cellOf(content, node as DomNode) : `\n\n${content.trim()}\n\n`),
  })
  service.addRule('row', {
    filter: 'tr',
    replacement: (content, node) => (kindOf(node as DomNode) === 'data' ? `${content.replaceAll('\n', '')}|\n` : content),
  })
  service.addRule('rows', { filter: ['thead', 'tbody', 'tfoot'], replacement: (content) => content })
  service.addRule('caption', { filter: 'caption', replacement: (content, node) => (kindOf(node as DomNode) === 'data' ? '' : content) })
  service.addRule('table', {
    filter: 'table',
    replacement: (content, node) => (kindOf(node as DomNode) === 'data' ? tableOf(content, node as DomNode) : `\n\n${content}\n\n`),
  })
}

const mostSpanned = 100

function cellOf(content: string, node: DomNode): string {
  const lines = content.split('\n').map((line) => line.trim())
  const text = lines.filter(Boolean).join('<br>').replace(/\\?\|/g, '\\|')
  return `| ${text} ` + '|  '.repeat(spanOf(node) - 1)
}

function spanOf(cell: DomNode): number {
  const spanned = Number(cell.getAttribute('colspan') ?? 1)
  return spanned > 1 && spanned <= mostSpanned ? Math.trunc(spanned) : 1
}

function ruleOf(align: string | null | undefined): string {
  if (align === 'center') return ':---:'
  if (align === 'right') return '---:'
  return align === 'left' ? ':---' : '---'
}

function tableOf(content: string, table: DomNode): string {
  const rows = content.split('\n').filter((row) => row.startsWith('|'))
  const widths = rows.map((row) => row.replace(/\\\|/g, '').split('|').length - 2)
  const width = widths.reduce((most, one) => Math.max(most, one), 0)
  if (width === 0) return ''
  const full = rows.map((row, at) => row + '  |'.repeat(width - (widths[at] ?? 0)))
  const head = hasHead(table) ? (full.shift() ?? '') : `|${'  |'.repeat(width)}`
  const first = table.querySelector('tr')
  const aligned = first ? elements(first).flatMap((cell) => Array<string | null>(spanOf(cell)).fill(cell.getAttribute('align'))) : []
  const caption = table.querySelector('caption')?.textContent?.replace(/\s+/g, ' ').trim() ?? ''
  const rules = Array.from({ length: width }, (_, at) => ` ${ruleOf(aligned[at])} |`).join('')
  return `\n\n${caption ? `${caption}\n\n` : ''}${head}\n|${rules}\n${full.join('\n')}\n\n`
}

// Row headings at the side make no head: all cells of the first row must be such.
function hasHead(table: DomNode): boolean {
  const row = table.querySelector('tr')
  if (!row) return false
  return row.parentNode?.nodeName === 'THEAD' || elements(row).every((cell) => cell.nodeName === 'TH')
}

function isLayout(table: DomNode): boolean {
  if (/^(presentation|none)$/.test(table.getAttribute('role') ?? '')) return true
  if (table.querySelector('table, h1, h2, h3, h4, h5, h6, pre, blockquote, article, section')) return true
  const rows = Array.from(table.querySelectorAll('tr'))
  return rows.every((row) => elements(row).length <= 1)
}

function elements(node: DomNode): DomNode[] {
  const found: DomNode[] = []
  for (let child = node.firstChild; child; child = child.nextSibling) if (child.nodeType === 1) found.push(child)
  return found
}

function closest(node: DomNode, name: string): DomNode | null {
  let at: DomNode | null = node
  while (at && at.nodeName !== name) at = at.parentNode
  return at
}
