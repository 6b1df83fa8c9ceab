import { isNumber } from '../../lib/expression-value.ts'
import { cellNumber, compareNumbers, compareText, isBlank, readNumber, SheetError, type Scalar } from './value.ts'

type Rule = { sign: string; kind: 'one' | 'many' | 'self' }

function rulesOf(pattern: string): Rule[] {
  const rules: Rule[] = []
  const signs = [...pattern.toLowerCase()]
  for (let at = 0; at < signs.length; at++) {
    const sign = signs[at] as string
    const next = signs[at + 1]
    if (sign === '~' && next !== undefined && '*?~'.includes(next)) {
      rules.push({ sign: next, kind: 'self' })
      at++
    } else rules.push({ sign, kind: sign === '*' ? 'many' : sign === '?' ? 'one' : 'self' })
  }
  return rules
}

/** What stands between the stars of a pattern. */
export function wildcardParts(pattern: string): { sign: string; any: boolean }[][] {
  const parts: { sign: string; any: boolean }[][] = [[]]
  for (const rule of rulesOf(pattern)) {
    if (rule.kind === 'many') parts.push([])
    else parts.at(-1)?.push({ sign: rule.sign, any: rule.kind === 'one' })
  }
  return parts
}

/** Whole-text match with * and ?, without regard to case; ~ takes the next sign as it is. Time is the product of the lengths at worst. */
export function wildcard(pattern: string): (text: string) => boolean {
  const want = rulesOf(pattern)
  return (text) => {
    const have = [...text.toLowerCase()]
    let [p, t, star, mark] = [0, 0, -1, 0]
    while (t < have.length) {
      const rule = want[p]
      if (rule?.kind === 'many') {
        star = p++
        mark = t
      } else if (rule && (rule.kind === 'one' || rule.sign === have[t])) {
        p++
        t++
      } else if (star >= 0) {
        p = star + 1
        t = ++mark
      } else return false
    }
    while (want[p]?.kind === 'many') p++
    return p === want.length
  }
}

export const hasWildcard = (text: string): boolean => /[*?~]/.test(text)

/**
 * The test of SUMIF and its kin: 5, "West", "We*", ">=100", "<>", "=". Numbers in the criterion find numbers and text that says
 * the same number, as in Excel; a comparison by size looks at values of its own kind only.
 */
export function criterion(wanted: Scalar): (value: Scalar) => boolean {
  if (wanted instanceof SheetError) return (value) => value instanceof SheetError && value.code === wanted.code
  if (typeof wanted !== 'string') return equals(wanted ?? readNumber('0') ?? null)
  const [, operator = '', operand = ''] = /^(<=|>=|<>|<|>|=)?(.*)$/s.exec(wanted) ?? []
  if (operand === '') {
    if (operator === '=') return (value) => isBlank(value)
    if (operator === '<>') return (value) => !isBlank(value)
    if (operator === '') return (value) => isBlank(value) || value === ''
    return () => false
  }
  const target: Scalar = /^(true|false)$/i.test(operand) ? operand.toLowerCase() === 'true' : (readNumber(operand) ?? operand)
  const same = equals(target)
  if (operator === '' || operator === '=') return same
  if (operator === '<>') return (value) => !same(value)
  const holds = (sign: number) => (operator === '<' ? sign < 0 : operator === '<=' ? sign <= 0 : operator === '>' ? sign > 0 : sign >= 0)
  return (value) => {
    if (isNumber(target)) {
      const number = cellNumber(value)
      return number !== undefined && holds(compareNumbers(number, target))
    }
    if (typeof target === 'boolean') return typeof value === 'boolean' && holds(Number(value) - Number(target))
    return typeof value === 'string' && typeof target === 'string' && holds(compareText(value, target))
  }
}

function equals(target: Scalar): (value: Scalar) => boolean {
  if (typeof target === 'string') {
    const matches = hasWildcard(target) ? wildcard(target) : (text: string) => compareText(text, target) === 0
    return (value) => typeof value === 'string' && matches(value)
  }
  if (isNumber(target))
    return (value) => {
      const number = typeof value === 'string' ? readNumber(value) : value
      return isNumber(number) && compareNumbers(number, target) === 0
    }
  return (value) => value === target
}
