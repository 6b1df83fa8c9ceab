import { ExpressionError } from './expression-number.ts'

export type FormatToken = {
  kind: 'digit' | 'point' | 'comma' | 'percent' | 'exponent' | 'slash' | 'literal' | 'space' | 'date' | 'text' | 'general' | 'condition'
  text: string
}

const RULES: [RegExp, FormatToken['kind'] | 'ignored'][] = [
  [/general/iy, 'general'],
  [/"([^"]*)("|$)/y, 'literal'],
  [/\\(.)/uy, 'literal'],
  [/_./uy, 'space'],
  [/\*./uy, 'ignored'],
  [/\[(h+|m+|s+)\]/iy, 'date'],
  [/\[((?:<=|>=|<>|<|>|=)-?[\d.]+)\]/y, 'condition'],
  [/\[\$([^\]-]*)(?:-[^\]]*)?\]/y, 'literal'],
  [/\[(?:black|blue|cyan|green|magenta|red|white|yellow|color ?\d+)\]/iy, 'ignored'],
  [/am\/pm|a\/p/iy, 'date'],
  [/e[+-](?=[0#?])/iy, 'exponent'],
  [/y+|m+|d+|h+|s+(?:\.0+)?/iy, 'date'],
  [/[0#?]/y, 'digit'],
  [/\./y, 'point'],
  [/,/y, 'comma'],
  [/%/y, 'percent'],
  [/@/y, 'text'],
  [/\//y, 'slash'],
  [/[ $+\-():!^&'~{}<>=]|[1-9]|[cfijkloprtuvwxz]|[^\x00-\x7f]/iuy, 'literal'],
]

/** Reads one section of a number format. In a date format points, commas and slashes are what they look like. */
export function formatTokens(section: string): FormatToken[] {
  const tokens: FormatToken[] = []
  for (let at = 0; at < section.length;) {
    let found: RegExpExecArray | null = null
    for (const [pattern, kind] of RULES) {
      pattern.lastIndex = at
      found = pattern.exec(section)
      if (!found) continue
      if (kind !== 'ignored')
        tokens.push({ kind, text: kind === 'exponent' ? found[0].toUpperCase() : kind === 'date' ? found[0] : (found[1] ?? found[0]) })
      break
    }
    if (!found) throw new ExpressionError(`TEXT: "${section[at]}" in the format is not understood; put words in "quotes"`, '#VALUE!')
    at += found[0].length
  }
  return tokens
}
