import type TurndownService from 'turndown'
import type { DomNode } from './dom.ts'
import { tables } from './tables.ts'

/** HTML as GitHub Flavored Markdown. */
export async function toMarkdown(html: string): Promise<string> {
  const [{ default: Turndown }, gfm] = await Promise.all([import('turndown'), import('@joplin/turndown-plugin-gfm')])
  const service: TurndownService = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-', emDelimiter: '*', hr: '---' })
  service.use([gfm.strikethrough, gfm.taskListItems, gfm.highlightedCodeBlock, tables])
  service.addRule('bare pre', {
    filter: (node) => node.nodeName === 'PRE' && node.firstElementChild?.nodeName !== 'CODE',
    replacement: (_, node) => fenced(node.textContent ?? ''),
  })
  service.addRule('images that lead nowhere', {
    filter: (node) => node.nodeName === 'IMG' && !node.getAttribute('src'),
    replacement: (_, node) => (node as DomNode).getAttribute('alt') ?? '',
  })
  return service.turndown(html).trim()
}

// The fence is longer than any in the text.
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `\n\n${fence}\n${text.replace(/^\n|\n$/g, '')}\n${fence}\n\n`
}
