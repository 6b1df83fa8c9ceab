import { Decimal } from 'decimal.js'
import { divide, jsonNumber, num, ZERO } from '../lib/expression-number.ts'

/** Of no, two, four and six decimals. */
const FACTORS = [1, 100, 10_000, 1_000_000] as const
const MAX = 1e15

/**
 * The exact sum of many numbers. Those of up to 15 digits and 6 decimals, nearly all there are, are added as whole numbers of their scale,
 * ten times as fast as decimals; a total that leaves the safe range is moved to the decimals.
 */
export class ExactSum {
  readonly #totals = FACTORS.map(() => 0)
  /** Of the number before: the next one most often has as many decimals. */
  #scale = 0
  #rest: Decimal = ZERO
  #hasRest = false

  addNumber(value: number) {
    if (this.#add(value, this.#scale)) return
    for (let scale = 0; scale < FACTORS.length; scale++) {
      if (!this.#add(value, scale)) continue
      this.#scale = scale
      return
    }
    this.addDecimal(num(value))
  }

  #add(value: number, scale: number): boolean {
    const factor = FACTORS[scale] as number
    const scaled = Math.round(value * factor)
    // A decimal of at most 15 digits that divides back to the double is the decimal that the double is written as.
    if (scaled / factor !== value || scaled > MAX || scaled < -MAX) return false
    const total = (this.#totals[scale] as number) + scaled
    if (!Number.isSafeInteger(total)) return false
    this.#totals[scale] = total
    return true
  }

  addDecimal(value: Decimal) {
    // Starts from a value and not from ZERO: the left side decides with how many digits it is added.
    this.#rest = this.#hasRest ? Wide.add(this.#rest, value) : new Wide(value)
    this.#hasRest = true
  }

  /** The sum as JSON can hold it: exact. */
  get total(): number | string {
    const short = this.#short()
    return short ? short.units / short.factor : jsonNumber(this.#decimal(), true)
  }

  over(count: number): number | string {
    const short = this.#short()
    if (short && short.units % count === 0) return short.units / count / short.factor
    const precision = { exact: true }
    const value = divide(precision, short ? num(short.units).div(short.factor) : this.#decimal(), num(count))
    return jsonNumber(value, precision.exact)
  }

  #decimal(): Decimal {
    let sum = new Wide(this.#rest)
    for (const [at, total] of this.#totals.entries()) if (total !== 0) sum = sum.add(Wide.div(total, FACTORS[at] as number))
    return sum
  }

  /** The sum as units of 1/factor, where it has at most 15 digits: the double that is nearest to it is then written as it is. */
  #short(): { units: number; factor: number } | undefined {
    if (this.#hasRest) return undefined
    const last = this.#totals.findLastIndex((total) => total !== 0)
    const factor = FACTORS[last] ?? 1
    let units = 0
    for (let at = 0; at <= last; at++) {
      units += (this.#totals[at] as number) * (factor / (FACTORS[at] as number))
      if (!(units <= MAX && units >= -MAX)) return undefined
    }
    return { units, factor }
  }
}

const Wide = Decimal.clone({ precision: 4010, rounding: Decimal.ROUND_HALF_UP })
