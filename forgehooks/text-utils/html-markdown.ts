import { gfm } from '@joplin/turndown-plugin-gfm'
import TurndownService from 'turndown'
import type { Dom } from './html-document.ts'

/** linkedom has no `rows`, by which the plugin knows a table; turndown works on a copy, so that they belong to the class. */
function giveRows(body: Dom) {
  const [table] = body.querySelectorAll('table')
  if (!table || 'rows' in table) return
  Object.defineProperty(Object.getPrototypeOf(table), 'rows', {
    get(this: Dom) {
      return this.querySelectorAll('tr')
    },
  })
}

export function htmlToMarkdown(body: Dom): string {
  giveRows(body)
  const service = new TurndownService({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-', emDelimiter: '*', hr: '---' })
  service.use(gfm)
  service.addRule('listItem', { filter: 'li', replacement: (content, node) => item(content, node as unknown as Dom) })
  const standard = service.escape.bind(service)
  // What would be read as a tag or as an entity.
  service.escape = (text) =>
    standard(text)
      .replaceAll(String.raw`\>`, '>')
      .replace(/<(?=[A-Za-z/!?])/g, String.raw`\<`)
      .replace(/&(?=#?\w+;)/g, String.raw`\&`)
      .replace(/^>/gm, String.raw`\>`)
  return service
    .turndown(body as unknown as TurndownService.Node)
    .replace(/^[ \t]+$/gm, '')
    .trim()
}

function item(content: string, node: Dom): string {
  const list = node.parentNode
  const items = (list?.childNodes ?? []).filter((child) => child.nodeName.toUpperCase() === 'LI')
  const ordered = list?.nodeName.toUpperCase() === 'OL'
  const mark = ordered ? `${Number(list?.getAttribute('start') ?? 1) + items.indexOf(node)}. ` : '- '
  const inner = content.replace(/^\n+/, '').replace(/\n+$/, '\n')
  return mark + inner.trimEnd().replaceAll('\n', `\n${' '.repeat(mark.length)}`) + (items.at(-1) === node ? '' : '\n')
}
