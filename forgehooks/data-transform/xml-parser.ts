import { HookError } from '@cadre/contract/forgehook'

export type XmlElement = { name: string; attributes: [string, string][]; children: XmlElement[]; text: string; mixed: boolean }

const MAX_DEPTH = 400
const NAME = /[A-Za-z_:\u00b7-\uffff][\w:.\-\u00b7-\uffff]*/y
const SPACE = /[ \t\r\n]*/y
const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const FORBIDDEN = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/

/** Well-formed XML 1.0 without entities of its own: nothing is fetched, nothing unfolds. What is not well formed is refused with its line. */
export function parseXml(source: string): XmlElement {
  const text = source.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')
  let at = 0

  const fail = (message: string, position = at): never => {
    const before = text.slice(0, position)
    const line = before.split('\n').length
    throw new HookError(`is not XML: line ${line}, column ${position - before.lastIndexOf('\n')}: ${message}`, 'text')
  }
  const sticky = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }
  const upTo = (mark: string, what: string): string => {
    const close = text.indexOf(mark, at)
    if (close < 0) fail(`${what} is never closed`)
    const inner = text.slice(at, close)
    at = close + mark.length
    return inner
  }
  const decoded = (raw: string, position: number): string => {
    if (!raw.includes('&')) return raw
    return raw.replace(/&(#x[0-9a-fA-F]+|#\d+|[^;\s&<]*)(;?)/g, (_, name: string, end: string, offset: number) => {
      if (end === '' || name === '') fail('an "&" must be written as &amp;', position + offset)
      if (name.startsWith('#')) {
        const code = name[1] === 'x' ? parseInt(name.slice(2), 16) : Number(name.slice(1))
        if (!isCharacter(code)) fail(`&${name}; is no character of XML`, position + offset)
        return String.fromCodePoint(code)
      }
      return ENTITIES[name] ?? fail(`the entity &${name}; is not known; entities that a document declares are not expanded here`, position + offset)
    })
  }

  function attributes(element: string): [string, string][] {
    const found: [string, string][] = []
    for (;;) {
      const gap = sticky(SPACE)
      const next = text[at]
      if (next === '>' || next === '/' || next === '?' || next === undefined) return found
      if (gap === '') fail(`a space is missing in <${element}>`)
      const start = at
      const name = sticky(NAME)
      if (name === '') fail(`<${element}> has something that is no attribute`)
      sticky(SPACE)
      if (text[at] !== '=') fail(`the attribute ${name} has no value`)
      at++
      sticky(SPACE)
      const quote = text[at] ?? ''
      if (quote !== '"' && quote !== "'") fail(`the value of ${name} must stand in quotes`)
      const from = ++at
      const raw = upTo(quote, `the value of ${name}`)
      if (raw.includes('<')) fail(`a "<" in the value of ${name} must be written as &lt;`, from)
      if (found.some(([other]) => other === name)) fail(`<${element}> has the attribute ${name} twice`, start)
      // Line ends and tabs in an attribute are spaces (XML 1.0, 3.3.3).
      found.push([name, decoded(raw.replace(/[\n\t]/g, ' '), from)])
    }
  }

  /** Comments, instructions and the document type; true if there was one. */
  function skipped(inside: boolean): boolean {
    if (text.startsWith('<!--', at)) {
      at += 4
      const start = at
      const comment = upTo('-->', 'a comment')
      if (comment.includes('--')) fail('a comment must not hold "--"', start)
      return true
    }
    if (text.startsWith('<?', at)) {
      if (/^<\?xml\s/i.test(text.slice(at, at + 6)) && at > 0) fail('the XML declaration may only stand at the very beginning')
      at += 2
      upTo('?>', 'an instruction')
      return true
    }
    if (!inside && text.startsWith('<!DOCTYPE', at)) {
      const start = at
      for (let depth = 0; ; at++) {
        if (at >= text.length) fail('the document type is never closed', start)
        if (text.startsWith('<!ENTITY', at)) throw new HookError('declares entities of its own, which are not expanded here', 'text')
        if (text[at] === '[') depth++
        if (text[at] === ']') depth--
        if (text[at] === '>' && depth <= 0) break
        if (text[at] === '"' || text[at] === "'") {
          const quote = text[at++] as string
          at = text.indexOf(quote, at)
          if (at < 0) {
            at = start
            fail('the document type has a quote that is never closed')
          }
        }
      }
      at++
      return true
    }
    return false
  }

  function element(depth: number): XmlElement {
    const start = at++
    if (depth > MAX_DEPTH) throw new HookError(`is XML that is nested more than ${MAX_DEPTH} deep`, 'text')
    const name = sticky(NAME)
    if (name === '') fail('a "<" that begins no element must be written as &lt;', start)
    const made: XmlElement = { name, attributes: attributes(name), children: [], text: '', mixed: false }
    if (text.startsWith('/>', at)) {
      at += 2
      return made
    }
    if (text[at] !== '>') fail(`<${name}> is never closed by ">"`, start)
    at++
    let hasText = false
    for (;;) {
      const from = at
      const next = text.indexOf('<', at)
      if (next < 0) fail(`<${name}> is opened and never closed`, start)
      const raw = text.slice(at, next)
      if (raw !== '') {
        if (raw.includes(']]>')) fail('"]]>" must be written as ]]&gt;')
        made.text += decoded(raw, from)
        if (raw.trim() !== '') hasText = true
      }
      at = next
      if (text.startsWith('</', at)) {
        at += 2
        const closing = sticky(NAME)
        if (closing !== name) fail(`<${name}> is closed by </${closing}>`, at - closing.length)
        sticky(SPACE)
        if (text[at] !== '>') fail(`</${closing}> is never closed by ">"`)
        at++
        made.mixed = hasText && made.children.length > 0
        return made
      }
      if (text.startsWith('<![CDATA[', at)) {
        at += 9
        const inner = upTo(']]>', 'a CDATA section')
        if (inner.trim() !== '') hasText = true
        made.text += inner
      } else if (!skipped(true)) made.children.push(element(depth + 1))
    }
  }

  const bad = FORBIDDEN.exec(text)
  if (bad) fail(`the character U+${bad[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')} is not allowed`, bad.index)
  let root: XmlElement | undefined
  for (;;) {
    sticky(SPACE)
    if (at >= text.length) break
    if (text[at] !== '<') fail('text outside of the root element')
    if (skipped(false)) continue
    if (root) fail('it must have exactly one root element')
    root = element(1)
  }
  return root ?? fail('it must have exactly one root element')
}

function isCharacter(code: number): boolean {
  return (
    code === 9 ||
    code === 10 ||
    code === 13 ||
    (code >= 32 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  )
}

/** The encoding that `<?xml ... encoding="..."?>` names. */
export function declaredEncoding(start: string): string | undefined {
  return /^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(start)?.[1]
}
