import { CadreError } from '@cadre/contract/errors'
import { maxDepth, tooDeep } from './input-check.ts'
import { invalidInput, pathText } from './issues.ts'

const utf8 = new TextDecoder('utf-8', { fatal: true })

/** A request body as JSON. Refuses what is not UTF-8 or not JSON (400, with the place), and nesting that is too deep (422). */
export function parseJson(bytes: Uint8Array, levels = maxDepth): unknown {
  let text: string
  try {
    text = utf8.decode(bytes)
  } catch {
    throw new CadreError('BAD_REQUEST', 'The body is not UTF-8 text.')
  }
  // Before the parser: 10 MB of "[" cost it more than a second, and this 20 ms.
  if (deeperThan(bytes, levels)) {
    const found = scanJson(text, levels)
    if (found.path) throw invalidInput([{ path: pathText(found.path.slice(0, 12)) || 'body', message: tooDeep }])
    throw notJson(text, found.offset)
  }
  try {
    return JSON.parse(text)
  } catch {
    throw notJson(text, scanJson(text, levels).offset)
  }
}

function notJson(text: string, offset: number) {
  if (offset >= text.length) return new CadreError('BAD_REQUEST', `The body is not JSON: it ends too early, at position ${text.length}.`)
  const before = text.slice(0, offset)
  const line = before.split('\n').length
  const column = offset - before.lastIndexOf('\n')
  const what = JSON.stringify(String.fromCodePoint(text.codePointAt(offset) ?? 0))
  return new CadreError('BAD_REQUEST', `The body is not JSON: unexpected ${what} at position ${offset} (line ${line}, column ${column}).`)
}

// In the bytes: all that counts is ASCII, and no byte of a longer character is.
function deeperThan(bytes: Uint8Array, levels: number) {
  let depth = 0
  let inString = false
  for (let i = 0; i < bytes.length; i++) {
    const code = bytes[i]
    if (inString) {
      if (code === 92 /* \ */) i++
      else if (code === 34 /* " */) inString = false
    } else if (code === 34) inString = true
    else if (code === 123 || code === 91) {
      if (++depth > levels) return true
    } else if (code === 125 || code === 93) depth--
  }
  return false
}

const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y

type Frame = { list: boolean; at: string | number; next: 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'commaOrEnd' }

/** Only for a text that is already refused: where it stops being JSON, or the way to where it is nested too deep. */
function scanJson(text: string, levels: number): { offset: number; path?: (string | number)[] } {
  const frames: Frame[] = []
  let done = false
  token.lastIndex = 0
  for (;;) {
    const start = skipSpace(text, token.lastIndex)
    if (done || start >= text.length) return { offset: start }
    token.lastIndex = start
    const match = token.exec(text)
    if (!match) return { offset: start + partial(text, start) }
    const [, mark, string] = match
    const frame = frames.at(-1)
    const closing = mark === '}' || mark === ']'
    if (closing) {
      if (!frame || frame.list !== (mark === ']') || !['valueOrEnd', 'keyOrEnd', 'commaOrEnd'].includes(frame.next)) return { offset: start }
      frames.pop()
    } else if (frame && (frame.next === 'key' || frame.next === 'keyOrEnd')) {
      if (string === undefined) return { offset: start }
      frame.at = JSON.parse(string) as string
      frame.next = 'colon'
      continue
    } else if (frame?.next === 'colon' || frame?.next === 'commaOrEnd') {
      if (mark !== (frame.next === 'colon' ? ':' : ',')) return { offset: start }
      if (frame.next === 'commaOrEnd' && typeof frame.at === 'number') frame.at++
      frame.next = frame.next === 'colon' || frame.list ? 'value' : 'key'
      continue
    } else if (mark === '{' || mark === '[') {
      if (frames.length >= levels) return { offset: start, path: frames.map(({ at }) => at) }
      const list = mark === '['
      frames.push({ list, at: list ? 0 : '', next: list ? 'valueOrEnd' : 'keyOrEnd' })
      continue
    } else if (mark !== undefined) return { offset: start }
    // A value is complete.
    const outer = frames.at(-1)
    if (outer) outer.next = 'commaOrEnd'
    else done = true
  }
}

function skipSpace(text: string, from: number) {
  let at = from
  while (at < text.length && ' \t\n\r'.includes(text.charAt(at))) at++
  return at
}

/** How much of a broken token was still right: into a string up to its bad escape or control character, else nothing. */
function partial(text: string, start: number) {
  if (text[start] !== '"') return 0
  const right = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*/y
  right.lastIndex = start
  return right.exec(text)?.[0].length ?? 0
}
