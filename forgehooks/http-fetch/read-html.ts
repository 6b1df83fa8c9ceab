import { HookError } from '@cadre/contract/forgehook'
import { aboutPage, clean, isNestedBeyond, makeAbsolute, openPage, type PageDocument, removeUnseen, shorten } from './page.ts'
import { htmlToMarkdown } from '../lib/markdown/html-to-markdown.ts'

export type Page = {
  title: string | null
  byline: string | null
  site: string
  published: string | null
  language: string
  excerpt: string | null
  markdown: string
  links: { text: string; url: string }[]
  /** `article` where one was found; otherwise all that the page shows. */
  part: 'article' | 'page' | 'text'
  /** The page has more elements than are read. */
  cut: boolean
  warnings: string[]
}

const mostLinks = 500

/** @throws HookError where the page is made to break whoever reads it */
export async function readHtml(html: string, url: string): Promise<Page> {
  try {
    return await read(html, url)
  } catch (error) {
    if (error instanceof RangeError) throw tooDeep() // the stack has its limits
    throw error
  }
}

const tooDeep = () => new HookError('the page is nested too deep to be read', 'url')

async function read(html: string, url: string): Promise<Page> {
  const [{ parseHTML }, { Readability }] = await Promise.all([import('linkedom'), import('@mozilla/readability')])
  if (isNestedBeyond(html, 20_000)) throw tooDeep()
  // Of long runs of spaces turndown's patterns take time with the square.
  const document = openPage(parseHTML, html.replace(/(?:&nbsp;|&#160;|&#xa0;|\s){200,}/gi, ' '))
  const scripts = document.querySelectorAll('script').length
  makeAbsolute(document, url)
  removeUnseen(document)
  const isCut = shorten(document)
  if (isCut === null) throw tooDeep()
  const about = aboutPage(document)
  const shown = document.body.innerHTML.replace(/<script[\s\S]*?<\/script>/gi, '')
  const article = articleOf(() => new Readability(document as never, { keepClasses: true }).parse())
  const found = article?.content && clean(article.textContent) !== '' ? article.content : null
  const content = found ?? shown
  const markdown = await htmlToMarkdown(content)
  const all = linksOf(openPage(parseHTML, content))
  const warnings: string[] = []
  if (markdown === '') warnings.push(scripts > 0 ? 'the page shows nothing without JavaScript, which is not run here' : 'the page shows nothing')
  if (all.length > mostLinks) warnings.push(`only the first ${mostLinks} of ${all.length} links are listed`)
  return {
    title: clean(article?.title) || about.title || null,
    byline: clean(article?.byline) || about.byline || null,
    site: clean(article?.siteName) || about.site,
    published: clean(article?.publishedTime) || about.published || null,
    language: clean(article?.lang) || about.language,
    excerpt: clean(article?.excerpt) || about.excerpt || null,
    markdown,
    links: all.slice(0, mostLinks),
    cut: isCut,
    part: found ? 'article' : 'page',
    warnings,
  }
}

// It takes the document apart. Where a page has more parts in one place than the stack holds, the page itself may still be read.
function articleOf<T>(parse: () => T): T | null {
  try {
    return parse()
  } catch (error) {
    if (error instanceof RangeError) return null
    throw error
  }
}

function linksOf(document: PageDocument): { text: string; url: string }[] {
  const links = new Map<string, string>()
  for (const link of document.querySelectorAll('a[href]')) {
    const url = link.getAttribute('href') ?? ''
    const text = clean(link.textContent) || clean(link.querySelector('img')?.getAttribute('alt'))
    if (/^https?:/.test(url) && !links.get(url)) links.set(url, text)
  }
  return [...links].map(([url, text]) => ({ text, url }))
}
