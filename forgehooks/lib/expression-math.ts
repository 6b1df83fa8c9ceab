import { Decimal } from 'decimal.js'
import { each, named, type FunctionTable } from './expression-function.ts'
import {
  add,
  bounded,
  divide,
  ExpressionError,
  factorial,
  modulo,
  multiply,
  num,
  ONE,
  power,
  rounded,
  snapped,
  squareRoot,
  Work,
  ZERO,
} from './expression-number.ts'
import { needInteger, needNumber, toNumber, type Environment, type Scalar } from './expression-value.ts'

const PI = num('3.141592653589793238462643383279502884197169399375105820974944592307816')

/** A function of one number; a blank stays blank. */
function one(work: (value: Decimal, env: Environment) => Decimal) {
  return each(1, 1, ([arg], env) => {
    const value = toNumber(arg as Scalar)
    return value === null ? null : work(value, env)
  })
}

function transcendental(work: (value: Decimal) => Decimal, accepts?: { test: (value: Decimal) => boolean; says: string }) {
  return one((value, env) => {
    if (accepts && !accepts.test(value)) throw new ExpressionError(accepts.says)
    return rounded(env, work(value))
  })
}

function angle(work: (value: Decimal) => Decimal) {
  return one((value, env) => {
    if (value.abs().gt('1e15')) throw new ExpressionError('the angle is too large (limit 1e15 radians)')
    return value.isZero() ? bounded(env, work(value)) : rounded(env, work(value))
  })
}

/** Rounds to decimal places; negative places round to tens, hundreds, ... */
function toPlaces(mode: Decimal.Rounding, defaultPlaces = 0) {
  return each(1, 2, ([arg, places], env) => {
    const value = toNumber(arg as Scalar)
    if (value === null) return null
    return roundTo(value, places === undefined ? defaultPlaces : needInteger(places, 'the number of decimals', -100, 100), mode, env)
  })
}

export function roundTo(value: Decimal, places: number, mode: Decimal.Rounding, env: Environment): Decimal {
  // 0.4999...9 (64 digits) is a half that was rounded on its way.
  const clean = snapped(value, env)
  if (places >= 0) return bounded(env, clean.toDecimalPlaces(places, mode))
  const scale = new Decimal(10).pow(-places)
  return bounded(env, new Work(clean.div(scale).toDecimalPlaces(0, mode)).mul(scale))
}

/** To a multiple of the second argument (1 by default). As in spreadsheets, two negatives turn the direction, and a positive number needs a positive step. */
function toMultiple(mode: Decimal.Rounding) {
  return each(1, 2, ([arg, step], env) => {
    const value = toNumber(arg as Scalar)
    if (value === null) return null
    const size = step === undefined ? ONE : needNumber(step, 'the multiple')
    if (size.isZero()) return ZERO
    if (size.isNegative() && value.gt(0)) throw new ExpressionError('a positive number cannot be rounded to a negative multiple')
    if (mode === HALF_UP && value.isNegative() && !value.isZero() && !size.isNegative()) return nearest(value.neg(), size, env).neg()
    return multiply(env, snapped(divide({ exact: true }, value, size)).toDecimalPlaces(0, mode), size)
  })
}

const nearest = (value: Decimal, size: Decimal, env: Environment) =>
  multiply(env, snapped(divide({ exact: true }, value, size)).toDecimalPlaces(0, HALF_UP), size)

function gcd(a: bigint, b: bigint): bigint {
  while (b) [a, b] = [b, a % b]
  return a < 0n ? -a : a
}

function wholes(args: Scalar[]): bigint[] {
  return args.map((arg) => {
    const value = needNumber(arg, 'an argument')
    if (!value.isInteger()) throw new ExpressionError('whole numbers are needed')
    return BigInt(value.toFixed())
  })
}

/** n! / (n-k)!, by a product of k factors. */
function falling(n: number, k: number): bigint {
  let product = 1n
  for (let factor = 0; factor < k; factor++) product *= BigInt(n - factor)
  return product
}

const between = (low: number, high: number, name: string) => ({
  test: (value: Decimal) => value.gte(low) && value.lte(high),
  says: `${name} is defined from ${low} to ${high} only`,
})
const positive = (name: string) => ({ test: (value: Decimal) => value.gt(0), says: `${name} is defined for numbers above 0 only` })
const DOWN = Decimal.ROUND_DOWN
const HALF_UP = Decimal.ROUND_HALF_UP

function logarithm(value: Decimal, base: Decimal, env: Environment): Decimal {
  if (value.lte(0) || base.lte(0) || base.eq(1)) throw new ExpressionError('a logarithm needs a number above 0 and a base above 0 other than 1')
  const result = Work.log(value, base)
  // log(1000) is 3, not nearly 3.
  if (result.isInteger() && result.abs().lt(400) && power({ exact: true }, base, result).eq(value)) return bounded(env, result)
  return rounded(env, result)
}

export const mathFunctions: FunctionTable = {
  ABS: one((value) => value.abs()),
  SIGN: one((value) => (value.isZero() ? ZERO : value.isNegative() ? ONE.neg() : ONE)),
  ROUND: toPlaces(HALF_UP),
  ROUNDDOWN: toPlaces(DOWN),
  TRUNC: toPlaces(DOWN),
  ROUNDUP: toPlaces(Decimal.ROUND_UP),
  INT: one((value, env) => bounded(env, snapped(value, env).floor())),
  FLOOR: toMultiple(Decimal.ROUND_FLOOR),
  ...named('CEILING CEIL', toMultiple(Decimal.ROUND_CEIL)),
  MROUND: toMultiple(HALF_UP),
  MOD: each(2, 2, ([a, b], env) => modulo(env, snapped(needNumber(a, 'the first argument'), env), snapped(needNumber(b, 'the divisor'), env))),
  QUOTIENT: each(2, 2, ([a, b], env) =>
    bounded(env, snapped(divide({ exact: true }, needNumber(a, 'the first argument'), needNumber(b, 'the divisor'))).trunc()),
  ),
  ...named(
    'POWER POW',
    each(2, 2, ([a, b], env) => power(env, needNumber(a, 'the base'), needNumber(b, 'the exponent'))),
  ),
  SQRT: one((value, env) => squareRoot(env, value)),
  CBRT: one((value, env) => {
    const root = Work.cbrt(value)
    return root.pow(3).eq(value) ? bounded(env, root) : rounded(env, root)
  }),
  EXP: one((value, env) => {
    if (value.abs().gt(2300)) throw new ExpressionError('EXP of a number beyond 2300 is too large or too close to zero')
    return value.isZero() ? ONE : rounded(env, Work.exp(value))
  }),
  LN: one((value, env) => (value.eq(1) ? ZERO : value.gt(0) ? rounded(env, Work.ln(value)) : fail(positive('LN').says))),
  LOG: each(1, 2, ([value, base], env) =>
    logarithm(needNumber(value, 'the number'), base === undefined ? num(10) : needNumber(base, 'the base'), env),
  ),
  LOG10: one((value, env) => logarithm(value, num(10), env)),
  LOG2: one((value, env) => logarithm(value, num(2), env)),
  PI: each(0, 0, (_, env) => rounded(env, PI)),
  SIN: angle((value) => Work.sin(value)),
  COS: angle((value) => Work.cos(value)),
  TAN: angle((value) => {
    if (Work.cos(value).abs().lt('1e-60')) throw new ExpressionError('the tangent of a right angle is not defined')
    return Work.tan(value)
  }),
  ASIN: transcendental((value) => Work.asin(value), between(-1, 1, 'ASIN')),
  ACOS: transcendental((value) => Work.acos(value), between(-1, 1, 'ACOS')),
  ATAN: transcendental((value) => Work.atan(value)),
  ATAN2: each(2, 2, ([x, y], env) => {
    const [a, b] = [needNumber(x, 'x'), needNumber(y, 'y')]
    if (a.isZero() && b.isZero()) throw new ExpressionError('ATAN2(0, 0) is not defined')
    return rounded(env, Work.atan2(b, a))
  }),
  SINH: transcendental((value) => Work.sinh(value), between(-2300, 2300, 'SINH here')),
  COSH: transcendental((value) => Work.cosh(value), between(-2300, 2300, 'COSH here')),
  TANH: transcendental((value) => Work.tanh(value), between(-2300, 2300, 'TANH here')),
  DEGREES: transcendental((value) => value.mul(180).div(PI)),
  RADIANS: transcendental((value) => value.mul(PI).div(180)),
  ...named(
    'FACT FACTORIAL',
    one((value, env) => factorial(env, value)),
  ),
  ...named(
    'COMBIN NCR',
    each(2, 2, ([a, b], env) => {
      const n = needInteger(a, 'the number of things', 0, 10_000)
      const k = needInteger(b, 'the number chosen', 0, n)
      const few = Math.min(k, n - k)
      if (few > 600) throw new ExpressionError('the number of combinations is too large')
      return bounded(env, num((falling(n, few) / falling(few, few)).toString()))
    }),
  ),
  ...named(
    'PERMUT NPR',
    each(2, 2, ([a, b], env) => {
      const n = needInteger(a, 'the number of things', 0, 10_000)
      const k = needInteger(b, 'the number chosen', 0, Math.min(n, 600))
      return bounded(env, num(falling(n, k).toString()))
    }),
  ),
  GCD: each(1, Infinity, (args) => num(wholes(args).reduce(gcd, 0n).toString())),
  LCM: each(1, Infinity, (args, env) =>
    wholes(args).reduce((sum, value) => {
      if (value === 0n) return ZERO
      const known = BigInt(sum.toFixed())
      return bounded(env, num(((known / gcd(known, value)) * (value < 0n ? -value : value)).toString()))
    }, ONE),
  ),
  HYPOT: each(2, 2, ([a, b], env) => {
    const [x, y] = [needNumber(a, 'the first side'), needNumber(b, 'the second side')]
    return squareRoot(env, add(env, multiply(env, x, x), multiply(env, y, y)))
  }),
}

function fail(message: string): never {
  throw new ExpressionError(message)
}
