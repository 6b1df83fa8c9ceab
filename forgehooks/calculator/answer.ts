import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { bounded, answerNumber, num, numberText, parseNumberText, type Precision } from '../lib/expression-number.ts'
import { onField } from '../lib/on-field.ts'

export type Answer = { result: number | string | boolean; text: string; exact: boolean }

/** A number as JSON can say it, its decimal text, and whether that text is the whole truth. */
export function answer(value: Decimal, precision: Precision, digits?: number): Answer {
  // A rounded value has some 60 good digits, however many are asked for.
  const shown = digits === undefined ? value : value.toSignificantDigits(precision.exact ? digits : Math.min(digits, 50))
  const exact = precision.exact && shown.eq(value)
  return { result: answerNumber(shown, exact), text: numberText(shown, exact || digits !== undefined), exact }
}

/** A number given as JSON number or as text ("0.1", "1,234.50"). */
export function needValue(value: number | string, field: string): Decimal {
  const read = typeof value === 'number' ? num(value) : parseNumberText(value)
  if (!read) throw new HookError(`"${String(value).slice(0, 60)}" is not a number`, field)
  return onField(field, () => bounded({ exact: true }, read))
}
