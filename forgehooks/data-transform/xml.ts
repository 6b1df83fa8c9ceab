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
  return new XMLParser({ ignoreAttributes: false, attributeNamePrefix: '@', numberParseOptions: numbers }).parse(text)
}

export function writeXml(value: unknown): string {
  const tree = Array.isArray(value) ? { rows: { row: value.map(named) } } : { root: named(value) }
  const body = new XMLBuilder({ format: true, ignoreAttributes: false, attributeNamePrefix: '@' }).build(tree)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}`
}

function named(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(named)
  if (typeof value !== 'object' || value === null) return value ?? ''
  return Object.fromEntries(Object.entries(value as Row).map(([name, each]) => [elementName(name), named(each)]))
}

/** Names of elements have rules (XML 1.0, section 2.3); what does not fit becomes an underscore. */
function elementName(name: string) {
  const fitting = name.replace(/[^\w.@-]/g, '_')
  return /^[@A-Za-z_]/.test(fitting) ? fitting : `_${fitting}`
}
