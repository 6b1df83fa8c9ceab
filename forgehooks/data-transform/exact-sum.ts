import { Decimal } from 'decimal.js'
import { num, ZERO } from '../lib/expression-number.ts'

const SCALES = [0, 2, 4, 6] as const
const MAX = 1e15

/**
 * The exact sum of many numbers. Those of up to 15 digits and 6 decimals, nearly all there are, are added as whole numbers of their scale,
 * ten times as fast as decimals; a total that leaves the safe range is moved to the decimals.
 */
export class ExactSum {
  readonly #totals = SCALES.map(() => 0)
  #rest: Decimal = ZERO
  #hasRest = false

  addNumber(value: number) {
    for (let at = 0; at < SCALES.length; at++) {
      const factor = 10 ** (SCALES[at] as number)
      const scaled = Math.round(value * factor)
      // A decimal of at most 15 digits that divides back to the double is the decimal that the double is written as.
      if (scaled / factor !== value || scaled > MAX || scaled < -MAX) continue
      const total = (this.#totals[at] as number) + scaled
      if (Number.isSafeInteger(total)) {
        this.#totals[at] = total
        return
      }
      break
    }
    this.addDecimal(num(value))
  }

  addDecimal(value: Decimal) {
    // Starts from a value and not from ZERO: the left side decides with how many digits it is added.
    this.#rest = this.#hasRest ? Wide.add(this.#rest, value) : new Wide(value)
    this.#hasRest = true
  }

  get value(): Decimal {
    let sum = new Wide(this.#rest)
    for (const [at, total] of this.#totals.entries()) if (total !== 0) sum = sum.add(Wide.div(total, 10 ** (SCALES[at] as number)))
    return sum
  }
}

const Wide = Decimal.clone({ precision: 4010, rounding: Decimal.ROUND_HALF_UP })
