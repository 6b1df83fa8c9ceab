import { HookError } from '@cadre/contract/forgehook'
import { typedColumn } from './infer-types.ts'
import { numberText, rowOf, type Row } from './rows-shared.ts'
import { parseXml, type XmlElement } from './xml-parser.ts'

export type ReadXml = { value: Row; rows?: Row[]; warnings: string[] }

/**
 * Attributes become `@name`, text beside them or beside elements `#text`, repeated elements a list. Texts become numbers or true and false
 * only where all of the same place are (like columns of CSV), and never with `types` text.
 */
export function readXml(text: string, types: 'auto' | 'text' = 'auto'): ReadXml {
  const root = parseXml(text)
  const values = new Map<string, { texts: string[]; typed: unknown[]; next: number }>()
  const warnings: string[] = []
  const eachText = (element: XmlElement, path: string, use: (path: string, text: string) => unknown): unknown => {
    const made: [string, unknown][] = element.attributes.map(([name, value]) => [`@${name}`, use(`${path}/@${name}`, value)])
    const isLeaf = element.children.length === 0
    const own = isLeaf ? element.text : element.text.trim()
    if (isLeaf && made.length === 0) return use(path, own)
    if (own !== '') made.push(['#text', use(path, own)])
    if (element.mixed && warnings.length === 0)
      warnings.push(`<${element.name}> has text between elements; the text is joined in #text and its place among them is lost`)
    const lists = new Map<string, unknown[]>()
    for (const child of element.children) {
      const value = eachText(child, `${path}/${child.name}`, use)
      const known = lists.get(child.name)
      if (known) known.push(value)
      else lists.set(child.name, [value])
    }
    for (const [name, list] of lists) made.push([name, list.length === 1 ? list[0] : list])
    return rowOf(made)
  }
  eachText(root, root.name, (path, found) => {
    const known = values.get(path)
    if (known) known.texts.push(found)
    else values.set(path, { texts: [found], typed: [], next: 0 })
  })
  for (const column of values.values())
    column.typed =
      types === 'text' ? column.texts : typedColumn((place) => column.texts[place] as string, column.texts.length).map((value) => value ?? '')
  warnings.length = 0
  const value = rowOf([
    [
      root.name,
      eachText(root, root.name, (path) => {
        const column = values.get(path)
        return column?.typed[column.next++]
      }),
    ],
  ])
  const rows = onlyRow(root, value[root.name])
  return { value, ...(rows ? { rows } : {}), warnings }
}

/** A root with one element that has parts is a table of one row: there is no list to see that it could have been more. */
function onlyRow(root: XmlElement, value: unknown): Row[] | undefined {
  const [only] = root.children
  if (!only || root.children.length !== 1 || only.children.some((child) => child.children.length > 0)) return undefined
  const row = (value as Row)[only.name]
  return typeof row === 'object' && row !== null && !Array.isArray(row) ? [row as Row] : undefined
}

export function writeXml(value: unknown): string {
  const parts = ['<?xml version="1.0" encoding="UTF-8"?>\n']
  if (Array.isArray(value)) write(parts, 'rows', rowOf([['row', value]]), 0)
  else {
    const entries = typeof value === 'object' && value !== null ? Object.entries(value) : []
    const [only] = entries
    const isRoot = only !== undefined && entries.length === 1 && !Array.isArray(only[1]) && !/^[@#]/.test(only[0])
    if (isRoot) write(parts, elementName(only[0]), only[1], 0)
    else write(parts, 'root', value, 0)
  }
  return parts.join('')
}

function write(parts: string[], name: string, value: unknown, depth: number) {
  const indent = '  '.repeat(depth)
  if (value === null || value === undefined) {
    parts.push(`${indent}<${name}/>\n`)
    return
  }
  if (typeof value !== 'object') {
    parts.push(`${indent}<${name}>${escaped(value)}</${name}>\n`)
    return
  }
  // A list in a list has no name of its own.
  const entries: [string, unknown][] = Array.isArray(value) ? [['item', value]] : Object.entries(value)
  const attributes = entries.filter(([key, held]) => key.startsWith('@') && typeof held !== 'object')
  const head = `${indent}<${name}${attributes.map(([key, held]) => ` ${elementName(key.slice(1))}="${attributeText(held)}"`).join('')}`
  const others = entries.filter((entry) => !attributes.includes(entry))
  if (others.length === 0) {
    parts.push(`${head}/>\n`)
    return
  }
  const [first] = others
  if (first?.[0] === '#text' && others.length === 1 && typeof first[1] !== 'object') {
    parts.push(`${head}>${escaped(first[1])}</${name}>\n`)
    return
  }
  parts.push(`${head}>\n`)
  for (const [key, held] of others) {
    if (key === '#text' && typeof held !== 'object') {
      parts.push(`${indent}  ${escaped(held)}\n`)
      continue
    }
    const child = elementName(key)
    if (!Array.isArray(held)) write(parts, child, held, depth + 1)
    else for (const item of held) write(parts, child, item, depth + 1)
  }
  parts.push(`${indent}</${name}>\n`)
}

const SIGNS: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', '\r': '&#13;', '\n': '&#10;', '\t': '&#9;' }

function escaped(value: unknown): string {
  return sayable(value).replace(/[&<>\r]/g, (sign) => SIGNS[sign] as string)
}

function attributeText(value: unknown): string {
  return sayable(value).replace(/[&<>"\r\n\t]/g, (sign) => SIGNS[sign] as string)
}

/** Some characters no XML 1.0 document may hold, not even as references. */
function sayable(value: unknown): string {
  const text = typeof value === 'number' ? numberText(value) : value === null || value === undefined ? '' : String(value)
  if (/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Cs}/u.test(text))
    throw new HookError(`XML cannot hold the control characters in ${JSON.stringify(text.slice(0, 60))}`, 'value')
  return text
}

/** Names of elements have rules (XML 1.0, section 2.3); what does not fit becomes an underscore. */
function elementName(name: string) {
  const fitting = name.replace(/[^\p{L}\p{N}_.:-]/gu, '_')
  return /^[\p{L}_]/u.test(fitting) ? fitting : `_${fitting}`
}
