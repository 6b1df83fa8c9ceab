import type { Decimal } from 'decimal.js'
import * as worth from '../../lib/expression-depreciation.ts'
import * as finance from '../../lib/expression-finance.ts'
import { divide, num, ONE, Work, ZERO } from '../../lib/expression-number.ts'
import { cellsOf, numbersOf, numeric, values, type Argument, type SheetFunctions } from './function.ts'
import { isBlank, SheetError, toNumber, type Scalar } from './value.ts'

const { isDue } = finance
const optional = (value: Argument): Decimal | undefined => (value === undefined ? undefined : toNumber(value))
type Five = [Decimal, Decimal, Decimal, Decimal?, Decimal?]
type Six = [Decimal, Decimal, Decimal, Decimal, Decimal?, Decimal?]

const loan = (work: (...args: Required<Five>) => Decimal) =>
  numeric(3, 5, (...[a, b, c, d = ZERO, type = ZERO]) => work(a as Decimal, b as Decimal, c as Decimal, d, isDue(type)))
const share = (work: (...args: Required<Six>) => Decimal) =>
  numeric(4, 6, (...[a, b, c, d, e = ZERO, type = ZERO]) => work(a as Decimal, b as Decimal, c as Decimal, d as Decimal, e, isDue(type)))

function dated(amounts: Argument, dates: Argument): finance.Flow[] {
  const [sums, days] = [cellsOf(amounts), cellsOf(dates)]
  if (sums.length !== days.length || sums.length < 1) throw new SheetError('#NUM!', 'amounts and dates must be two ranges of one size')
  return sums.flatMap((sum, at) => {
    const date = days[at] as Scalar
    if (isBlank(sum) && isBlank(date)) return []
    if (isBlank(sum) || isBlank(date)) throw new SheetError('#VALUE!', 'each amount needs its date')
    const day = toNumber(date).floor()
    if (day.lt(0) || day.gt(2_958_465)) throw new SheetError('#NUM!', 'a date lies outside the years 1900 to 9999')
    return [{ amount: toNumber(sum), day: day.toNumber() }]
  })
}

export const financeFunctions: SheetFunctions = {
  PMT: loan(finance.payment),
  FV: loan(finance.futureValue),
  PV: loan(finance.presentValue),
  NPER: loan(finance.periodsNeeded),
  RATE: numeric(3, 6, (n, pay, present, future = ZERO, type = ZERO, guess = num('0.1')) =>
    finance.interestRate(n as Decimal, pay as Decimal, present as Decimal, future, isDue(type), guess),
  ),
  IPMT: share(finance.interestPart),
  PPMT: share(finance.principalPart),
  ISPMT: numeric(4, 4, (rate, period, periods, present) => present.mul(rate).mul(divide({ exact: true }, period, periods).minus(1))),
  CUMIPMT: numeric(6, 6, (...args) => finance.cumulative('interest', args as never)),
  CUMPRINC: numeric(6, 6, (...args) => finance.cumulative('principal', args as never)),
  NPV: values(2, 255, ([rate, ...flows], context) => finance.netPresentValue(toNumber(rate), numbersOf(flows, context))),
  IRR: values(1, 2, ([flows, guess], context) => finance.internalRate(numbersOf([flows], context), optional(guess))),
  MIRR: values(3, 3, ([flows, cost, gain], context) => finance.modifiedRate(numbersOf([flows], context), toNumber(cost), toNumber(gain))),
  XNPV: values(3, 3, ([rate, amounts, dates]) => finance.datedPresentValue(toNumber(rate), dated(amounts, dates))),
  XIRR: values(2, 3, ([amounts, dates, guess]) => finance.datedRate(dated(amounts, dates), optional(guess))),
  SLN: numeric(3, 3, worth.straightLine),
  SYD: numeric(4, 4, worth.sumOfYears),
  DB: numeric(4, 5, worth.fixedDeclining),
  DDB: numeric(4, 5, worth.doubleDeclining),
  VDB: numeric(5, 7, (cost, salvage, life, start, end, factor = num(2), noSwitch = ZERO) =>
    worth.variableDeclining([cost, salvage, life, start, end] as never, factor, !noSwitch.isZero()),
  ),
  EFFECT: numeric(2, 2, worth.effectiveRate),
  NOMINAL: numeric(2, 2, worth.nominalRate),
  DOLLARDE: numeric(2, 2, worth.fractionToDecimal),
  DOLLARFR: numeric(2, 2, worth.decimalToFraction),
  RRI: numeric(3, 3, (periods, present, future) => {
    if (periods.lte(0) || present.isZero()) throw new SheetError('#NUM!', 'periods and present value must not be 0')
    const growth = future.div(present)
    if (growth.lt(0)) throw new SheetError('#NUM!', 'the values must have one sign')
    return Work.pow(growth, ONE.div(periods)).minus(1)
  }),
  PDURATION: numeric(3, 3, (rate, present, future) => {
    if (rate.lte(0) || present.lte(0) || future.lte(0)) throw new SheetError('#NUM!', 'all three must be above 0')
    return Work.ln(future.div(present)).div(Work.ln(rate.plus(1)))
  }),
  FVSCHEDULE: values(2, 2, ([principal, rates]) =>
    cellsOf(rates).reduce<Decimal>((total, rate) => {
      if (rate instanceof SheetError) throw rate
      if (!isBlank(rate) && typeof rate !== 'object') throw new SheetError('#VALUE!', 'the rates must be numbers or blank')
      return total.mul(toNumber(rate).plus(1))
    }, toNumber(principal)),
  ),
}
