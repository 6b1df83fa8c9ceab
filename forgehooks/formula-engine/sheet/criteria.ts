import { isNumber } from '../../lib/expression-value.ts'
import { hasWildcard, wildcard } from '../../lib/wildcard.ts'
import { cellNumber, compareNumbers, compareText, isBlank, isErrorCode, readNumber, SheetError, type Scalar } from './value.ts'

/**
 * The test of SUMIF and its kin: 5, "West", "We*", ">=100", "<>", "=". Numbers in the criterion find numbers and text that says
 * the same number, as in Excel; a comparison by size looks at values of its own kind only.
 */
export function criterion(wanted: Scalar): (value: Scalar) => boolean {
  if (wanted instanceof SheetError) return isError(wanted)
  if (typeof wanted !== 'string') return equals(wanted ?? readNumber('0') ?? null)
  const [, operator = '', operand = ''] = /^(<=|>=|<>|<|>|=)?(.*)$/s.exec(wanted) ?? []
  if (operand === '') {
    if (operator === '=') return (value) => isBlank(value)
    if (operator === '<>') return (value) => !isBlank(value)
    if (operator === '') return (value) => isBlank(value) || value === ''
    return () => false
  }
  const target = typed(operand)
  const same = target instanceof SheetError ? isError(target) : equals(target)
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

const isError = (target: SheetError) => (value: Scalar) => value instanceof SheetError && value.code === target.code

/** What stands behind the operator, as if typed into a cell: "<>#N/A" means the error. */
function typed(operand: string): Scalar {
  if (/^(true|false)$/i.test(operand)) return operand.toLowerCase() === 'true'
  return isErrorCode(operand.toUpperCase()) ? new SheetError(operand.toUpperCase()) : (readNumber(operand) ?? operand)
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
