import type { Decimal } from 'decimal.js'
import * as worth from './expression-depreciation.ts'
import * as finance from './expression-finance.ts'
import { columns, each, type ExpressionFunction, type FunctionTable } from './expression-function.ts'
import { isoMoment } from './expression-iso.ts'
import { bounded, ExpressionError, num, snapped, ZERO } from './expression-number.ts'
import { flat, isBlank, must, needNumber, numbers, shorten, toText, type Environment, type Scalar, type Value } from './expression-value.ts'

/** A function of numbers only, with the arguments of spreadsheets; those left out are undefined. Its last digits are rounded by nature. */
function money(least: number, most: number, names: string, work: (...args: Decimal[]) => Decimal): ExpressionFunction {
  const list = names.split(' ')
  return each(least, most, (args, env) => {
    const result = work(...args.map((arg, at) => needNumber(arg, list[at] ?? 'an argument')))
    env.exact = false
    return bounded(env, snapped(result))
  })
}

const due = (type: Decimal | undefined) => finance.isDue(type ?? ZERO)
const one = (value: Value | undefined, name: string): Decimal => {
  if (Array.isArray(value)) throw new ExpressionError(`${name} must be one value, not a column`)
  return needNumber(value, name)
}

function result(env: Environment, value: Decimal): Decimal {
  env.exact = false
  return bounded(env, snapped(value))
}

/** Amounts with their dates, which are ISO texts; rows where both are blank are left out. */
function dated(amounts: Value | undefined, dates: Value | undefined): finance.Flow[] {
  const [sums, days] = [flat([amounts ?? null]), flat([dates ?? null])]
  if (sums.length !== days.length) throw new ExpressionError(`there are ${sums.length} amounts and ${days.length} dates; each amount needs its date`)
  return sums.flatMap((sum, at) => {
    const date = must(days[at] ?? null)
    if (isBlank(sum) && isBlank(date)) return []
    if (isBlank(sum) || isBlank(date)) throw new ExpressionError('each amount needs its date')
    const moment = isoMoment(toText(date as Scalar))
    if (moment === undefined) throw new ExpressionError(`the date "${shorten(toText(date))}" is not an ISO 8601 date such as 2024-03-05`)
    return [{ amount: needNumber(sum, 'the amount'), day: Math.floor(moment / 86_400_000) }]
  })
}

const LOAN = 'rate periods payment present_value future_value type guess'

export const financeFunctions: FunctionTable = {
  PMT: money(3, 5, 'rate periods present_value future_value type', (r, n, v, f = ZERO, t) =>
    finance.payment(r as Decimal, n as Decimal, v as Decimal, f, due(t)),
  ),
  FV: money(3, 5, LOAN, (r, n, p, v = ZERO, t) => finance.futureValue(r as Decimal, n as Decimal, p as Decimal, v, due(t))),
  PV: money(3, 5, LOAN, (r, n, p, f = ZERO, t) => finance.presentValue(r as Decimal, n as Decimal, p as Decimal, f, due(t))),
  NPER: money(3, 5, LOAN, (r, p, v, f = ZERO, t) => finance.periodsNeeded(r as Decimal, p as Decimal, v as Decimal, f, due(t))),
  RATE: money(3, 6, LOAN, (n, p, v, f = ZERO, t, guess) => finance.interestRate(n as Decimal, p as Decimal, v as Decimal, f, due(t), guess)),
  IPMT: money(4, 6, LOAN, (r, k, n, v, f = ZERO, t) => finance.interestPart(r as Decimal, k as Decimal, n as Decimal, v as Decimal, f, due(t))),
  PPMT: money(4, 6, LOAN, (r, k, n, v, f = ZERO, t) => finance.principalPart(r as Decimal, k as Decimal, n as Decimal, v as Decimal, f, due(t))),
  CUMIPMT: money(6, 6, LOAN, (...args) => finance.cumulative('interest', args as never)),
  CUMPRINC: money(6, 6, LOAN, (...args) => finance.cumulative('principal', args as never)),
  SLN: money(3, 3, 'cost salvage life', worth.straightLine),
  SYD: money(4, 4, 'cost salvage life period', worth.sumOfYears),
  DB: money(4, 5, 'cost salvage life period months', worth.fixedDeclining),
  DDB: money(4, 5, 'cost salvage life period factor', worth.doubleDeclining),
  EFFECT: money(2, 2, 'rate periods', worth.effectiveRate),
  NOMINAL: money(2, 2, 'rate periods', worth.nominalRate),
  NPV: columns(2, Infinity, ([rate, ...flows], env) => result(env, finance.netPresentValue(one(rate, 'the rate'), numbers(flows, env)))),
  IRR: columns(1, 2, ([flows, guess], env) =>
    result(env, finance.internalRate(numbers([flows as Value], env), guess === undefined ? undefined : one(guess, 'the guess'))),
  ),
  MIRR: columns(3, 3, ([flows, cost, gain], env) =>
    result(env, finance.modifiedRate(numbers([flows as Value], env), one(cost, 'the finance rate'), one(gain, 'the reinvestment rate'))),
  ),
  XNPV: columns(3, 3, ([rate, amounts, dates], env) => result(env, finance.datedPresentValue(one(rate, 'the rate'), dated(amounts, dates)))),
  XIRR: columns(2, 3, ([amounts, dates, guess], env) =>
    result(env, finance.datedRate(dated(amounts, dates), guess === undefined ? num('0.1') : one(guess, 'the guess'))),
  ),
}
