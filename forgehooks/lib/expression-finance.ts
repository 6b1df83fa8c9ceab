import type { Decimal } from 'decimal.js'
import { ExpressionError, num, ONE, Work, ZERO } from './expression-number.ts'

/** Signs as in spreadsheets: what you pay is negative. `due` is 1 when payments fall at the beginning of each period. */
const growth = (rate: Decimal, periods: Decimal): Decimal => {
  const base = rate.plus(1)
  if (base.lte(0)) throw new ExpressionError('the rate must be above -100%')
  const size = Work.log10(base).mul(periods)
  if (size.abs().gt(300)) throw new ExpressionError('the rate and the number of periods are too large')
  return Work.pow(base, periods)
}

export const isDue = (type: Decimal): Decimal => (type.isZero() ? ZERO : ONE)

/** The factor by which a regular payment counts. */
function annuity(rate: Decimal, periods: Decimal, due: Decimal): Decimal {
  if (rate.isZero()) return periods
  return rate.mul(due).plus(1).mul(growth(rate, periods).minus(1)).div(rate)
}

export function payment(rate: Decimal, periods: Decimal, present: Decimal, future = ZERO, due = ZERO): Decimal {
  if (periods.isZero()) throw new ExpressionError('the number of periods must not be 0')
  return present
    .mul(growth(rate, periods))
    .plus(future)
    .neg()
    .div(annuity(rate, periods, due))
}

export function futureValue(rate: Decimal, periods: Decimal, pay: Decimal, present = ZERO, due = ZERO): Decimal {
  return present
    .mul(growth(rate, periods))
    .plus(pay.mul(annuity(rate, periods, due)))
    .neg()
}

export function presentValue(rate: Decimal, periods: Decimal, pay: Decimal, future = ZERO, due = ZERO): Decimal {
  return future
    .plus(pay.mul(annuity(rate, periods, due)))
    .neg()
    .div(growth(rate, periods))
}

export function periodsNeeded(rate: Decimal, pay: Decimal, present: Decimal, future = ZERO, due = ZERO): Decimal {
  if (rate.isZero()) {
    if (pay.isZero()) throw new ExpressionError('without interest and payments nothing changes')
    return present.plus(future).neg().div(pay)
  }
  if (rate.lte(-1)) throw new ExpressionError('the rate must be above -100%')
  const paid = pay.mul(rate.mul(due).plus(1))
  const [over, under] = [paid.minus(future.mul(rate)), paid.plus(present.mul(rate))]
  if (under.isZero() || over.div(under).lte(0)) throw new ExpressionError('the payments never get there')
  return Work.ln(over.div(under)).div(Work.ln(rate.plus(1)))
}

export function interestPart(rate: Decimal, period: Decimal, periods: Decimal, present: Decimal, future = ZERO, due = ZERO): Decimal {
  if (period.lt(1) || period.gt(periods)) throw new ExpressionError('the period must be from 1 to the number of periods')
  const pay = payment(rate, periods, present, future, due)
  if (period.eq(1)) return due.isZero() ? present.mul(rate).neg() : ZERO
  const owed = due.isZero() ? futureValue(rate, period.minus(1), pay, present) : futureValue(rate, period.minus(2), pay, present, ONE).minus(pay)
  return owed.mul(rate)
}

export function principalPart(rate: Decimal, period: Decimal, periods: Decimal, present: Decimal, future = ZERO, due = ZERO): Decimal {
  return payment(rate, periods, present, future, due).minus(interestPart(rate, period, periods, present, future, due))
}

/** CUMIPMT and CUMPRINC: interest or principal of the periods from first to last. */
export function cumulative(
  kind: 'interest' | 'principal',
  [rate, periods, present, first, last, type]: [Decimal, Decimal, Decimal, Decimal, Decimal, Decimal],
): Decimal {
  const bad = rate.lte(0) || periods.lte(0) || present.lte(0) || first.lt(1) || last.lt(first) || last.gt(periods) || !(type.isZero() || type.eq(1))
  if (bad) throw new ExpressionError('rate, periods and present value must be above 0, and the first period not after the last')
  if (type.isZero()) {
    // What is owed at the end less what is owed before; the rest of the payments is interest.
    const [from, to] = [first.ceil(), last.floor()]
    const pay = payment(rate, periods, present)
    const paid = futureValue(rate, from.minus(1), pay, present).minus(futureValue(rate, to, pay, present))
    return kind === 'principal' ? paid : pay.mul(to.minus(from).plus(1)).minus(paid)
  }
  if (last.gt(1000)) throw new ExpressionError('more than 1000 periods')
  let total = ZERO
  for (let period = first.ceil(); period.lte(last); period = period.plus(1))
    total = total.plus((kind === 'interest' ? interestPart : principalPart)(rate, period, periods, present, ZERO, type))
  return total
}

export function netPresentValue(rate: Decimal, flows: Decimal[]): Decimal {
  if (rate.eq(-1)) throw new ExpressionError('division by zero', '#DIV/0!')
  const factor = rate.plus(1)
  // Horner's rule from the far end: one division for each flow.
  return flows.reduceRight((total, flow) => total.plus(flow).div(factor), ZERO)
}

/**
 * The root of `value` nearest to `guess`, between -99.9999 % and 100,000,000 %. It looks for a change of sign outwards from the
 * guess and halves: unlike Newton's steps it cannot jump to a far root or run away.
 */
export function solve(value: (rate: number) => number, guess: number): number {
  const low = -0.999999
  const start = Math.max(guess, low)
  let [left, right] = [start, start]
  let [atLeft, atRight] = [value(start), value(start)]
  if (atLeft === 0) return start
  let bracket: [number, number] | undefined
  for (let step = 0.005; !bracket && (left > low || right < 1e6); step *= 1.1) {
    const [nextLeft, nextRight] = [Math.max(low, left - Math.min(step, (left + 1) / 3)), Math.min(1e6, right + step)]
    const [valueLeft, valueRight] = [value(nextLeft), value(nextRight)]
    if (Number.isFinite(valueRight) && Math.sign(valueRight) !== Math.sign(atRight)) bracket = [right, nextRight]
    else if (Number.isFinite(valueLeft) && Math.sign(valueLeft) !== Math.sign(atLeft)) bracket = [nextLeft, left]
    ;[left, right, atLeft, atRight] = [nextLeft, nextRight, valueLeft, valueRight]
  }
  if (!bracket) throw new ExpressionError('no rate fits these amounts')
  let [a, b] = bracket
  const sign = Math.sign(value(a))
  for (let step = 0; step < 200 && a < b; step++) {
    const middle = (a + b) / 2
    if (middle <= a || middle >= b) break
    if (Math.sign(value(middle)) === sign) a = middle
    else b = middle
  }
  return Math.abs(value(a)) < Math.abs(value(b)) ? a : b
}

/** Three steps of Newton's in decimals give the digits that doubles have lost to cancellation. */
function polish(value: (rate: Decimal) => Decimal, root: number): Decimal {
  let rate = num(root)
  const small = num('1e-25')
  for (let step = 0; step < 3; step++) {
    const here = value(rate)
    const slope = value(rate.plus(small)).minus(here).div(small)
    if (slope.isZero()) break
    const next = rate.minus(here.div(slope))
    if (next.minus(rate).abs().gt('1e-6') || next.lte(-1)) break
    rate = next
  }
  return rate.toSignificantDigits(20)
}

const needBothSigns = (amounts: Decimal[]) => {
  if (!amounts.some((amount) => amount.gt(0)) || !amounts.some((amount) => amount.lt(0)))
    throw new ExpressionError('there must be money going out (negative) and coming in (positive)')
}

export function interestRate(periods: Decimal, pay: Decimal, present: Decimal, future = ZERO, due = ZERO, guess = num('0.1')): Decimal {
  if (periods.lte(0)) throw new ExpressionError('the number of periods must be above 0')
  const exactly = (rate: Decimal) => futureValue(rate, periods, pay, present, due).plus(future.neg())
  if (exactly(ZERO).isZero()) return ZERO
  const [n, p, v, f, d] = [periods, pay, present, future, due].map((item) => item.toNumber()) as [number, number, number, number, number]
  const value = (rate: number) => {
    const grown = (1 + rate) ** n
    return v * grown + p * (1 + rate * d) * (rate === 0 ? n : Math.expm1(n * Math.log1p(rate)) / rate) + f
  }
  return polish(exactly, solve(value, guess.toNumber()))
}

export function internalRate(flows: Decimal[], guess = num('0.1')): Decimal {
  needBothSigns(flows)
  const plain = flows.map((flow) => flow.toNumber())
  // Horner's rule: no powers, and no overflow before the answer itself overflows.
  const value = (rate: number) => plain.reduceRight((total, flow) => total / (1 + rate) + flow, 0)
  const root = solve(value, guess.toNumber())
  return flows.length > 2000 ? num(root.toPrecision(14)) : polish((rate) => netPresentValue(rate, flows), root)
}

export function modifiedRate(flows: Decimal[], finance: Decimal, reinvest: Decimal): Decimal {
  if (!flows.some((flow) => flow.gt(0)) || !flows.some((flow) => flow.lt(0)))
    throw new ExpressionError('there must be money going out and coming in', '#DIV/0!')
  const n = flows.length
  const gains = netPresentValue(
    reinvest,
    flows.map((flow) => (flow.gt(0) ? flow : ZERO)),
  ).mul(growth(reinvest, num(n)))
  const costs = netPresentValue(
    finance,
    flows.map((flow) => (flow.lt(0) ? flow : ZERO)),
  ).mul(finance.plus(1))
  return Work.pow(gains.neg().div(costs), ONE.div(n - 1)).minus(1)
}

/** A flow of money on a day (any count of days will do). */
export type Flow = { amount: Decimal; day: number }

function checkedFlows(flows: Flow[]) {
  const start = flows[0]?.day ?? 0
  if (flows.some((flow) => flow.day < start)) throw new ExpressionError('no date may come before the first')
  return start
}

export function datedPresentValue(rate: Decimal, flows: Flow[]): Decimal {
  if (rate.lte(-1)) throw new ExpressionError('the rate must be above -100%')
  const start = checkedFlows(flows)
  return flows.reduce((total, flow) => total.plus(flow.amount.div(Work.pow(rate.plus(1), num(flow.day - start).div(365)))), ZERO)
}

export function datedRate(flows: Flow[], guess = num('0.1')): Decimal {
  needBothSigns(flows.map((flow) => flow.amount))
  const start = checkedFlows(flows)
  const plain = flows.map((flow) => ({ amount: flow.amount.toNumber(), years: (flow.day - start) / 365 }))
  return num(solve((rate) => plain.reduce((total, flow) => total + flow.amount / (1 + rate) ** flow.years, 0), guess.toNumber()).toPrecision(14))
}
