/**
 * JSON as small models write it: one pass that mends single quotes, a comma before a closing bracket, Python's True, False and None, and
 * brackets that are not closed at the end. An unclosed text is not mended: nobody knows how it would have gone on.
 * @returns undefined where even that makes no JSON.
 */
export function repairJson(text: string): unknown {
  const mended = mend(text.trim())
  if (mended === undefined) return undefined
  try {
    return JSON.parse(mended)
  } catch {
    return undefined // the one repair was not enough
  }
}

const closing: Record<string, string> = { '{': '}', '[': ']' }
const words: Record<string, string> = { True: 'true', False: 'false', None: 'null' }

function mend(text: string): string | undefined {
  const open: string[] = []
  let out = ''
  for (let at = 0; at < text.length;) {
    const char = text.charAt(at)
    if (char === '"' || char === "'") {
      const end = endOfText(text, at)
      if (end === undefined) return undefined
      out += quoted(text.slice(at + 1, end), char)
      at = end + 1
      continue
    }
    const word = /^(True|False|None)\b/.exec(text.slice(at, at + 6))?.[0]
    if (word) {
      out += words[word]
      at += word.length
      continue
    }
    if (char in closing) open.push(char)
    if (char === '}' || char === ']') {
      if (closing[open.pop() ?? ''] !== char) return undefined
      out = withoutComma(out)
    }
    out += char
    at++
  }
  return (
    withoutComma(out) +
    open
      .reverse()
      .map((char) => closing[char])
      .join('')
  )
}

function endOfText(text: string, start: number): number | undefined {
  const quote = text.charAt(start)
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++
    else if (text[at] === quote) return at
  }
  return undefined
}

function quoted(inside: string, quote: string) {
  const content = quote === '"' ? inside : inside.replaceAll("\\'", "'").replace(/(^|[^\\])"/g, '$1\\"')
  // A line break inside a text is the other thing that they write.
  return `"${content.replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`
}

function withoutComma(text: string) {
  return text.replace(/,\s*$/, '')
}
