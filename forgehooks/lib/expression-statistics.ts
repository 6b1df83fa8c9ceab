import { Decimal } from 'decimal.js'
import { deviation, mean, sum, variance } from './expression-columns.ts'
import { add, divide, ExpressionError, multiply, num, ONE, rounded, squareRoot, Work, ZERO, type Precision } from './expression-number.ts'

const DIV0 = '#DIV/0!'
const inOrder = (list: Decimal[]) => list.toSorted((a, b) => a.cmp(b))
const need = (list: Decimal[], least: number) => {
  if (list.length < least) throw new ExpressionError(`at least ${least} number${least > 1 ? 's are' : ' is'} needed, not ${list.length}`, DIV0)
}
const squares = (list: Decimal[], env: Precision) =>
  sum(
    list.map((value) => multiply(env, value, value)),
    env,
  )
const middle = (list: Decimal[], env: Precision) => mean(list, env) as Decimal

/** PERCENTILE.EXC: the ends lie outside the values. */
export function percentileExclusive(list: Decimal[], part: Decimal, env: Precision): Decimal {
  const at = multiply(env, part, num(list.length + 1))
  if (list.length === 0 || part.lte(0) || part.gte(1) || at.lt(1) || at.gt(list.length))
    throw new ExpressionError('the percentile lies outside the values')
  const sorted = inOrder(list)
  const below = at.floor().toNumber()
  const low = sorted[below - 1] as Decimal
  const high = sorted[Math.min(below, list.length - 1)] as Decimal
  return add(env, low, multiply(env, high.minus(low), at.minus(below)))
}

/** Cut, not rounded, to `digits`, as in Excel. */
export function percentRank(list: Decimal[], value: Decimal, kind: 'inclusive' | 'exclusive', digits: number): Decimal {
  const sorted = inOrder(list)
  const n = list.length
  if (n === 0 || value.lt(sorted[0] as Decimal) || value.gt(sorted[n - 1] as Decimal))
    throw new ExpressionError('the value lies outside the values', '#N/A')
  if (n === 1) return kind === 'inclusive' ? ONE : num('0.5')
  const place = (item: Decimal) => sorted.filter((other) => other.lt(item)).length
  const share = (item: Decimal) => (kind === 'inclusive' ? num(place(item)).div(n - 1) : num(place(item) + 1).div(n + 1))
  const above = sorted.find((item) => item.gte(value)) as Decimal
  const below = sorted.findLast((item) => item.lte(value)) as Decimal
  const low = share(below)
  const result = above.eq(below) ? low : low.plus(share(above).minus(low).mul(value.minus(below)).div(above.minus(below)))
  return result.toDecimalPlaces(digits, Decimal.ROUND_DOWN)
}

export function rankOf(list: Decimal[], value: Decimal, ascending: boolean, ties: 'equal' | 'average'): Decimal {
  const same = list.filter((item) => item.eq(value)).length
  if (same === 0) throw new ExpressionError('the value is not among the numbers', '#N/A')
  const before = list.filter((item) => (ascending ? item.lt(value) : item.gt(value))).length
  return ties === 'equal' ? num(before + 1) : num(before + 1).plus(num(same - 1).div(2))
}

export function geometricMean(list: Decimal[], env: Precision): Decimal {
  if (list.length === 0 || list.some((value) => value.lte(0))) throw new ExpressionError('the geometric mean needs numbers above 0')
  const logs = list.reduce<Decimal>((total, value) => total.plus(Work.ln(value)), ZERO)
  return rounded(env, Work.exp(logs.div(list.length))).toSignificantDigits(50)
}

export function harmonicMean(list: Decimal[], env: Precision): Decimal {
  if (list.length === 0 || list.some((value) => value.lte(0))) throw new ExpressionError('the harmonic mean needs numbers above 0')
  const total = list.reduce<Decimal>((sumOf, value) => sumOf.plus(ONE.div(value)), ZERO)
  return rounded(env, num(list.length).div(total)).toSignificantDigits(50)
}

export function sumOfDeviations(list: Decimal[], env: Precision): Decimal {
  if (list.length === 0) throw new ExpressionError('there are no numbers')
  const total = sum(list, env)
  const spread = multiply(env, num(list.length), squares(list, env)).minus(multiply(env, total, total))
  return divide(env, spread, num(list.length))
}

export function averageDeviation(list: Decimal[], env: Precision): Decimal {
  need(list, 1)
  const centre = middle(list, env)
  return middle(
    list.map((value) => value.minus(centre).abs()),
    env,
  )
}

export function trimmedMean(list: Decimal[], part: Decimal, env: Precision): Decimal {
  if (list.length === 0 || part.lt(0) || part.gte(1)) throw new ExpressionError('the part must be from 0 to below 1')
  const cut = part.mul(list.length).div(2).floor().toNumber()
  return middle(inOrder(list).slice(cut, list.length - cut), env)
}

/** The mean of ((x - mean) / s)^power, summed. */
function moments(list: Decimal[], exponent: number, s: Decimal | null, env: Precision): Decimal {
  if (s === null || s.isZero()) throw new ExpressionError('the numbers do not differ', DIV0)
  const centre = middle(list, env)
  env.exact = false
  return list.reduce<Decimal>((total, value) => total.plus(value.minus(centre).div(s).pow(exponent)), ZERO)
}

export function skewness(list: Decimal[], kind: 'sample' | 'population', env: Precision): Decimal {
  need(list, 3)
  const n = list.length
  const total = moments(list, 3, deviation(list, kind, env), env)
  return kind === 'population'
    ? total.div(n)
    : total
        .mul(n)
        .div(n - 1)
        .div(n - 2)
}

export function kurtosis(list: Decimal[], env: Precision): Decimal {
  need(list, 4)
  const n = num(list.length)
  const total = moments(list, 4, deviation(list, 'sample', env), env)
  const under = n.minus(1).mul(n.minus(2)).mul(n.minus(3))
  const correction = n
    .minus(1)
    .pow(2)
    .mul(3)
    .div(n.minus(2).mul(n.minus(3)))
  return n.mul(n.plus(1)).mul(total).div(under).minus(correction)
}

/** n·Σxy − Σx·Σy, exact where the numbers are. */
function together(x: Decimal[], y: Decimal[], env: Precision): Decimal {
  const products = sum(
    x.map((value, at) => multiply(env, value, y[at] as Decimal)),
    env,
  )
  return add(env, multiply(env, num(x.length), products), multiply(env, sum(x, env), sum(y, env)).neg())
}

export function covariance(x: Decimal[], y: Decimal[], kind: 'sample' | 'population', env: Precision): Decimal {
  need(x, kind === 'sample' ? 2 : 1)
  const n = num(x.length)
  return divide(env, together(x, y, env), multiply(env, n, kind === 'sample' ? n.minus(1) : n))
}

export function correlation(x: Decimal[], y: Decimal[], env: Precision): Decimal {
  need(x, 2)
  const [xx, yy] = [together(x, x, env), together(y, y, env)]
  if (xx.isZero() || yy.isZero()) throw new ExpressionError('the numbers do not differ', DIV0)
  return divide(env, together(x, y, env), squareRoot(env, multiply(env, xx, yy)))
}

/** The straight line through the points, by least squares. */
export function regression(x: Decimal[], y: Decimal[], env: Precision): { slope: Decimal; intercept: Decimal } {
  need(x, 2)
  const xx = together(x, x, env)
  if (xx.isZero()) throw new ExpressionError('the values of x do not differ', DIV0)
  const xy = together(x, y, env)
  const slope = divide(env, xy, xx)
  // (Σy − slope·Σx) / n, over one denominator so that a whole intercept comes out whole.
  const over = add(env, multiply(env, sum(y, env), xx), multiply(env, xy, sum(x, env)).neg())
  return { slope, intercept: divide(env, over, multiply(env, xx, num(x.length))) }
}

export function standardError(x: Decimal[], y: Decimal[], env: Precision): Decimal {
  need(x, 3)
  const [xx, yy, xy] = [together(x, x, env), together(y, y, env), together(x, y, env)]
  if (xx.isZero()) throw new ExpressionError('the values of x do not differ', DIV0)
  const n = num(x.length)
  const rest = add(env, yy, divide(env, multiply(env, xy, xy), xx).neg())
  return squareRoot(env, divide(env, rest.lt(0) ? ZERO : rest, multiply(env, n, n.minus(2))))
}

export function weightedMean(values: Decimal[], weights: Decimal[], env: Precision): Decimal {
  const total = sum(weights, env)
  const products = values.map((value, at) => multiply(env, value, weights[at] as Decimal))
  return divide(env, sum(products, env), total)
}

export const spread = (list: Decimal[], kind: 'sample' | 'population', env: Precision, root: boolean): Decimal => {
  const found = (root ? deviation : variance)(list, kind, env)
  if (found === null) throw new ExpressionError('there are too few numbers', DIV0)
  return found
}
