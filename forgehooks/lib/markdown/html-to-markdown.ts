import type TurndownService from 'turndown'
import type { DomNode } from './dom.ts'
import { tables } from './tables.ts'

/** HTML, as text or as the DOM of a body, as GitHub Flavored Markdown. */
export async function htmlToMarkdown(html: string | DomNode): Promise<string> {
  const [{ default: Turndown }, gfm] = await Promise.all([import('turndown'), import('@joplin/turndown-plugin-gfm')])
  const service: TurndownService = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-', emDelimiter: '*', hr: '---' })
  service.use([gfm.strikethrough, gfm.taskListItems, gfm.highlightedCodeBlock, tables])
  const places = new WeakMap<DomNode, Map<DomNode, number>>()
  service.addRule('listItem', { filter: 'li', replacement: (content, node) => item(content, node as DomNode, places) })
  service.addRule('bare pre', {
    filter: (node) => isBare(node as unknown as DomNode),
    replacement: (_, node) => fenced((node as DomNode).textContent ?? ''),
  })
  service.addRule('images that lead nowhere', {
    filter: (node) => leadsNowhere(node as unknown as DomNode),
    replacement: (_, node) => (node as DomNode).getAttribute('alt') ?? '',
  })
  const standard = service.escape.bind(service)
  // What would be read as a tag or as an entity.
  service.escape = (text) =>
    standard(text)
      .replaceAll(String.raw`\>`, '>')
      .replace(/<(?=[A-Za-z/!?])/g, String.raw`\<`)
      .replace(/&(?=#?\w+;)/g, String.raw`\&`)
      .replace(/^>/gm, String.raw`\>`)
  return service
    .turndown(html as string)
    .replace(/^[ \t]+$/gm, '')
    .trim()
}

const isBare = (node: DomNode) => node.nodeName === 'PRE' && node.firstElementChild?.nodeName !== 'CODE'
const leadsNowhere = (node: DomNode) => node.nodeName === 'IMG' && !node.getAttribute('src')

function item(content: string, node: DomNode, places: WeakMap<DomNode, Map<DomNode, number>>): string {
  const list = node.parentNode
  if (list && !places.has(list)) places.set(list, itemsOf(list))
  const items = list && places.get(list)
  const place = items?.get(node) ?? 0
  const mark = list?.nodeName === 'OL' ? `${Number(list.getAttribute('start') ?? 1) + place}. ` : '- '
  const inner = content.replace(/^\n+/, '').replace(/\n+$/, '\n')
  return mark + inner.trimEnd().replaceAll('\n', `\n${' '.repeat(mark.length)}`) + (place + 1 === items?.size ? '' : '\n')
}

function itemsOf(list: DomNode): Map<DomNode, number> {
  const items = new Map<DomNode, number>()
  for (let child = list.firstChild; child; child = child.nextSibling) if (child.nodeName === 'LI') items.set(child, items.size)
  return items
}

// The fence is longer than any in the text.
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `\n\n${fence}\n${text.replace(/^\n|\n$/g, '')}\n${fence}\n\n`
}
