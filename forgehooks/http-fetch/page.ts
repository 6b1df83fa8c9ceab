import type { parseHTML } from 'linkedom'

export type PageDocument = ReturnType<typeof parseHTML>['document']
/** What a page says about itself; empty where it says nothing. */
export type About = { title: string; byline: string; site: string; published: string; language: string; excerpt: string }

/** Reading takes time with the square of the depth, 0.8 s here; nobody's pages come near it. */
const deepest = 400
/** Some 4 s. */
const mostElements = 40_000

const unread =
  'script, style, noscript, template, iframe, frame, frameset, object, embed, applet, canvas, svg, audio, video, link, input, select, textarea, button, dialog:not([open])'
const hiddenStyle =
  /(^|;)\s*(display\s*:\s*none|visibility\s*:\s*(hidden|collapse)|content-visibility\s*:\s*hidden|opacity\s*:\s*0*(\.0+)?\s*(!|;|$)|font-size\s*:\s*0+(\.0+)?(px|em|rem|%|pt)?\s*(!|;|$))/i

/** Whether tags are opened that much oftener than closed. A rough look before the parser's, whose time grows with the square of the depth. */
export function isNestedBeyond(html: string, most: number): boolean {
  let depth = 0
  for (const [, close, name] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)/gi)) {
    if (/^(area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr|p|li|dt|dd|tr|td|th|option|script)$/i.test(name ?? '')) continue
    depth = close ? Math.max(0, depth - 1) : depth + 1
    if (depth > most) return true
  }
  return false
}

/** The page as a document that has a head and a body, whatever its text leaves out. */
export function openPage(parse: typeof parseHTML, html: string): PageDocument {
  const isWhole = /<html[\s>]/i.test(html)
  const { document } = parse(isWhole ? html : `<!doctype html><html><head></head><body>${html}</body></html>`)
  const root = document.documentElement
  // The parser makes neither where the page leaves them out.
  const body = root.querySelector('body') ?? root.appendChild(document.createElement('body'))
  const head = root.querySelector('head') ?? root.insertBefore(document.createElement('head'), root.firstChild)
  for (const node of [...root.childNodes])
    if (node !== body && node !== head) (/^(TITLE|META|BASE|LINK|STYLE)$/.test(node.nodeName) ? head : body).appendChild(node)
  for (const title of body.querySelectorAll('title')) if (!title.closest('svg')) head.appendChild(title)
  return document
}

/** Takes out what is beyond the elements that can be read in time. @returns whether there was any; null where it is nested too deep */
export function shorten(document: PageDocument): boolean | null {
  const depths = new Map<unknown, number>()
  const all = [...document.body.querySelectorAll('*')]
  for (const element of all) {
    const depth = (depths.get(element.parentNode) ?? 0) + 1
    if (depth > deepest) return null
    depths.set(element, depth)
  }
  for (const element of all.slice(mostElements)) element.remove()
  return all.length > mostElements
}

/** Relative addresses as absolute ones. @returns the address that they are relative to */
export function makeAbsolute(document: PageDocument, pageUrl: string): void {
  const own = document.querySelector('base[href]')?.getAttribute('href') ?? ''
  const base = URL.canParse(own, pageUrl) ? new URL(own, pageUrl).href : pageUrl
  for (const [selector, name] of [
    ['a[href], area[href]', 'href'],
    ['img[src], source[src]', 'src'],
    ['blockquote[cite], q[cite]', 'cite'],
  ] as const)
    // prettier-ignore
    for (const element of document.querySelectorAll(selector)) {
      const written = element.getAttribute(name)?.trim() ?? ''
      const url = URL.canParse(written, base) ? new URL(written, base) : null
      if (url && /^(https?|mailto|tel|ftp):$/.test(url.protocol)) element.setAttribute(name, url.href)
      else element.removeAttribute(name)
    }
}

/** Takes out what a reader would not see. Data about the page (JSON-LD) stays for whoever reads it next. */
export function removeUnseen(document: PageDocument): void {
  const { body } = document
  for (const element of body.querySelectorAll(unread)) if (!isData(element)) element.remove()
  for (const element of body.querySelectorAll('[hidden], [aria-hidden="true"]')) element.remove()
  for (const element of body.querySelectorAll('[style]')) if (hiddenStyle.test(element.getAttribute('style') ?? '')) element.remove()
  for (const link of body.querySelectorAll('a')) if (/^[\s#¶§🔗]*$/u.test(link.textContent ?? '') && !link.querySelector('img')) link.remove()
}

export function aboutPage(document: PageDocument): About {
  const metas = [...document.querySelectorAll('meta')].map((meta) => ({
    names: [meta.getAttribute('name'), meta.getAttribute('property'), meta.getAttribute('itemprop'), meta.getAttribute('http-equiv')].map((name) =>
      name?.toLowerCase(),
    ),
    content: clean(meta.getAttribute('content')),
  }))
  const meta = (...names: string[]) =>
    names.flatMap((name) => metas.filter((one) => one.names.includes(name)).map(({ content }) => content)).find(Boolean) ?? ''
  const time = document.querySelector('time[pubdate][datetime], time[itemprop="datePublished"][datetime], article time[datetime]')
  const author = meta('author', 'article:author', 'dc.creator', 'parsely-author')
  return {
    title:
      clean(document.querySelector('title')?.textContent) || meta('og:title', 'twitter:title') || clean(document.querySelector('h1')?.textContent),
    byline: URL.canParse(author) ? '' : author,
    site: meta('og:site_name', 'application-name'),
    published:
      meta('article:published_time', 'datepublished', 'date', 'dc.date', 'dc.date.issued', 'parsely-pub-date', 'pubdate') ||
      clean(time?.getAttribute('datetime')),
    language: clean(document.documentElement.getAttribute('lang')) || meta('content-language', 'og:locale'),
    excerpt: meta('description', 'og:description', 'twitter:description'),
  }
}

export function clean(text: string | null | undefined): string {
  return (text ?? '').replace(/\s+/g, ' ').trim()
}

function isData(element: { nodeName: string; getAttribute: (name: string) => string | null }) {
  return element.nodeName === 'SCRIPT' && /ld\+json/i.test(element.getAttribute('type') ?? '')
}
