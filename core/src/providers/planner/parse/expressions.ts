import { mentions } from '../columns.ts'
import type { Column } from '../types.ts'

const WORDED: [RegExp, string][] = [
  [/(\d+(?:\.\d+)?) ?(?:%|percent|per cent|pct)\s+(?:of|from)\s+/gi, '$1 / 100 * '],
  [/\b(?:multiplied by|times|x(?=\s*[\d(\uE010]))\b/gi, '*'],
  [/[×·]/g, '*'],
  [/\b(?:divided by|over)\b|÷/gi, '/'],
  [/\b(?:plus|added to|together with)\b/gi, '+'],
  [/\b(?:minus|less)\b/gi, '-'],
  [/\b(?:to the power of|raised to)\b/gi, '^'],
]
const FUNCTIONS =
  /^(?:abs|round|rounddown|roundup|floor|ceiling|sqrt|min|max|if|upper|lower|proper|trim|len|left|right|mid|year|month|day|concat|coalesce|and|or|not|text|int|mod|power|exp|ln|log|log10|iferror|true|false|null|all|sum|average|count|median|days|datedif|contains|quarter|monthname|dayname|weekday|substitute)$/i

export function columnName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) && !FUNCTIONS.test(name) && !/^(?:of|mod|pi|e|tau)$/i.test(name) ? name : `[${name.replaceAll(']', ']]')}]`
}

/** `unit price times qty` -> `[unit price] * qty`; undefined where a word is neither column, number nor function. */
export function expressionFrom(said: string, columns: Column[]): string | undefined {
  let text = said
    .trim()
    .replace(
      /^(?:the |a )?(?:product of|result of|value of|sum of|difference (?:of|between)|ratio of|quotient of|concatenation of)\s+(.+?)\s+(?:and|to|with|by)\s+(.+)$/i,
      (whole, left: string, right: string) => {
        const operator = /product/i.test(whole)
          ? '*'
          : /sum/i.test(whole)
            ? '+'
            : /difference/i.test(whole)
              ? '-'
              : /ratio|quotient/i.test(whole)
                ? '/'
                : '&'
        return `${left} ${operator} ${right}`
      },
    )
    .replace(/[.;,]+$/, '')
  const kept: string[] = []
  const keep = (piece: string) => `\uE010${kept.push(piece) - 1}\uE011`
  text = text.replace(/"[^"]*"|'[^']*'/g, (piece) => {
    const inner = piece.slice(1, -1)
    const column = columns.find((item) => item.name.toLowerCase() === inner.toLowerCase())
    return keep(column ? columnName(column.name) : JSON.stringify(inner).replace(/\\"/g, '""'))
  })
  const named = mentions(text, columns).filter((item) => !/^\s*\(/.test(text.slice(item.end)))
  for (const item of named.toReversed()) {
    const before = text.slice(0, item.start).replace(/(?:\bthe\s+|[[`"]\s*)$/i, '')
    const after = text.slice(item.end).replace(/^\s*(?:[\]`"]|\s(?:column|field)\b)/i, '')
    text = `${before}${keep(columnName(item.column.name))}${after}`
  }
  for (const [pattern, operator] of WORDED) text = text.replace(pattern, operator)
  text = text
    .replace(/(\d+(?:\.\d+)?)\s*%/g, '($1 / 100)')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '')
    .replace(/[$€£]\s*(?=\d)/g, '')
    .replace(/\b(?:the|a|an)\b/gi, ' ')
  for (const word of text.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) if (!FUNCTIONS.test(word)) return undefined
  if (/\uE011\s*(?:\uE010|\d)|\d\s+(?:\d|\uE010)|(?:[-+*/^&<>=]|^)\s*$/.test(text)) return undefined
  return text
    .replace(/\uE010(\d+)\uE011/g, (_whole, at: string) => kept[Number(at)] ?? '')
    .replace(/\s+/g, ' ')
    .trim()
}

const MATH_WORDS: [RegExp, string][] = [
  [/\bthe\b/gi, ' '],
  [/\bsquare root of\s+(\d+(?:\.\d+)?)/gi, 'sqrt($1)'],
  [/\bcube root of\s+(\d+(?:\.\d+)?)/gi, 'cbrt($1)'],
  [/(\d+(?:\.\d+)?|\))\s+squared\b/gi, '$1^2'],
  [/(\d+(?:\.\d+)?|\))\s+cubed\b/gi, '$1^3'],
  [/\bfactorial of\s+(\d+)/gi, '$1!'],
  [/(\d+)\s+factorial\b/gi, '$1!'],
  [/\b(?:multiplied by|times)\b|(?<=[\d)])\s*x\s*(?=[\d(])/gi, '*'],
  [/\bdivided by\b/gi, '/'],
  [/\b(?:plus|added to)\b/gi, '+'],
  [/\bminus\b/gi, '-'],
  [/\b(?:to the power of|raised to(?: the power of)?)\b/gi, '^'],
  [/(\d+(?:\.\d+)?)\s*(?:percent|per cent|pct)\b/gi, '$1%'],
  [/\bmodulo\b/gi, 'mod'],
  [/\bhalf of\b/gi, '0.5 *'],
  [/\b(?:double|twice)\s+(?=\d)/gi, '2 * '],
]

/** The sum in a question such as "what is 15% of 240?"; undefined where the text holds more than numbers and operators. */
export function arithmetic(text: string): string | undefined {
  let said = text
    .trim()
    .replace(
      /^(?:(?:please|can you|what(?:'s| is| are| was| does)|whats|how much (?:is|are|does)|calculate|compute|evaluate|work out|solve|calc|tell me|give me|find|determine|the (?:result|value|answer) (?:of|to)|result of|value of)\s*:?\s*)+/i,
      '',
    )
    .replace(/\s*(?:=\s*\??|equals?\s*\??|\?|\.|come to|make)\s*$/i, '')
    .replace(/^(?:the\s+)?sum of\s+([\d.,\s]+(?:\s*and\s*[\d.]+)?)$/i, (_whole, list: string) =>
      list
        .split(/\s*(?:,\s*and|,\s|\band\b)\s*/)
        .filter(Boolean)
        .join(' + '),
    )
    .replace(/^(?:the\s+)?product of\s+(.+)$/i, (_whole, list: string) =>
      list
        .split(/\s*(?:,\s*and|,\s|\band\b)\s*/)
        .filter(Boolean)
        .join(' * '),
    )
    .replace(/^add\s+(-?[\d.]+)\s+(?:and|to)\s+(-?[\d.]+)$/i, '$1 + $2')
    .replace(/^subtract\s+(-?[\d.]+)\s+from\s+(-?[\d.]+)$/i, '$2 - $1')
    .replace(/^multiply\s+(-?[\d.]+)\s+(?:by|and|with)\s+(-?[\d.]+)$/i, '$1 * $2')
    .replace(/^divide\s+(-?[\d.]+)\s+by\s+(-?[\d.]+)$/i, '$1 / $2')
    .replace(/^(?:increase|raise)\s+([\d.,]+)\s+by\s+([\d.]+)\s*(?:%|percent)$/i, '$1 * (1 + $2/100)')
    .replace(/^(?:decrease|reduce|discount)\s+([\d.,]+)\s+by\s+([\d.]+)\s*(?:%|percent)$/i, '$1 * (1 - $2/100)')
    .replace(/^what percent(?:age)? (?:of)\s+([\d.,]+)\s+is\s+([\d.,]+)$/i, '$2 / $1 * 100')
    .replace(/^what percent(?:age)? is\s+([\d.,]+)\s+of\s+([\d.,]+)$/i, '$1 / $2 * 100')
    .replace(/^([\d.,]+)\s+is what percent(?:age)? of\s+([\d.,]+)$/i, '$1 / $2 * 100')
    .replace(/^(?:percent(?:age)? of)\s+([\d.,]+)\s+(?:is|that is)\s+([\d.,]+)$/i, '$2 / $1 * 100')
    .replace(/^(?:percent(?:age)? is)\s+([\d.,]+)\s+of\s+([\d.,]+)$/i, '$1 / $2 * 100')
  for (const [pattern, operator] of MATH_WORDS) said = said.replace(pattern, operator)
  said = said
    .replace(/[$€£]\s*(?=\d)/g, '')
    .replace(/(?<=\d),(?=\d{3}\b)/g, '')
    .replace(/\s+/g, ' ')
    .trim()
  if (!/\d/.test(said) || !/[-+*/^%!]|\w\(|\bof\b|\bmod\b/.test(said)) return undefined
  for (const word of said.match(/[\p{L}_][\p{L}\p{N}_]*/gu) ?? []) {
    if (
      !/^(?:of|mod|sqrt|cbrt|abs|round|floor|ceiling|ceil|min|max|log|ln|log10|log2|exp|sin|cos|tan|asin|acos|atan|pi|e|pow|power|sum|average|avg|mean|median|gcd|lcm|factorial|degrees|radians|fact)$/i.test(
        word,
      )
    )
      return undefined
  }
  // A lone date, a time or a phone number is no sum.
  if (/^\d{4}-\d{2}-\d{2}|^\d{1,2}[/.]\d{1,2}[/.]\d{2,4}$|^[+-]?[\d.]+$|^\d{3,}-\d{3,}/.test(said)) return undefined
  return said
}
