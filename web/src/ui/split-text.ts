/** From here on a part ends at the next blank line; a part without one ends where it must. */
const wanted = 3_000
const most = 9_000

/**
 * A long text in parts that are drawn one by one, so that a parser that takes its time over something long, or over something made to be
 * slow, never gets more than a part. Parts of a text that grows stay the same, but for the last. A block of code that is cut goes on as
 * code.
 */
export function splitText(text: string): string[] {
  if (text.length <= wanted) return [text]
  const parts: string[] = []
  let part = ''
  let fence: string | null = null
  const end = () => {
    if (part !== '') parts.push(fence === null ? part : `${part}${/^\s*[`~]+/.exec(fence)?.[0] ?? ''}`)
    part = fence === null ? '' : fence
  }
  for (const line of linesOf(text)) {
    if (part.length + line.length > most) end()
    part += line
    fence = fenceAfter(fence, line)
    if (fence === null && part.length >= wanted && line.trim() === '') end()
  }
  if (part.trim() !== '') parts.push(part)
  return parts
}

/** Lines with their ends; one that is longer than a part in pieces. */
function* linesOf(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf('\n', at)
    const end = Math.min(newline < 0 ? text.length : newline + 1, at + wanted)
    yield text.slice(at, end)
    at = end
  }
}

/** The line that opened the block of code which goes on after this line. */
function fenceAfter(open: string | null, line: string): string | null {
  const [, indent = '', marks = '', rest = ''] = /^( {0,3})(`{3,}|~{3,})(.*)/.exec(line) ?? []
  if (marks === '') return open
  if (open === null) return marks.startsWith('`') && rest.includes('`') ? null : `${indent}${marks}${rest.slice(0, 100)}\n`
  const opened = /[`~]+/.exec(open)?.[0] ?? ''
  return marks[0] === opened[0] && marks.length >= opened.length && rest.trim() === '' ? null : open
}

/** Nested so deep that a parser would run out of stack. */
export function isTooDeep(text: string): boolean {
  return /^(?:[ \t]*>){50}/m.test(text)
}

/** Text in which Markdown would mark nothing: it needs no parser. */
export function isPlainText(text: string): boolean {
  return text.length < 2_000 && !/[*_`#<>[\]|~\\&$@\n\r\t]|:\/\/|www\.|^\s|^\d+[.)]|^[-+=]/.test(text)
}
