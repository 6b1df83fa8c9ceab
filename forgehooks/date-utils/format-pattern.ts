import { HookError } from '@cadre/contract/forgehook'

export type Part = { text: string } | { token: string }
export type Pattern = { parts: Part[]; note?: string }

/** Quotes and square brackets hold text; '' is a quote; runs of one letter are tokens, and all else is itself. */
export function splitPattern(pattern: string): Pattern {
  const parts: Part[] = []
  for (const [piece, quoted, bracketed, escaped, letters] of pattern.matchAll(
    /'((?:[^']|'')*)'|\[([^\]]*)\]|\\(.)|(Do(?![a-z])|([A-Za-z])\5*)|[\s\S]/g,
  )) {
    if (quoted !== undefined) parts.push({ text: quoted === '' ? "'" : quoted.replace(/''/g, "'") })
    else if (bracketed !== undefined) parts.push({ text: bracketed })
    else if (escaped !== undefined) parts.push({ text: escaped })
    else if (letters !== undefined) parts.push({ token: piece })
    else if (piece === "'") throw new HookError("has a quote that is not closed; write '' for a quote itself", 'format')
    else parts.push({ text: piece })
  }
  return meant(parts)
}

const tokenAt = (parts: Part[], at: number) => {
  const part = parts[at]
  return part && 'token' in part ? part.token : undefined
}

/** Patterns as other programs write them: the letters that would be something else here are told by what stands around them. */
function meant(parts: Part[]): Pattern {
  const tokens = parts.flatMap((part) => ('token' in part ? [part.token] : []))
  const has = (pattern: RegExp) => tokens.some((token) => pattern.test(token))
  const clock = has(/^[Hh]/)
  const foreign = has(/^(?:Y+|D+o?)$/)
  const notes: string[] = []
  const made = parts.map((part, at): Part => {
    if (!('token' in part)) return part
    const { token } = part
    if (token === 'T' && /^d|^D/.test(tokenAt(parts, at - 1) ?? '') && /^[Hh]/.test(tokenAt(parts, at + 1) ?? '')) return { text: 'T' }
    // As in ISO 8601: Z for UTC, else the offset.
    if (token === 'Z' && /^(?:ss?|mm|S+|fff)$/.test(tokenAt(parts, at - 1) ?? '')) return { token: 'XXX' }
    if (/^m{3,4}$/.test(token)) return { token: token.toUpperCase() }
    if (/^mm?$/.test(token) && !clock && has(/^[yYdD]/) && !has(/^[ML]/) && !has(/^s/)) {
      notes.push(`${token} is taken as the month, as there is no hour; minutes are mm, months MM`)
      return { token: token.toUpperCase() }
    }
    if (/^MM?$/.test(token) && /^[Hh]/.test(tokenAt(parts, at - 2) ?? '') && textAt(parts, at - 1) === ':')
      throw new HookError(`${token} is the month; the minutes after an hour are mm`, 'format')
    if (/^DD?$/.test(token) && has(/^dd?$/)) throw new HookError('has both d and D; the day of the month is dd, its weekday cccc', 'format')
    return foreign ? { token: FOREIGN[token] ?? token } : part
  })
  return { parts: made, ...(notes[0] ? { note: notes[0] } : {}) }
}

function textAt(parts: Part[], at: number): string | undefined {
  const part = parts[at]
  return part && 'text' in part ? part.text : undefined
}

// Of Moment and Day.js, whose patterns are known by their YYYY and DD.
const FOREIGN: Record<string, string> = {
  ...{ YYYY: 'yyyy', YY: 'yy', Y: 'y', DD: 'dd', D: 'd', DDDD: 'ooo', DDD: 'o', dddd: 'cccc', ddd: 'ccc', A: 'a', a: 'aaa' },
  ...{ Z: 'ZZ', ZZ: 'ZZZ', Q: 'q', GGGG: 'kkkk', E: 'c' },
}

const PERCENT: Record<string, string> = {
  ...{
    Y: 'yyyy',
    y: 'yy',
    m: 'MM',
    d: 'dd',
    e: 'd_',
    H: 'HH',
    I: 'hh',
    M: 'mm',
    S: 'ss',
    p: 'a',
    L: 'SSS',
    f: 'SSS000',
    B: 'MMMM',
    b: 'MMM',
    h: 'MMM',
  },
  ...{
    A: 'cccc',
    a: 'ccc',
    j: 'ooo',
    u: 'c',
    V: 'WW',
    G: 'kkkk',
    z: 'ZZZ',
    Z: 'ZZZZ',
    s: 'X',
    k: 'H',
    l: 'h',
    '-m': 'M',
    '-d': 'd',
    '-H': 'H',
    '-I': 'h',
  },
  ...{ '-M': 'm', '-S': 's', '-j': 'o', q: 'q', P: 'aaa' },
}
const PERCENT_WHOLE: Record<string, string> = { F: '%Y-%m-%d', T: '%H:%M:%S', R: '%H:%M', D: '%m/%d/%y' }

/** The pattern of strftime: %Y-%m-%d. */
export function fromPercent(pattern: string): Pattern {
  const parts: Part[] = []
  const spelled = pattern.replace(/%([FTRD])/g, (_, letter: string) => PERCENT_WHOLE[letter] as string)
  for (const [piece, letter] of spelled.matchAll(/%(-?.|$)|[^%]+/gs)) {
    if (letter === undefined) parts.push({ text: piece })
    else if (letter === '%') parts.push({ text: '%' })
    else if (letter === 'n' || letter === 't') parts.push({ text: letter === 'n' ? '\n' : '\t' })
    else if (Object.hasOwn(PERCENT, letter)) parts.push({ token: PERCENT[letter] as string })
    else
      throw new HookError(
        `unknown %${letter}; known: ${Object.keys(PERCENT)
          .map((name) => `%${name}`)
          .join(' ')}`,
        'format',
      )
  }
  return { parts }
}
