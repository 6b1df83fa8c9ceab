import { answerNumber } from '../../lib/expression-number.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { Grid, SheetError, type Value } from './value.ts'

/** A value as JSON says it. A whole number beyond 2^53 comes as text, so that no digit is lost. */
export function shown(value: Value): unknown {
  if (value instanceof Grid) return value.height === 1 && value.width === 1 ? shown(value.at(0, 0)) : value.rows.map((row) => row.map(shown))
  if (value instanceof SheetError) return value.code
  if (!isNumber(value)) return value
  const near = value.toSignificantDigits(40)
  // What was rounded on the way (1/3) is as exact as a JSON number; a sum of money is exact to the last digit.
  return answerNumber(near, value.precision() <= 40)
}
