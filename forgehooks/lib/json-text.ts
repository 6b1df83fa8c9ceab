/** Why a text is not JSON, and where: line and column count from 1. */
export class JsonTextError extends Error {
  override name = 'JsonTextError'
  readonly line: number
  readonly column: number
  constructor(message: string, text: string, position: number) {
    const before = text.slice(0, position)
    const lines = before.split(/\r\n|\r|\n/)
    const line = lines.length
    const column = (lines.at(-1) ?? '').length + 1
    super(`line ${line}, column ${column}: ${message}`)
    this.line = line
    this.column = column
  }
}

export type ParsedJson = { value: unknown; warnings: string[] }

/** The same as the runtime allows in a tool's answer. */
const MAX_DEPTH = 490
const MAX_WARNINGS = 20
const SPACE = /[ \t\n\r]*/y
const PLAIN_TEXT = /[^"\\\u0000-\u001F]*/y
const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y
const ESCAPES: Record<string, string> = { '"': '"', '\\': '\\', '/': '/', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/**
 * Strict JSON (RFC 8259). Beside JSON.parse it says where and why a text is none, keeps as text those numbers that a
 * double cannot hold (identifiers of 17 digits and more), and warns of names that occur twice in one object.
 */
export function parseJsonText(source: string): ParsedJson {
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source
  const warnings: string[] = []
  const path: (string | number)[] = []
  let at = 0

  const fail = (message: string, position = at): never => {
    throw new JsonTextError(message, text, position)
  }
  const warn = (message: string) => {
    if (warnings.length < MAX_WARNINGS) warnings.push(`${pointerOf(path) || 'the value'}: ${message}`)
  }
  const sticky = (pattern: RegExp): string => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0] ?? ''
    at += found.length
    return found
  }

  function value(depth: number): unknown {
    sticky(SPACE)
    const start = text[at]
    if (depth > MAX_DEPTH) fail(`nested more than ${MAX_DEPTH} deep`)
    if (start === '{') return object(depth)
    if (start === '[') return array(depth)
    if (start === '"') return string()
    if (start === '-' || (start !== undefined && start >= '0' && start <= '9')) return number()
    for (const [word, meaning] of WORDS) {
      if (!text.startsWith(word, at)) continue
      at += word.length
      return meaning
    }
    return fail(unexpected(text, at, 'a value'))
  }

  function object(depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {}
    at++
    sticky(SPACE)
    if (text[at] === '}') {
      at++
      return result
    }
    for (;;) {
      sticky(SPACE)
      if (text[at] !== '"') fail(text[at] === '}' ? 'a comma before "}" is not allowed' : unexpected(text, at, 'a name in double quotes'))
      const name = string()
      sticky(SPACE)
      if (text[at] !== ':') fail(unexpected(text, at, `":" after the name ${JSON.stringify(name)}`))
      at++
      path.push(name)
      if (Object.hasOwn(result, name)) warn('the name occurs twice in one object; the last value is kept')
      const held = value(depth + 1)
      path.pop()
      if (name === '__proto__') Object.defineProperty(result, name, { value: held, enumerable: true, configurable: true, writable: true })
      else result[name] = held
      sticky(SPACE)
      const next = text[at++]
      if (next === '}') return result
      if (next !== ',') fail(unexpected(text, at - 1, '"," or "}"'), at - 1)
    }
  }

  function array(depth: number): unknown[] {
    const result: unknown[] = []
    at++
    sticky(SPACE)
    if (text[at] === ']') {
      at++
      return result
    }
    for (;;) {
      sticky(SPACE)
      if (text[at] === ']') fail('a comma before "]" is not allowed')
      path.push(result.length)
      result.push(value(depth + 1))
      path.pop()
      sticky(SPACE)
      const next = text[at++]
      if (next === ']') return result
      if (next !== ',') fail(unexpected(text, at - 1, '"," or "]"'), at - 1)
    }
  }

  function string(): string {
    const open = at++
    let result = sticky(PLAIN_TEXT)
    for (;;) {
      const next = text[at]
      if (next === '"') {
        at++
        return result
      }
      if (next === undefined) fail('the text that begins here is never closed by a double quote', open)
      if (next !== '\\')
        fail(`a ${next === '\n' || next === '\r' ? 'line end' : 'control character'} inside text must be written as an escape such as \\n`)
      result += escape() + sticky(PLAIN_TEXT)
    }
  }

  function escape(): string {
    const letter = text[at + 1] ?? ''
    if (letter === 'u') {
      const digits = text.slice(at + 2, at + 6)
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) fail('\\u needs four hexadecimal digits')
      at += 6
      return String.fromCharCode(parseInt(digits, 16))
    }
    const meaning = ESCAPES[letter]
    if (meaning === undefined) return fail(`\\${letter} is not an escape of JSON`)
    at += 2
    return meaning
  }

  function number(): number | string {
    const start = at
    const written = sticky(NUMBER)
    if (written === '' || /[\d.eE+-]/.test(text[at] ?? '')) fail(`not a number of JSON: ${text.slice(start, start + 20).split(/[\s,\]}]/)[0]}`, start)
    const read = Number(written)
    if (Number.isFinite(read) && (Number.isSafeInteger(read) || !/^-?\d+$/.test(written))) return read
    warn(`${written.length > 40 ? `${written.slice(0, 37)}...` : written} is more than a JSON number can hold exactly; it is kept as text`)
    return written
  }

  sticky(SPACE)
  if (at >= text.length) fail('the text is empty')
  const result = value(1)
  sticky(SPACE)
  if (at < text.length) fail(unexpected(text, at, 'nothing more after the value'))
  return { value: result, warnings }
}

const WORDS: [string, boolean | null][] = [
  ['true', true],
  ['false', false],
  ['null', null],
]

function unexpected(text: string, at: number, wanted: string): string {
  const found = text[at]
  if (found === undefined) return `the text ends where ${wanted} is expected`
  if (found === "'" || found === '‘' || found === '“') return `expected ${wanted}; JSON takes straight double quotes only`
  if (text.startsWith('//', at) || text.startsWith('/*', at) || found === '#') return `expected ${wanted}; JSON has no comments`
  const word = /^[\p{L}_$][\p{L}\d_$]*/u.exec(text.slice(at, at + 40))?.[0]
  return `expected ${wanted}, found ${JSON.stringify(word ?? String.fromCodePoint(text.codePointAt(at) as number))}`
}

/** RFC 6901. */
function pointerOf(path: (string | number)[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}
