import type TurndownService from 'turndown'

/** HTML as GitHub Flavored Markdown. */
export async function toMarkdown(html: string): Promise<string> {
  const [{ default: Turndown }, { gfm }] = await Promise.all([import('turndown'), import('@joplin/turndown-plugin-gfm')])
  const service: TurndownService = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced', bulletListMarker: '-', emDelimiter: '*', hr: '---' })
  service.use(gfm)
  service.addRule('bare pre', {
    filter: (node) => node.nodeName === 'PRE' && node.firstElementChild?.nodeName !== 'CODE',
    replacement: (_, node) => fenced(node.textContent ?? ''),
  })
  service.addRule('images that lead nowhere', {
    filter: (node) => node.nodeName === 'IMG' && !node.getAttribute('src'),
    replacement: (_, node) => (node as HTMLElement).getAttribute('alt') ?? '',
  })
  return service
    .turndown(html)
    .replace(/[^\S\n]*\n(?:[^\S\n]*\n){2,}/g, '\n\n')
    .trim()
}

// The fence is longer than any in the text.
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `\n\n${fence}\n${text.replace(/^\n|\n$/g, '')}\n${fence}\n\n`
}
