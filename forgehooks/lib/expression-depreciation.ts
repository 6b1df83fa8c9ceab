import { Decimal } from 'decimal.js'
import { ExpressionError, num, ONE, Work, ZERO } from './expression-number.ts'

const need = (holds: boolean, says: string) => {
  if (!holds) throw new ExpressionError(says)
}

export function straightLine(cost: Decimal, salvage: Decimal, life: Decimal): Decimal {
  if (life.isZero()) throw new ExpressionError('division by zero', '#DIV/0!')
  return cost.minus(salvage).div(life)
}

export function sumOfYears(cost: Decimal, salvage: Decimal, life: Decimal, period: Decimal): Decimal {
  need(life.gt(0) && period.gte(1) && period.lte(life), 'the period must be from 1 to the life')
  return cost
    .minus(salvage)
    .mul(life.minus(period).plus(1))
    .mul(2)
    .div(life.mul(life.plus(1)))
}

/** DB: the rate is rounded to three decimals, and the first year may have fewer months. */
export function fixedDeclining(cost: Decimal, salvage: Decimal, life: Decimal, period: Decimal, month = num(12)): Decimal {
  need(cost.gte(0) && salvage.gte(0) && life.gt(0) && month.gte(1) && month.lte(12) && life.lte(5000), 'cost, life or month is out of bounds')
  need(period.gte(1) && period.lte(month.eq(12) ? life : life.plus(1)), 'the period must lie within the life')
  if (cost.isZero()) return ZERO
  const rate = ONE.minus(Work.pow(salvage.div(cost), ONE.div(life))).toDecimalPlaces(3, Decimal.ROUND_HALF_UP)
  const first = cost.mul(rate).mul(month).div(12)
  if (period.eq(1)) return first
  let [total, part] = [first, first]
  for (let at = 2; period.gte(at); at++) {
    part = cost.minus(total).mul(rate)
    if (life.lt(at)) part = part.mul(num(12).minus(month)).div(12)
    total = total.plus(part)
  }
  return part
}

export function doubleDeclining(cost: Decimal, salvage: Decimal, life: Decimal, period: Decimal, factor = num(2)): Decimal {
  need(cost.gte(0) && salvage.gte(0) && life.gt(0) && factor.gt(0), 'cost, salvage, life and factor must not be negative')
  need(period.gte(1) && period.lte(life), 'the period must be from 1 to the life')
  const rate = Decimal.min(factor.div(life), 1)
  const left = (periods: Decimal): Decimal => (rate.eq(1) ? (periods.isZero() ? cost : ZERO) : cost.mul(Work.pow(ONE.minus(rate), periods)))
  const [before, after] = [left(period.minus(1)), left(period)]
  const part = before.minus(after.lt(salvage) ? salvage : after)
  return part.lt(0) ? ZERO : part
}

/** VDB: declining balance, by default with a switch to straight line where that writes off more; parts of periods count in proportion. */
export function variableDeclining(
  [cost, salvage, life, start, end]: [Decimal, Decimal, Decimal, Decimal, Decimal],
  factor = num(2),
  noSwitch = false,
): Decimal {
  need(cost.gte(0) && salvage.gte(0) && life.gt(0) && factor.gt(0) && life.lte(5000), 'cost, salvage, life or factor is out of bounds')
  need(start.gte(0) && end.gte(start) && end.lte(life), 'start and end must lie within the life')
  let [book, total, straight] = [cost, ZERO, undefined as Decimal | undefined]
  for (let at = 0; end.gt(at); at++) {
    const declining = Decimal.min(book.mul(Decimal.min(factor.div(life), 1)), Decimal.max(book.minus(salvage), 0))
    const even: Decimal = book.minus(salvage).div(life.minus(at))
    if (!noSwitch && straight === undefined && even.gt(declining)) straight = even
    const part: Decimal = Decimal.max(straight ?? declining, 0)
    const share = Decimal.max(Decimal.min(end, at + 1).minus(Decimal.max(start, at)), 0)
    total = num(total.plus(part.mul(share)))
    book = num(book.minus(part))
  }
  return total
}

export function effectiveRate(nominal: Decimal, times: Decimal): Decimal {
  const n = times.trunc()
  need(nominal.gt(0) && n.gte(1), 'the rate must be above 0 and the periods a year 1 or more')
  return Work.pow(nominal.div(n).plus(1), n).minus(1)
}

export function nominalRate(effective: Decimal, times: Decimal): Decimal {
  const n = times.trunc()
  need(effective.gt(0) && n.gte(1), 'the rate must be above 0 and the periods a year 1 or more')
  return Work.pow(effective.plus(1), ONE.div(n)).minus(1).mul(n)
}

/** DOLLARDE: the digits after the point of 1.02 are sixteenths, 02/16. */
export function fractionToDecimal(value: Decimal, fraction: Decimal): Decimal {
  const parts = fraction.trunc()
  need(!parts.isNegative() || parts.isZero(), 'the fraction must not be negative')
  if (parts.isZero()) throw new ExpressionError('division by zero', '#DIV/0!')
  const whole = value.trunc()
  return whole.plus(
    value
      .minus(whole)
      .mul(num(10).pow(Work.log10(parts).ceil()))
      .div(parts),
  )
}

export function decimalToFraction(value: Decimal, fraction: Decimal): Decimal {
  const parts = fraction.trunc()
  need(!parts.isNegative() || parts.isZero(), 'the fraction must not be negative')
  if (parts.isZero()) throw new ExpressionError('division by zero', '#DIV/0!')
  const whole = value.trunc()
  return whole.plus(
    value
      .minus(whole)
      .mul(parts)
      .div(num(10).pow(Work.log10(parts).ceil())),
  )
}
