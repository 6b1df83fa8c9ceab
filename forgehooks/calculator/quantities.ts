import { HookError } from '@cadre/contract/forgehook'
import { findUnit, needUnit, type Unit } from './units.ts'

const LONGEST_UNIT = 45

/** Amounts with units that are added up, and the unit in which the sum is wanted. */
export type Quantity = { parts: { sign: 1 | -1; amount: string; unit: Unit }[]; to: Unit }

/** `<amount> <unit> in <unit>`, several amounts as in `6 ft 2 in to cm` and `5 km + 300 m`; undefined where no unit is spoken of. */
export function readQuantity(expression: string): Quantity | undefined {
  const match = /^(.+)\s(?:in|to|into|as|em|para)\s+([^\s\d()"'[\]`+*-][^()[\]`+*]{0,40})$/i.exec(expression)
  if (!match) {
    const parts = readParts(expression)
    return parts?.[0] ? { parts, to: parts[0].unit } : undefined
  }
  const [, left = '', target = ''] = match
  const parts = readParts(left)
  if (parts) return { parts, to: needUnit(target, 'expression') }
  // `6 ft in` ends in a unit of its own.
  const whole = readParts(expression)
  if (whole?.[0]) return { parts: whole, to: whole[0].unit }
  const written = /[\d)]\s*([^\d\s()+*/^%-][^\d()+*^%-]*)$/.exec(left)?.[1]
  if (written) needUnit(written, 'expression')
  throw new HookError(`"${left.slice(0, 60)}" before "${target.slice(0, 40)}" must be an amount and a unit, as in 5 km in miles`, 'expression')
}

function readParts(text: string): Quantity['parts'] | undefined {
  const terms = splitTerms(text)
  const parts: Quantity['parts'] = []
  for (const { sign, body } of terms) {
    const found = splitSeveral(body) ?? [splitAmount(body)]
    for (const part of found) {
      if (!part) return undefined
      if (isOpenSum(part.amount))
        throw new HookError(
          `"${part.amount.trim().slice(0, 60)}" adds up numbers without and with a unit: give each its unit, or put the sum in brackets`,
          'expression',
        )
      parts.push({ sign, ...part })
    }
  }
  return parts.length > 0 ? parts : undefined
}

/** At + and - between terms, outside brackets; a sign at the beginning or behind another sign belongs to its number. */
function splitTerms(text: string): { sign: 1 | -1; body: string }[] {
  const terms: { sign: 1 | -1; body: string }[] = []
  let [depth, start] = [0, 0]
  let sign: 1 | -1 = 1
  for (let at = 0; at < text.length; at++) {
    const char = text[at] as string
    depth += char === '(' ? 1 : char === ')' ? -1 : 0
    if (depth !== 0 || (char !== '+' && char !== '-')) continue
    // Only behind a unit: 3 + 4 km is refused, and 1e-3 a number. Most sums have no letter anywhere near.
    if (!/[^\d\s.,()+*/^%!-]/.test(text.slice(Math.max(start, at - LONGEST_UNIT), at))) continue
    if (!splitAmount(text.slice(start, at)) && !splitSeveral(text.slice(start, at))) continue
    terms.push({ sign, body: text.slice(start, at).trim() })
    sign = char === '-' ? -1 : 1
    start = at + 1
  }
  terms.push({ sign, body: text.slice(start).trim() })
  return terms
}

/** `6 ft 2 in` and `1 hour and 30 minutes`. */
function splitSeveral(text: string): { amount: string; unit: Unit }[] | undefined {
  const pieces = text.match(/\d[\d.,]*\s*[^\d\s()+*/^-][^\d()+*^-]*/g)
  if (!pieces || pieces.length < 2 || pieces.join('').replace(/\s/g, '') !== text.replace(/\s/g, '')) return undefined
  const parts = pieces.map((piece) => splitAmount(piece.replace(/[\s,]+and\s*$|[\s,]+$/i, '')))
  return parts.every((part) => part !== undefined) ? parts : undefined
}

function splitAmount(text: string): { amount: string; unit: Unit } | undefined {
  // 0x1F is a number, not 1 degree Fahrenheit.
  if (/0[xob][\da-f]*$/i.test(text)) return undefined
  // The unit is the longest ending that is the name of a unit and follows a digit or a bracket.
  for (const match of text.matchAll(/[\d)](\s*)(?=[^\d\s()])/g)) {
    const start = match.index + 1
    if (text.length - start > LONGEST_UNIT) continue
    const unit = findUnit(text.slice(start))
    if (unit) return { amount: text.slice(0, start), unit }
  }
  return undefined
}

/** Whether an amount such as 3 + 4 adds up outside brackets: in 3 + 4 km the 3 has no unit. */
function isOpenSum(amount: string): boolean {
  let depth = 0
  for (let at = 0; at < amount.length; at++) {
    const char = amount[at] as string
    depth += char === '(' ? 1 : char === ')' ? -1 : 0
    if (depth === 0 && (char === '+' || char === '-') && /[\d)%]\s*$/.test(amount.slice(0, at))) return true
  }
  return false
}
