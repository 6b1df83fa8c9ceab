/** What people ask in words, as the sum that they mean. `unit` is what the result counts. */
export type Phrase = { expression: string; unit?: string }

type Rule = { pattern: RegExp; sum: (...parts: string[]) => string; unit?: string }
const percent = '(?:percent(?:age)?|per cent|%)'

// Only whole sentences: a part of one that is not understood is refused by the language below.
const RULES: Rule[] = [
  { pattern: new RegExp(`^(.+?) is (?:what|how many) ${percent} of (.+)$`, 'i'), sum: (part, whole) => `(${part}) / (${whole}) * 100`, unit: '%' },
  { pattern: new RegExp(`^(?:what|how many) ${percent} of (.+?) is (.+)$`, 'i'), sum: (whole, part) => `(${part}) / (${whole}) * 100`, unit: '%' },
  { pattern: new RegExp(`^(?:what|how many) ${percent} is (.+?) of (.+)$`, 'i'), sum: (part, whole) => `(${part}) / (${whole}) * 100`, unit: '%' },
  { pattern: new RegExp(`^(.+?) (?:as|in) an? ${percent} of (.+)$`, 'i'), sum: (part, whole) => `(${part}) / (${whole}) * 100`, unit: '%' },
  {
    pattern: new RegExp(`^(?:the )?(?:${percent} )?(?:change|increase|growth)(?: in ${percent})? from (.+?) to (.+)$`, 'i'),
    sum: (from, to) => `((${to}) - (${from})) / abs(${from}) * 100`,
    unit: '%',
  },
  {
    pattern: new RegExp(`^(?:the )?(?:${percent} )?(?:decrease|drop)(?: in ${percent})? from (.+?) to (.+)$`, 'i'),
    sum: (from, to) => `((${from}) - (${to})) / abs(${from}) * 100`,
    unit: '%',
  },
  { pattern: /^([\d.,]+)\s*%\s+(?:off|discount on)\s+(?:of\s+)?(.+)$/i, sum: (rate, of) => `(${of}) * (1 - ${rate}%)` },
  { pattern: /^(.+?) is ([\d.,]+)\s*% of what(?: number)?$/i, sum: (part, rate) => `(${part}) / (${rate}%)` },
  { pattern: /^increase (.+?) by ([\d.,]+)\s*%$/i, sum: (of, rate) => `(${of}) * (1 + ${rate}%)` },
  { pattern: /^(?:decrease|reduce) (.+?) by ([\d.,]+)\s*%$/i, sum: (of, rate) => `(${of}) * (1 - ${rate}%)` },
  { pattern: /^(.+?) increased by ([\d.,]+)\s*%$/i, sum: (of, rate) => `(${of}) * (1 + ${rate}%)` },
  { pattern: /^(.+?) (?:decreased|reduced) by ([\d.,]+)\s*%$/i, sum: (of, rate) => `(${of}) * (1 - ${rate}%)` },
  { pattern: /^(?:the )?(?:number of )?days between (.+?) and (.+)$/i, sum: (from, to) => `DAYS(${to}, ${from})`, unit: 'days' },
  { pattern: /^(?:the )?days from (.+?) (?:to|until) (.+)$/i, sum: (from, to) => `DAYS(${to}, ${from})`, unit: 'days' },
  {
    pattern: /^(today\(\)|\d{4}-\d{2}-\d{2})\s*(\+|-|plus|minus)\s*(\d+) (day|week|month|quarter|year)s?$/i,
    sum: (date, sign, amount, unit) => `DATEADD(${date}, ${/^(-|minus)$/i.test(sign ?? '') ? '-' : ''}${amount}, "${unit}")`,
  },
  { pattern: /^(?:the )?square root of ([\d.,]+)$/i, sum: (of) => `sqrt(${of})` },
  { pattern: /^(?:the )?cube root of ([\d.,]+)$/i, sum: (of) => `cbrt(${of})` },
]

const WORDS: [RegExp, string][] = [
  [/([\d)%]) plus (?=[-\d(.])/gi, '$1 + '],
  [/([\d)%]) minus (?=[-\d(.])/gi, '$1 - '],
  [/([\d)%]) (?:times|multiplied by) (?=[-\d(.])/gi, '$1 * '],
  [/([\d)%]) (?:divided by|over) (?=[-\d(.])/gi, '$1 / '],
  [/([\d)]) (?:to the power of|raised to) (?=[-\d(.])/gi, '$1 ^ '],
  [/([\d)]) squared\b/gi, '$1 ^ 2'],
  [/([\d)]) cubed\b/gi, '$1 ^ 3'],
]

export function readPhrase(text: string): Phrase {
  let body = text
    .trim()
    // "2 + 2 =" is how people end a sum.
    .replace(/\s*=\s*\??$|\s*\?+$/, '')
    .replace(/^(?:please\s+)?(?:what is|what's|whats|calculate|compute|evaluate|work out|how much is|convert)\s+(?:the\s+)?/i, '')
    .replace(/([\d)])\s*(?:percent|per cent)\b/gi, '$1%')
    .replace(/^(\d{4}-\d{2}-\d{2})\s+to\s+(\d{4}-\d{2}-\d{2})\s+in\s+days$/i, 'days between $1 and $2')
  const many = /^how many (.+?) (?:are there |are |is )?in (?:(an?|one) )?(.+)$/i.exec(body)
  if (many) body = `${many[2] ? '1 ' : ''}${many[3]} to ${many[1]}`
  for (const { pattern, sum, unit } of RULES) {
    const match = pattern.exec(body)
    if (match) return { expression: sum(...match.slice(1)), ...(unit ? { unit } : {}) }
  }
  for (const [pattern, sign] of WORDS) body = body.replace(pattern, sign)
  return { expression: body }
}
