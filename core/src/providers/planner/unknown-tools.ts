import { DATE_TEXT, unquote } from './parse/scene.ts'
import { isRecord, isRows, plain, root, words } from './words.ts'
import { propertiesOf, refusalOf } from './toolbox.ts'
import type { OfferedTool } from './types.ts'

const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g
const URL_TEXT = /https?:\/\/[^\s"'<>)\],]+[^\s"'<>)\],.;:!?]/g

/** Tools that the grammar plans with by itself. They can still be named outright. */
const PLANNED = /^(?:data-transform|date-utils|formula-engine|calculator|json-utils)__/

export function isPlanned(tool: OfferedTool): boolean {
  return PLANNED.test(tool.name)
}

export type Filled = { tool: string; input: Record<string, unknown> } | { tool: string; missing: string[] }

/** What inputs may be taken from, nearest first: the clause, then the data, then what earlier tools answered. */
export type Material = { text: string; data: unknown; earlier: unknown[]; rows: Record<string, unknown>[] | undefined }

/** "use crm__find with email = a@b.c", "call the tool find_customer", "run data-transform__sort". */
export function namedTool(text: string, offered: OfferedTool[]): { tool: OfferedTool; rest: string } | { unknown: string } | undefined {
  for (const tool of offered.toSorted((a, b) => b.name.length - a.name.length)) {
    const at = text.toLowerCase().indexOf(tool.name.toLowerCase())
    if (at >= 0 && !/[\w-]/.test(text[at - 1] ?? ' ') && !/[\w-]/.test(text[at + tool.name.length] ?? ' '))
      return { tool, rest: `${text.slice(0, at)} ${text.slice(at + tool.name.length)}` }
  }
  const match =
    /\b(?:call|use|run|invoke|execute|trigger)\s+(?:the\s+)?(?:tool|function|endpoint|hook|action)?\s*["'`]?([A-Za-z][\w-]*(?:__[\w-]+)?)["'`]?(?:\s+(?:tool|function|endpoint|hook|action))?/i.exec(
      text,
    )
  const said = match?.[1]
  if (!said) return undefined
  const short = offered.filter((tool) => plain(tool.name.split('__').at(-1) ?? '') === plain(said))
  const hook = offered.filter((tool) => plain(tool.name.split('__')[0] ?? '') === plain(said))
  const only = short.length === 1 ? short[0] : hook.length === 1 ? hook[0] : undefined
  if (only) return { tool: only, rest: text.replace(match[0], ' ') }
  return /__/.test(said) || /\b(?:tool|function|endpoint|hook)\b/i.test(match[0]) ? { unknown: said } : undefined
}

const STOP = new Set(
  'the a an of in on to for from with and or by is are be it this that these all any me my please tool given using via as at use call one into which what will can return returns get'.split(
    ' ',
  ),
)

function meaningful(text: string): string[] {
  return words(text)
    .filter((word) => word.length > 1 && !STOP.has(word))
    .map(root)
}

/** How well an instruction fits a tool that nobody told the planner about: words of its name count most, then of its description. */
export function fitOf(text: string, tool: OfferedTool): number {
  const said = new Set(meaningful(text))
  if (said.size === 0) return 0
  const [hook = '', action = ''] = tool.name.includes('__') ? tool.name.split('__') : ['', tool.name]
  const actionWords = [...new Set(meaningful(action))]
  const hit = actionWords.filter((word) => said.has(word)).length
  const named = actionWords.length > 0 ? hit / actionWords.length : 0
  const described = new Set([...meaningful(tool.description), ...meaningful(hook), ...propertiesOf(tool).flatMap((item) => meaningful(item.name))])
  const covered = [...said].filter((word) => described.has(word)).length
  const hookWords = meaningful(hook)
  const hooked = hookWords.length > 0 ? hookWords.filter((word) => said.has(word)).length / hookWords.length : 0
  // A link in the text speaks for the tool that needs one.
  const handed = propertiesOf(tool).some(
    (item) => item.required && (/url|uri|link/i.test(item.name) ? text.search(URL_TEXT) >= 0 : /e-?mail/i.test(item.name) && text.search(EMAIL) >= 0),
  )
    ? 0.6
    : 0
  return named * 3 + hooked + (covered > 0 ? handed : 0) + (hit > 0 ? Math.min(covered, 4) * 0.5 : Math.min(covered, 5) * 0.4)
}

/** How surely an instruction must fit a tool that the grammar does not know, before and after the grammar was tried. */
export const SURE = 3
export const LIKELY = 1.2
/** What such tools do may not be undone: a likeness is not enough for them. */
const GRAVE = /delete|remove|drop|destroy|purge|truncate|send|pay|transfer|cancel|charge|refund|publish|post|deploy|revoke|approve|reject|wipe|reset/i

/** Words that open a request to one of the tools, beside the verbs of the grammar. */
export function toolVerbs(offered: OfferedTool[]): Set<string> {
  return new Set(
    offered
      .filter((tool) => !isPlanned(tool))
      .flatMap((tool) => [words(tool.name.split('__').at(-1) ?? '')[0], words(tool.description)[0]])
      .filter((word) => word !== undefined && word.length > 2 && !STOP.has(word))
      .map((word) => root(word as string)),
  )
}

/** The tool an instruction speaks of, when one fits clearly better than the others. */
export function matchTool(text: string, offered: OfferedTool[], least: number): OfferedTool | undefined {
  const able = least >= SURE ? offered : offered.filter((tool) => !GRAVE.test(tool.name.split('__').at(-1) ?? ''))
  const ranked = able.map((tool) => ({ tool, fit: fitOf(text, tool) })).sort((a, b) => b.fit - a.fit)
  const [first, second] = ranked
  if (!first || first.fit < least) return undefined
  return second && second.fit === first.fit ? undefined : first.tool
}

/** Fills a tool's inputs from what is at hand; names what is missing rather than guess. */
export function fillInput(tool: OfferedTool, material: Material): Filled {
  const properties = propertiesOf(tool)
  const input: Record<string, unknown> = {}
  const given = pairsIn(
    material.text,
    properties.map((item) => item.name),
  )
  const used = new Set<string>(Object.values(given).map(String))
  for (const { name, schema } of properties) {
    if (given[name] !== undefined) input[name] = coerce(given[name], schema)
  }
  for (const { name, schema, required } of properties) {
    if (input[name] !== undefined) continue
    const value =
      enumBeside(name, schema, material.text) ??
      fromData(name, schema, material) ??
      (required ? fromText(name, schema, material.text, used) : undefined)
    if (value !== undefined) input[name] = value
  }
  const missing = properties.filter((item) => item.required && input[item.name] === undefined)
  // One text that is wanted, and one thing that is said: what stands after the verb, or the quoted words.
  if (missing.length === 1 && accepts(missing[0]?.schema, 'string') && missing[0]) {
    const said = freeText(material.text, tool)
    if (said && said.length > 1) input[missing[0].name] = said
  }
  const still = properties.filter((item) => item.required && input[item.name] === undefined).map((item) => item.name)
  if (still.length > 0) return { tool: tool.name, missing: still }
  const refusal = refusalOf(tool, input)
  return refusal ? { tool: tool.name, missing: [refusal] } : { tool: tool.name, input }
}

/** `a=1, b: "two"`, `with email a@b.c`. */
function pairsIn(text: string, names: string[]): Record<string, string> {
  const found: Record<string, string> = {}
  for (const name of names) {
    const said = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/[_-]/g, '[_ -]?')
    const value = `("[^"]*"|'[^']*'|\`[^\`]*\`|“[^”]*”|\\{[^{}]*\\}|\\[[^\\[\\]]*\\]|[^\\s,;"']+)`
    const match =
      new RegExp(`(?<![\\w-])["'\`]?${said}["'\`]?\\s*(?:=|:|:=|\\bset to\\b|\\bis\\b|\\bof\\b)\\s*${value}`, 'i').exec(text) ??
      new RegExp(`\\b(?:with|and|the|for|by|,|named|using)\\s+(?:an? |the )?${said}\\s+${value}`, 'i').exec(text)
    if (match?.[1] && !/^(?:and|or|with|to|the|for|of|in|is)$/i.test(match[1]))
      found[name] = /^[[{]/.test(match[1]) ? match[1] : unquote(match[1].replace(/[.?!]+$/, ''))
  }
  return found
}

/** "high priority": one of the listed words beside the name. */
function enumBeside(name: string, schema: Record<string, unknown>, text: string): unknown {
  if (!Array.isArray(schema.enum)) return undefined
  const said = words(name).join('[ _-]?')
  return schema.enum.find((item) => typeof item === 'string' && new RegExp(`\\b${escaped(item)}\\s+${said}\\b`, 'i').test(text))
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

function accepts(schema: Record<string, unknown> | undefined, type: string): boolean {
  if (!schema) return false
  const types = Array.isArray(schema.type) ? schema.type : schema.type === undefined ? [] : [schema.type]
  return types.length === 0
    ? !Array.isArray(schema.enum) || type === 'string'
    : types.includes(type) || (type === 'number' && types.includes('integer'))
}

function coerce(said: string, schema: Record<string, unknown>): unknown {
  if (Array.isArray(schema.enum)) return schema.enum.find((item) => plain(String(item)) === plain(said)) ?? said
  if (accepts(schema, 'number') && /^-?\d+(?:\.\d+)?$/.test(said) && !(schema.type === undefined && said.startsWith('0'))) return Number(said)
  if (accepts(schema, 'boolean') && /^(?:true|false|yes|no)$/i.test(said)) return /^(?:true|yes)$/i.test(said)
  if (/^[[{]/.test(said)) {
    try {
      return JSON.parse(said) as unknown
    } catch {
      return said
    }
  }
  if (accepts(schema, 'array') && !accepts(schema, 'string')) return said.split(/\s*,\s*/)
  return said
}

function fromData(name: string, schema: Record<string, unknown>, material: Material): unknown {
  for (const place of [material.data, ...material.earlier.toReversed()]) {
    const held = deepFind(place, words(name).join(''), 0)
    if (held !== undefined && fits(held, schema)) return held
  }
  if (
    accepts(schema, 'array') &&
    !accepts(schema, 'string') &&
    isRecord(schema.items) &&
    (schema.items.type === 'object' || /^(?:rows|data|records|items|table|list)$/i.test(name)) &&
    material.rows
  )
    return material.rows
  if (
    /^(?:data|json|value|input|payload|body|object|document)$/i.test(name) &&
    material.data !== undefined &&
    !isRows(material.data) &&
    fits(material.data, schema)
  )
    return material.data
  return undefined
}

function deepFind(value: unknown, key: string, depth: number): unknown {
  if (depth > 4) return undefined
  if (Array.isArray(value)) return value.length === 1 ? deepFind(value[0], key, depth + 1) : undefined
  if (!isRecord(value)) return undefined
  for (const [name, item] of Object.entries(value)) if (words(name).join('') === key && item !== null) return item
  for (const item of Object.values(value)) {
    const found = deepFind(item, key, depth + 1)
    if (found !== undefined) return found
  }
  return undefined
}

function fits(value: unknown, schema: Record<string, unknown>): boolean {
  if (schema.type === undefined) return true
  const type = Array.isArray(value) ? 'array' : value === null ? 'null' : typeof value
  return accepts(schema, type)
}

/** A value of the right kind standing in the text, not used for another input yet. */
function fromText(name: string, schema: Record<string, unknown>, text: string, used: Set<string>): unknown {
  const take = (list: Iterable<string> | null | undefined) => {
    for (const item of list ?? []) {
      if (used.has(item)) continue
      used.add(item)
      return item
    }
    return undefined
  }
  const about = plain(`${name} ${typeof schema.format === 'string' ? schema.format : ''}`)
  if (Array.isArray(schema.enum)) {
    const said = plain(text)
    return schema.enum.find(
      (item) => typeof item === 'string' && new RegExp(`\\b${plain(item).replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\b`).test(said),
    )
  }
  if (/e-?mail|recipient/.test(about) || (name === 'to' && /@/.test(text))) return take(text.match(EMAIL))
  if (/\b(?:url|uri|link|href|endpoint|website)\b/.test(about)) return take(text.match(URL_TEXT))
  if (/\bdate\b|_date|date_|\bday\b|deadline|due/.test(about)) {
    const date = take(text.match(new RegExp(DATE_TEXT, 'gi')))
    if (date !== undefined) return date
  }
  if (accepts(schema, 'number') && !accepts(schema, 'string')) {
    const near = new RegExp(`${words(name).join('[ _-]?')}\\D{0,12}?(-?\\d+(?:\\.\\d+)?)`, 'i').exec(text)?.[1]
    const bare = text
      .replace(EMAIL, ' ')
      .replace(URL_TEXT, ' ')
      .replace(new RegExp(DATE_TEXT, 'gi'), ' ')
      .replace(/"[^"]*"/g, ' ')
    const said = near && !used.has(near) ? take([near]) : take(bare.match(/(?<![\w.])-?\d+(?:\.\d+)?(?![\w%])/g))
    return said === undefined ? undefined : Number(said)
  }
  if (accepts(schema, 'string')) {
    const quoted = take(
      [...text.matchAll(/"([^"]+)"|`([^`]+)`|“([^”]+)”|(?<!\w)'([^']+)'(?!\w)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? match[4] ?? ''),
    )
    if (quoted !== undefined) return quoted
    if (/\b(?:id|number|code|key|sku)\b/.test(about.replaceAll('_', ' ')))
      return take(text.match(/(?<![\w.])#?(?:[A-Za-z]+-?)?\d[\w-]*/g))?.replace(/^#/, '')
    return /email|mail/.test(about) ? undefined : oneName(name, text, take)
  }
  return undefined
}

/** "for Lisbon", "weather in New York": a proper name, where a name of a place or person is wanted. */
function oneName(name: string, text: string, take: (list: Iterable<string>) => string | undefined): string | undefined {
  if (!/city|town|place|location|country|name|person|user|customer|company|region|title|currency|symbol|language|topic/i.test(name)) return undefined
  return take(
    [...text.matchAll(/\b(?:for|in|at|of|to|about|named|called|from|by)\s+((?:[\p{Lu}][\p{L}'-]*)(?:\s+[\p{Lu}][\p{L}'-]*)*)/gu)].map(
      (match) => match[1] as string,
    ),
  )
}

/** What an instruction says beside naming the tool: "translate good morning" -> "good morning". */
function freeText(text: string, tool: OfferedTool): string | undefined {
  const quoted = /"([^"]+)"|“([^”]+)”|`([^`]+)`/.exec(text)
  if (quoted) return quoted[1] ?? quoted[2] ?? quoted[3]
  const colon = /:\s+(.+)$/s.exec(text)?.[1]
  if (colon) return colon.trim()
  const own = new Set([...meaningful(tool.name), 'text', 'string', 'word', 'phras', 'look', 'up', 'about', 'call'])
  const tokens = text.trim().split(/\s+/)
  let at = 0
  while (at < tokens.length && (own.has(root(words(tokens[at] as string)[0] ?? '')) || STOP.has(plain(tokens[at] as string)))) at++
  const rest = tokens
    .slice(at)
    .join(' ')
    .replace(/[.?!]+$/, '')
  return at > 0 && rest ? rest : undefined
}
