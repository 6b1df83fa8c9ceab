import { Decimal } from 'decimal.js'
import { add, bounded, divide, factorial, modulo, multiply, num, ONE, power, snapped, squareRoot, Work, ZERO } from '../../lib/expression-number.ts'
import { cellsOf, each, named, numbersOf, numeric, values, type SheetFunctions } from './function.ts'
import { Grid, SheetError, toNumber, toWhole, type Scalar } from './value.ts'
import { isNumber } from '../../lib/expression-value.ts'

const NOTE = { exact: true }
export const PI = num('3.14159265358979323846264338327950288419716939937510582097494459230781640628620899')
const { ROUND_HALF_UP: HALF_UP, ROUND_UP: UP, ROUND_DOWN: DOWN, ROUND_CEIL, ROUND_FLOOR } = Decimal

const fail = (message: string, code = '#NUM!'): never => {
  throw new SheetError(code, message)
}
export const needThat = (holds: boolean, message: string): void => {
  if (!holds) fail(message)
}

/** To decimal places, or to tens and hundreds by negative ones. */
export function roundTo(given: Decimal, digits: number, mode: Decimal.Rounding): Decimal {
  const value = snapped(given)
  if (digits >= 0) return num(value.toDecimalPlaces(Math.min(digits, 1000), mode))
  if (digits < -400) return ZERO
  const scale = num(10).pow(-digits)
  return num(value.div(scale).toDecimalPlaces(0, mode)).mul(scale)
}

/** Zero to the power of zero is an error in Excel, not 1. */
export function raise(base: Decimal, exponent: Decimal): Decimal {
  if (base.isZero() && exponent.isZero()) throw new SheetError('#NUM!', '0^0 is not defined')
  return bounded(NOTE, power(NOTE, base, exponent))
}

const rounding = (mode: Decimal.Rounding, least = 2) =>
  each(least, 2, ([value, digits]) => roundTo(toNumber(value), Math.max(-500, Math.min(1000, toWhole(digits))), mode))

/** The multiple of `step` next to a number in the direction of `mode`. */
const multiple = (value: Decimal, step: Decimal, mode: Decimal.Rounding): Decimal => {
  if (step.isZero()) return ZERO
  return multiply(NOTE, snapped(divide(NOTE, value, step)).toDecimalPlaces(0, mode), step)
}

/** CEILING and FLOOR: a positive number with a negative step is an error; with both negative they go away from or towards zero. */
const classic = (mode: Decimal.Rounding, name: string) =>
  numeric(2, 2, (value, step) => {
    if (step.isZero() && name === 'FLOOR' && !value.isZero()) fail('division by zero', '#DIV/0!')
    needThat(!(value.gt(0) && step.lt(0)), `${name} of a positive number needs a positive step`)
    return multiple(value, step, mode)
  })

const mathematical = (isCeiling: boolean) =>
  numeric(1, 3, (value, step = ONE, mode = ZERO) => {
    const turned = value.lt(0) && !mode.isZero()
    return multiple(value, step.abs(), isCeiling !== turned ? ROUND_CEIL : ROUND_FLOOR)
  })

const whole = (value: Decimal): bigint => BigInt(snapped(value).trunc().toFixed())
const big = (value: bigint): Decimal => num(value.toString())
const gcd = (a: bigint, b: bigint): bigint => {
  while (b) [a, b] = [b, a % b]
  return a
}
const wholes = (list: Decimal[]): bigint[] =>
  list.map((value) => {
    needThat(value.gte(0) && value.lt('9007199254740992'), 'whole numbers from 0 to 2^53 are needed')
    return whole(value)
  })

function choices(n: Decimal, k: Decimal, isOrdered: boolean): Decimal {
  const [all, some] = [n.trunc(), k.trunc()]
  needThat(some.gte(0) && all.gte(some), 'the number chosen must be from 0 to the number of things')
  const count = isOrdered ? some.toNumber() : Decimal.min(some, all.minus(some)).toNumber()
  needThat(count <= 1100, 'the number is too large')
  let [over, under] = [1n, 1n]
  for (let at = 0; at < count; at++) [over, under] = [over * (whole(all) - BigInt(at)), isOrdered ? 1n : under * BigInt(at + 1)]
  return big(over / under)
}

const fact = (value: Decimal): Decimal => {
  needThat(value.gte(0) && value.lt(171), 'the factorial is known from 0 to 170')
  return factorial(NOTE, value.trunc())
}

const bounds = (value: Decimal, low: number, high: number, name: string): Decimal => {
  needThat(value.gte(low) && value.lte(high), `${name} is defined from ${low} to ${high}`)
  return value
}
const angle = (value: Decimal): Decimal => {
  needThat(value.abs().lt('134217728'), 'the angle is too large')
  return value
}
/** The last of 64 digits are noise: SIN(PI()) is 0, COS(RADIANS(60)) is 0.5. */
const clean = (value: Decimal): Decimal => (value.abs().lt('1e-55') ? ZERO : value.toSignificantDigits(45))
const toRadians = (value: Decimal): Decimal => value.mul(PI).div(180)
const logOf = (value: Decimal, base: Decimal): Decimal => {
  needThat(value.gt(0) && base.gt(0), 'a logarithm needs numbers above 0')
  if (base.eq(1)) fail('division by zero', '#DIV/0!')
  return clean(Work.log(value, base))
}

function quotient(a: Decimal, b: Decimal): Decimal {
  return snapped(divide(NOTE, a, b)).trunc()
}

function sumProduct(args: (unknown[] | undefined)[], sizes: string[]): Decimal {
  if (sizes.some((size) => size !== sizes[0])) throw new SheetError('#VALUE!', 'SUMPRODUCT needs ranges of one size')
  let total = ZERO
  for (let at = 0; at < (args[0]?.length ?? 0); at++) {
    let product = ONE
    for (const list of args) {
      const item = list?.[at] as Scalar
      if (item instanceof SheetError) throw item
      product = isNumber(item) ? multiply(NOTE, product, item) : ZERO
    }
    total = add(NOTE, total, product)
  }
  return total
}

const evenOdd = (isOdd: boolean) =>
  numeric(1, 1, (value) => {
    const size = snapped(value.abs()).ceil()
    const raised = size.mod(2).isZero() === isOdd ? size.plus(1) : size
    return value.isNegative() ? raised.neg() : raised
  })

export const mathFunctions: SheetFunctions = {
  SUM: values(1, 255, (args, context) => numbersOf(args, context).reduce((total, value) => add(NOTE, total, value), ZERO)),
  SUMSQ: values(1, 255, (args, context) => numbersOf(args, context).reduce((total, value) => add(NOTE, total, multiply(NOTE, value, value)), ZERO)),
  PRODUCT: values(1, 255, (args, context) => {
    const list = numbersOf(args, context)
    return list.length === 0 ? ZERO : list.reduce((total, value) => multiply(NOTE, total, value), ONE)
  }),
  SUMPRODUCT: values(1, 255, (args) =>
    sumProduct(
      args.map((arg) => cellsOf(arg)),
      args.map((arg) => (arg instanceof Grid ? `${arg.height}x${arg.width}` : '1x1')),
    ),
  ),
  ROUND: rounding(HALF_UP),
  ROUNDUP: rounding(UP),
  ROUNDDOWN: rounding(DOWN),
  TRUNC: rounding(DOWN, 1),
  INT: numeric(1, 1, (value) => snapped(value).floor()),
  MOD: numeric(2, 2, (a, b) => modulo(NOTE, snapped(a), snapped(b))),
  QUOTIENT: numeric(2, 2, quotient),
  CEILING: classic(ROUND_CEIL, 'CEILING'),
  FLOOR: classic(ROUND_FLOOR, 'FLOOR'),
  'CEILING.MATH': mathematical(true),
  'FLOOR.MATH': mathematical(false),
  ...named(
    'CEILING.PRECISE ISO.CEILING',
    numeric(1, 2, (value, step = ONE) => multiple(value, step.abs(), ROUND_CEIL)),
  ),
  'FLOOR.PRECISE': numeric(1, 2, (value, step = ONE) => multiple(value, step.abs(), ROUND_FLOOR)),
  MROUND: numeric(2, 2, (value, step) => {
    needThat(value.isZero() || step.isZero() || value.isNegative() === step.isNegative(), 'MROUND needs two numbers of one sign')
    return multiple(value, step, HALF_UP)
  }),
  EVEN: evenOdd(false),
  ODD: evenOdd(true),
  ABS: numeric(1, 1, (value) => value.abs()),
  SIGN: numeric(1, 1, (value) => num(value.isZero() ? 0 : value.isNegative() ? -1 : 1)),
  SQRT: numeric(1, 1, (value) => squareRoot(NOTE, value)),
  SQRTPI: numeric(1, 1, (value) => squareRoot(NOTE, value.mul(PI))),
  POWER: numeric(2, 2, raise),
  EXP: numeric(1, 1, (value) =>
    value.gt(709.78) ? fail('the number is too large') : value.lt(-745) ? ZERO : value.isZero() ? ONE : Work.exp(value),
  ),
  LN: numeric(1, 1, (value) => (value.gt(0) ? Work.ln(value) : fail('a logarithm needs numbers above 0'))),
  LOG: numeric(1, 2, (value, base = num(10)) => logOf(value, base)),
  LOG10: numeric(1, 1, (value) => logOf(value, num(10))),
  PI: each(0, 0, () => num(PI)),
  SIN: numeric(1, 1, (value) => clean(Work.sin(angle(value)))),
  COS: numeric(1, 1, (value) => clean(Work.cos(angle(value)))),
  TAN: numeric(1, 1, (value) => {
    if (Work.cos(angle(value)).abs().lt('1e-55')) fail('the tangent of a right angle is not defined')
    return clean(Work.tan(value))
  }),
  ASIN: numeric(1, 1, (value) => Work.asin(bounds(value, -1, 1, 'ASIN'))),
  ACOS: numeric(1, 1, (value) => Work.acos(bounds(value, -1, 1, 'ACOS'))),
  ATAN: numeric(1, 1, (value) => Work.atan(value)),
  ATAN2: numeric(2, 2, (x, y) => (x.isZero() && y.isZero() ? fail('division by zero', '#DIV/0!') : Work.atan2(y, x))),
  SINH: numeric(1, 1, (value) => Work.sinh(bounds(value, -710, 710, 'SINH'))),
  COSH: numeric(1, 1, (value) => Work.cosh(bounds(value, -710, 710, 'COSH'))),
  TANH: numeric(1, 1, (value) => (value.abs().gt(400) ? num(value.isNegative() ? -1 : 1) : Work.tanh(value))),
  DEGREES: numeric(1, 1, (value) => clean(value.mul(180).div(PI))),
  RADIANS: numeric(1, 1, (value) => toRadians(value)),
  FACT: numeric(1, 1, fact),
  FACTDOUBLE: numeric(1, 1, (value) => {
    needThat(value.gte(0) && value.lte(300), 'FACTDOUBLE is known from 0 to 300')
    let product = ONE
    for (let at = value.trunc().toNumber(); at > 1; at -= 2) product = multiply(NOTE, product, num(at))
    return product
  }),
  COMBIN: numeric(2, 2, (n, k) => choices(n, k, false)),
  COMBINA: numeric(2, 2, (n, k) => {
    needThat(n.trunc().gte(0), 'the number of things must not be negative')
    return k.trunc().isZero() ? ONE : choices(n.trunc().plus(k.trunc()).minus(1), k, false)
  }),
  PERMUT: numeric(2, 2, (n, k) => choices(n, k, true)),
  PERMUTATIONA: numeric(2, 2, (n, k) => {
    needThat(n.gte(0) && k.gte(0), 'the numbers must not be negative')
    return k.trunc().isZero() ? ONE : bounded(NOTE, raise(n.trunc(), k.trunc()))
  }),
  MULTINOMIAL: values(1, 255, (args, context) => {
    const list = wholes(numbersOf(args, context)).map(big)
    const over = fact(list.reduce<Decimal>((total, value) => total.plus(value), ZERO))
    return list.reduce<Decimal>((result, value) => divide(NOTE, result, fact(value)), over)
  }),
  GCD: values(1, 255, (args, context) => big(wholes(numbersOf(args, context)).reduce(gcd, 0n))),
  LCM: values(1, 255, (args, context) =>
    big(
      wholes(numbersOf(args, context)).reduce((total, value) => {
        if (total === 0n || value === 0n) return 0n
        const next = (total / gcd(total, value)) * value
        needThat(next < 2n ** 53n, 'the number is too large')
        return next
      }, 1n),
    ),
  ),
  SERIESSUM: values(4, 4, ([x, first, step, coefficients], context) =>
    numbersOf([coefficients], context).reduce<Decimal>((total, coefficient, at) => {
      const exponent = toNumber(first).plus(toNumber(step).mul(at))
      return total.plus(coefficient.mul(raise(toNumber(x), exponent)))
    }, ZERO),
  ),
  ...named(
    'RAND RANDBETWEEN RANDARRAY',
    each(0, 5, () => {
      throw new SheetError('#NAME?', 'random numbers would differ each time the call is repeated; they are not available')
    }),
  ),
}
