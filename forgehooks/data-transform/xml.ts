import { HookError } from '@cadre/contract/forgehook'
import { XMLBuilder, XMLParser, XMLValidator } from 'fast-xml-parser'
import type { Row } from './rows-shared.ts'

/** Attributes become `@name`, text beside elements `#text`. Leading zeros and long digits stay text. */
export function readXml(text: string): unknown {
  const valid = XMLValidator.validate(text)
  if (valid !== true) throw new HookError(`is not XML: ${valid.err.msg} (line ${valid.err.line})`, 'text')
  // A few lines of a document's own entities can fill the memory.
  if (/<!ENTITY/i.test(text)) throw new HookError('declares entities of its own, which are not expanded here', 'text')
  const numbers = { leadingZeros: false, hex: false, eNotation: false, skipLike: /^[-.\d]{16,}$/ }
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    numberParseOptions: numbers,
    ignoreDeclaration: true,
    ignorePiTags: true,
    // Character references such as &#233; are decoded under this name.
    htmlEntities: true,
  })
  const value = parsed(parser, text)
  const roots = Object.values(value)
  if (roots.length !== 1 || Array.isArray(roots[0])) throw new HookError('is not XML: it must have exactly one root element', 'text')
  return value
}

// The parser refuses names and depths of its own, in words.
function parsed(parser: XMLParser, text: string): Row {
  try {
    return parser.parse(text) as Row
  } catch (error) {
    throw new HookError(`is not XML that can be read: ${(error as Error).message}`, 'text')
  }
}

export function writeXml(value: unknown): string {
  const tree = Array.isArray(value) ? { rows: { row: named(value) } } : { root: named(value) }
  const body = new XMLBuilder({ format: true, ignoreAttributes: false, attributeNamePrefix: '@' }).build(tree)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`
}

function named(value: unknown): unknown {
  // A list in a list has no name of its own.
  if (Array.isArray(value)) return value.map((item) => (Array.isArray(item) ? { item: named(item) } : named(item)))
  if (typeof value === 'string') return sayable(value)
  if (typeof value !== 'object' || value === null) return value ?? ''
  return Object.fromEntries(Object.entries(value as Row).map(([name, each]) => [elementName(name), named(each)]))
}

/** Some characters no XML 1.0 document may hold, not even as references. */
function sayable(text: string): string {
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/u.test(text))
    throw new HookError(`XML cannot hold the control characters in ${JSON.stringify(text.slice(0, 60))}`, 'value')
  return text
}

/** Names of elements have rules (XML 1.0, section 2.3); what does not fit becomes an underscore. */
function elementName(name: string) {
  const fitting = name.replace(/[^\w.@-]/g, '_')
  return /^[@A-Za-z_]/.test(fitting) ? fitting : `_${fitting}`
}
