import { Decimal } from 'decimal.js'
import { divide, jsonNumber, num, squareRoot } from '../lib/expression-number.ts'

const Exact = Decimal.clone({ precision: 4010, rounding: Decimal.ROUND_HALF_UP })

/** From the least on. */
type Sorted = Float64Array | Decimal[]

/** From the least to the greatest. */
export function range(sorted: Sorted): number | string | null {
  const [least] = sorted
  return least === undefined ? null : jsonNumber(Exact.sub(sorted.at(-1) as Decimal | number, least), true)
}

/** Between two values the share of the way from one to the other: PERCENTILE.INC of spreadsheets, quantile_cont of SQL, numpy's default. */
export function percentile(sorted: Sorted, p: number): number | string | null {
  if (sorted.length === 0) return null
  const place = Exact.div(Exact.mul(p, sorted.length - 1), 100)
  const below = place.floor().toNumber()
  const low = sorted[below] as Decimal | number
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as Decimal | number
  return jsonNumber(Exact.add(low, Exact.mul(Exact.sub(high, low), place.sub(below))), true)
}

/** Of a sample (divided by one less than there are) or of all. One value has no sample variance. */
export function variance(values: Decimal[], { root, sample }: { root: boolean; sample: boolean }): number | string | null {
  const count = values.length
  if (count === 0 || (sample && count === 1)) return null
  let sum = new Exact(0)
  let squares = new Exact(0)
  for (const value of values) {
    sum = sum.add(value)
    squares = squares.add(Exact.mul(value, value))
  }
  const precision = { exact: true }
  const above = Exact.sub(squares.mul(count), sum.mul(sum))
  const result = divide(precision, num(above), num(count * (sample ? count - 1 : count)))
  const shown = root ? squareRoot(precision, result) : result
  return jsonNumber(shown, precision.exact)
}
