import { parseHTML } from 'linkedom'

// linkedom's own types need lib.dom, which a server has not.
export type Dom = {
  nodeType: number
  nodeName: string
  textContent: string
  childNodes: Dom[]
  parentNode: Dom | null
  attributes: { name: string; value: string }[]
  innerHTML: string
  getAttribute: (name: string) => string | null
  setAttribute: (name: string, value: string) => void
  removeAttribute: (name: string) => void
  remove: () => void
  replaceWith: (...nodes: (Dom | string)[]) => void
  querySelectorAll: (selector: string) => Dom[]
}

/** The body of a page, or of a piece of one, with nothing in it that runs. */
export function safeBody(html: string): { body: Dom; warnings: string[] } {
  const piece = /<body[\s>]/i.test(html)
    ? html
    : `<!doctype html><html><body>${html.replace(/<!doctype[^>]*>|<\/?html[^>]*>|<head[\s>][\s\S]*?<\/head>/gi, '')}</body></html>`
  const body = (parseHTML(piece).document as unknown as { body: Dom }).body
  const warnings = new Set<string>()
  clean(body, warnings)
  joinTexts(body)
  return { body, warnings: [...warnings] }
}

const GONE = new Set([
  'SCRIPT',
  'STYLE',
  'NOSCRIPT',
  'IFRAME',
  'FRAME',
  'FRAMESET',
  'OBJECT',
  'EMBED',
  'APPLET',
  'TEMPLATE',
  'SVG',
  'MATH',
  'LINK',
  'META',
  'BASE',
  'TITLE',
  'HEAD',
  'AUDIO',
  'VIDEO',
  'CANVAS',
  'SLOT',
  'PORTAL',
  'XMP',
  'PLAINTEXT',
  'NOEMBED',
  'NOFRAMES',
])
/** Elements that stay; others give way to what is in them. */
const KEPT = new Set(
  'A ABBR ADDRESS ARTICLE ASIDE B BDI BDO BLOCKQUOTE BR CAPTION CITE CODE COL COLGROUP DATA DD DEL DETAILS DFN DIV DL DT EM FIGCAPTION FIGURE FOOTER H1 H2 H3 H4 H5 H6 HEADER HR I IMG INPUT INS KBD LI MAIN MARK NAV OL P PICTURE PRE Q RP RT RUBY S SAMP SECTION SMALL SPAN STRIKE STRONG SUB SUMMARY SUP TABLE TBODY TD TFOOT TH THEAD TIME TR TT U UL VAR WBR DEL'.split(
    ' ',
  ),
)
const ATTRIBUTES = new Set([
  'href',
  'src',
  'alt',
  'title',
  'colspan',
  'rowspan',
  'align',
  'start',
  'type',
  'checked',
  'disabled',
  'lang',
  'dir',
  'datetime',
  'cite',
  'width',
  'height',
  'scope',
  'reversed',
  'value',
  'id',
  'class',
  'open',
  'headers',
])
const LINKS = new Set(['href', 'src', 'cite'])

function clean(node: Dom, warnings: Set<string>) {
  for (const child of [...node.childNodes]) {
    if (child.nodeType === 3) continue
    const name = child.nodeName.toUpperCase()
    if (child.nodeType !== 1 || GONE.has(name) || (name === 'INPUT' && child.getAttribute('type') !== 'checkbox')) {
      if (child.nodeType === 1) sayRemoved(child, warnings)
      child.remove()
      continue
    }
    clean(child, warnings)
    if (!KEPT.has(name)) {
      child.replaceWith(...child.childNodes)
      continue
    }
    for (const { name: attribute, value } of [...child.attributes]) {
      if (/^on/i.test(attribute)) warnings.add('event handlers were taken out')
      const known = ATTRIBUTES.has(attribute.toLowerCase())
      const unsafe = LINKS.has(attribute.toLowerCase()) && !isSafeLink(value, name === 'IMG')
      if (unsafe) warnings.add('links that could run something were taken out')
      if (!known || unsafe) child.removeAttribute(attribute)
    }
  }
}

/** The parser gives each entity a text of its own, which would be taken for the beginning of a line. */
function joinTexts(node: Dom) {
  let before: Dom | undefined
  for (const child of [...node.childNodes]) {
    if (child.nodeType !== 3) {
      joinTexts(child)
      before = undefined
    } else if (before) {
      before.textContent += child.textContent
      child.remove()
    } else before = child
  }
}

function sayRemoved(node: Dom, warnings: Set<string>) {
  const name = node.nodeName.toUpperCase()
  if (name === 'SCRIPT' || node.querySelectorAll('script').length > 0) warnings.add('scripts were taken out')
  if (/^(?:IFRAME|FRAME|FRAMESET|OBJECT|EMBED|APPLET|PORTAL|SVG|MATH|AUDIO|VIDEO|CANVAS)$/.test(name))
    warnings.add('embedded pages, drawings or media were taken out')
}

/** Relative, or of a scheme that only shows something. Browsers overlook white space and control characters in a scheme. */
export function isSafeLink(link: string, image = false): boolean {
  // oxlint-disable-next-line no-control-regex -- they are what hides a scheme
  const plain = link.replace(/[\u0000-\u0020\u007f-\u00a0\u200b-\u200f\u2028\u2029\ufeff]/g, '')
  const scheme = /^([^/?#]*?)(?::|&colon;|&#0*58;|&#x0*3a;)/i.exec(plain)?.[1]?.toLowerCase()
  if (scheme === undefined) return true
  return (
    ['http', 'https', 'mailto', 'tel', 'ftp', 'sms', 'xmpp', 'irc', 'ircs', 'cid'].includes(scheme) ||
    (image && /^data:image\/(?:png|jpe?g|gif|webp|avif);/i.test(plain))
  )
}
