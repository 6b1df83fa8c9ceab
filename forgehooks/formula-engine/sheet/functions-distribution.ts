import { Decimal } from 'decimal.js'
import { num, ONE, Work, ZERO } from '../../lib/expression-number.ts'
import { numeric, named, type SheetFunctions } from './function.ts'
import { needThat, PI } from './functions-math.ts'

const density = (z: Decimal): Decimal => Work.exp(z.mul(z).div(-2)).div(Work.sqrt(PI.mul(2)))

/** The standard normal distribution by its power series, in 64 digits; beyond 10 deviations nothing of 15 digits is left. */
function standard(z: Decimal): Decimal {
  if (z.gt(10)) return ONE
  if (z.lt(-37)) return ZERO
  if (z.lt(-6)) return tail(z.neg())
  let [term, total] = [z, z]
  const square = z.mul(z)
  for (let at = 1; at < 500 && term.abs().gt('1e-60'); at++) {
    term = term.mul(square).div(2 * at + 1)
    total = total.plus(term)
  }
  return total.mul(density(z)).plus('0.5')
}

/** Far out the series cancels; a continued fraction does not. */
function tail(z: Decimal): Decimal {
  let fraction = z
  for (let at = 200; at > 0; at--) fraction = z.plus(num(at).div(fraction))
  return density(z).div(fraction)
}

function inverse(p: Decimal): Decimal {
  needThat(p.gt(0) && p.lt(1), 'the probability must be above 0 and below 1')
  let [low, high] = [num(-37), num(10)]
  for (let step = 0; step < 12; step++) {
    const middle = low.plus(high).div(2)
    if (standard(middle).lt(p)) low = middle
    else high = middle
  }
  let z = low.plus(high).div(2)
  for (let step = 0; step < 8; step++) z = Decimal.min(high, Decimal.max(low, z.minus(standard(z).minus(p).div(density(z)))))
  return z.toSignificantDigits(20)
}

const isSet = (value: Decimal | undefined) => value !== undefined && !value.isZero()

/** From one count to the next by a factor; doubles would overflow. */
function binomial(k: Decimal, n: Decimal, p: Decimal, cumulative: boolean): Decimal {
  if (p.eq(1)) return k.eq(n) ? ONE : ZERO
  let one = Work.pow(ONE.minus(p), n)
  let total = one
  const odds = p.div(ONE.minus(p))
  for (let at = 1; k.gte(at); at++) {
    one = one
      .mul(n.minus(at - 1))
      .div(at)
      .mul(odds)
    total = total.plus(one)
  }
  return cumulative ? total : one
}

const sumTo = (k: Decimal, work: (at: Decimal) => Decimal): Decimal => {
  let total = ZERO
  for (let at = 0; k.gte(at); at++) total = num(total.plus(work(num(at))))
  return total
}

export const distributionFunctions: SheetFunctions = {
  ...named(
    'NORM.DIST NORMDIST',
    numeric(4, 4, (x, mean, deviation, cumulative) => {
      needThat(deviation.gt(0), 'the standard deviation must be above 0')
      const z = x.minus(mean).div(deviation)
      return isSet(cumulative) ? standard(z) : density(z).div(deviation)
    }),
  ),
  'NORM.S.DIST': numeric(2, 2, (z, cumulative) => (isSet(cumulative) ? standard(z) : density(z))),
  NORMSDIST: numeric(1, 1, standard),
  ...named(
    'NORM.INV NORMINV',
    numeric(3, 3, (p, mean, deviation) => {
      needThat(deviation.gt(0), 'the standard deviation must be above 0')
      return inverse(p).mul(deviation).plus(mean)
    }),
  ),
  ...named('NORM.S.INV NORMSINV', numeric(1, 1, inverse)),
  ...named(
    'CONFIDENCE.NORM CONFIDENCE',
    numeric(3, 3, (alpha, deviation, size) => {
      needThat(alpha.gt(0) && alpha.lt(1) && deviation.gt(0) && size.gte(1), 'alpha must be between 0 and 1, the others above 0')
      return inverse(ONE.minus(alpha.div(2)))
        .mul(deviation)
        .div(Work.sqrt(size.trunc()))
    }),
  ),
  ...named(
    'BINOM.DIST BINOMDIST',
    numeric(4, 4, (given, trials, p, cumulative) => {
      const [k, n] = [given.trunc(), trials.trunc()]
      needThat(
        k.gte(0) && k.lte(n) && p.gte(0) && p.lte(1) && n.lte(2000),
        'the count must be from 0 to the trials (at most 2000), the probability from 0 to 1',
      )
      return binomial(k, n, p, isSet(cumulative))
    }),
  ),
  ...named(
    'POISSON.DIST POISSON',
    numeric(3, 3, (given, mean, cumulative) => {
      const k = given.trunc()
      needThat(k.gte(0) && k.lte(2000) && mean.gte(0) && mean.lte(2000), 'the count and the mean must be from 0 to 2000')
      let term = Work.exp(mean.neg())
      const one = (at: Decimal) => {
        if (at.gt(0)) term = term.mul(mean).div(at)
        return term
      }
      const total = sumTo(k, one)
      return isSet(cumulative) ? total : term
    }),
  ),
  ...named(
    'EXPON.DIST EXPONDIST',
    numeric(3, 3, (x, rate, cumulative) => {
      needThat(x.gte(0) && rate.gt(0), 'x must not be negative, and lambda above 0')
      const left = Work.exp(x.mul(rate).neg())
      return isSet(cumulative) ? ONE.minus(left) : left.mul(rate)
    }),
  ),
}
