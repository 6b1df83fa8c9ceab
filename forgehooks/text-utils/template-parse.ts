import { HookError } from '@cadre/contract/forgehook'

export type Filter = { name: string; args: (string | number)[] }
export type Node =
  | { kind: 'text'; text: string }
  | { kind: 'value'; path: string; filters: Filter[]; raw: boolean; source: string }
  | { kind: 'section'; path: string; inverted: boolean; body: Node[]; otherwise: Node[] }

type Open = { path: string; inverted: boolean; body: Node[]; otherwise: Node[] | undefined; line: number; parent: Node[] }

const MAX_DEPTH = 100
const TAG = /\{\{\{([\s\S]*?)\}\}\}|\{\{([!#^/&>=]?)([\s\S]*?)\}\}/g

/** Mustache without partials, lambdas and other delimiters; `| filter: argument`, {{else}} and {{@index}} beside it. */
export function parseTemplate(template: string): Node[] {
  const root: Node[] = []
  const open: Open[] = []
  let into = root
  let at = 0
  const lineOf = (index: number) => template.slice(0, index).split('\n').length
  const fail = (message: string, index: number): never => {
    throw new HookError(`line ${lineOf(index)}: ${message}`, 'template')
  }
  const text = (until: number) => {
    if (until > at) into.push({ kind: 'text', text: template.slice(at, until) })
  }
  for (const match of template.matchAll(TAG)) {
    const [source, raw, sign = '', inner = ''] = match
    const index = match.index
    const name = (raw ?? inner).trim()
    const isValue = raw !== undefined || sign === '&' || (sign === '' && name !== 'else')
    const alone = isValue ? undefined : standalone(template, index, index + source.length)
    text(alone ? alone.start : index)
    at = alone ? alone.end : index + source.length
    if (sign === '!') continue
    if (sign === '>') fail('{{> ...}} would take in another template; there is none here', index)
    if (sign === '=') fail('{{= ... =}} would change the braces; that is not supported', index)
    if (isValue) {
      const { path, filters } = readValue(name, (message) => fail(message, index))
      into.push({ kind: 'value', path, filters, raw: raw !== undefined || sign === '&', source })
    } else if (sign === '#' || sign === '^') {
      const path = readPath(name.replace(/^(?:each|if|unless|with)\s+/, ''), (message) => fail(message, index))
      const inverted = sign === '^' || /^unless\s/.test(name)
      if (open.length >= MAX_DEPTH) fail(`sections are nested more than ${MAX_DEPTH} deep`, index)
      open.push({ path, inverted, body: [], otherwise: undefined, line: lineOf(index), parent: into })
      into = (open.at(-1) as Open).body
    } else if (sign === '/') {
      const last = open.pop()
      const closes = name.replace(/^(?:each|if|unless|with)$/, '')
      if (!last) return fail(`{{/${name}}} closes nothing`, index)
      if (closes !== '' && closes !== last.path)
        fail(`{{/${name}}} stands where {{/${last.path}}} (opened in line ${last.line}) is to be closed`, index)
      last.parent.push({ kind: 'section', path: last.path, inverted: last.inverted, body: last.body, otherwise: last.otherwise ?? [] })
      into = last.parent
    } else {
      const last = open.at(-1)
      if (!last || last.otherwise) return fail('{{else}} stands in no section', index)
      last.otherwise = []
      into = last.otherwise
    }
  }
  const left = open.at(-1)
  if (left) throw new HookError(`line ${left.line}: {{#${left.path}}} is never closed by {{/${left.path}}}`, 'template')
  const rest = template.indexOf('{{', at)
  if (rest >= 0) fail('{{ is never closed by }}', rest)
  text(template.length)
  return root
}

/** A tag that has its line to itself takes the line away with it. */
function standalone(template: string, start: number, end: number): { start: number; end: number } | undefined {
  const before = /(?:^|\n)([ \t]*)$/.exec(template.slice(Math.max(0, template.lastIndexOf('\n', start - 1)), start))
  const after = /^[ \t]*(?:\r?\n|$)/.exec(template.slice(end, end + 1_000))
  return before && after ? { start: start - (before[1] as string).length, end: end + after[0].length } : undefined
}

type Fail = (message: string) => never

/** Names may hold single spaces, as the heads of columns do. */
const NAME = /^@?[^\s.|{}#^/&><"'()+*=!?,;:]+(?:[. ][^\s.|{}#^/&><"'()+*=!?,;:]+)*$/u

function readPath(name: string, fail: Fail): string {
  if (name === '.' || name === 'this') return '.'
  if (!NAME.test(name) || /^else\s/.test(name)) fail(`${JSON.stringify(name)} is no name; write {{name}} or {{a.b.0}}`)
  return name.replace(/^this\./, '')
}

function readValue(inner: string, fail: Fail): { path: string; filters: Filter[] } {
  const parts = splitOutsideQuotes(inner, '|')
  const path = readPath((parts[0] as string).trim(), fail)
  return { path, filters: parts.slice(1).map((part) => readFilter(part.trim(), fail)) }
}

/** `default: "none"`, `default("none")`, `round 2` */
function readFilter(text: string, fail: Fail): Filter {
  const [, name, rest = ''] = /^([a-z_]+)\s*([\s\S]*)$/i.exec(text) ?? fail(`${JSON.stringify(text)} is no filter`)
  const written = /^\(([\s\S]*)\)$/.exec(rest)?.[1] ?? rest.replace(/^:/, '')
  const args = written.trim() === '' ? [] : splitOutsideQuotes(written, ',').map((part) => readArgument(part.trim(), fail))
  return { name: (name as string).toLowerCase(), args }
}

function readArgument(text: string, fail: Fail): string | number {
  const quoted = /^"((?:[^"\\]|\\.)*)"$|^'((?:[^'\\]|\\.)*)'$/s.exec(text)
  if (quoted) return (quoted[1] ?? quoted[2] ?? '').replace(/\\(.)/gs, (_, letter: string) => ({ n: '\n', t: '\t' })[letter] ?? letter)
  if (/^-?\d+(?:\.\d+)?$/.test(text)) return Number(text)
  return fail(`${JSON.stringify(text)} is neither text in quotes nor a number`)
}

function splitOutsideQuotes(text: string, separator: string): string[] {
  const parts = ['']
  for (const [piece] of text.matchAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\s\S]/g)) {
    if (piece === separator) parts.push('')
    else parts[parts.length - 1] += piece
  }
  return parts
}
