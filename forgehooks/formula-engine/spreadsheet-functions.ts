import * as formulajs from '@formulajs/formulajs'
import FormulaParser, { type Argument } from 'fast-formula-parser'

const { FormulaError } = FormulaParser
/** The longest text of a cell, as in Excel. */
export const MAX_TEXT = 32_767

// What fast-formula-parser lacks, from formulajs. Left out on purpose: whatever reads the clock, draws at random or works in the server's time zone.
const SAME_NAME = `ACCRINT AVERAGEIFS CHOOSE CONVERT COUNTA COUNTBLANK COUNTIFS COVAR CUMIPMT CUMPRINC DB DDB DISC DOLLARDE DOLLARFR EFFECT FV FVSCHEDULE
  IPMT IRR ISODD ISPMT LARGE LEN LOOKUP MATCH MAX MAXA MAXIFS MEDIAN MIN MINA MINIFS MIRR NOMINAL NPER NPV PDURATION PEARSON PERMUT PERMUTATIONA PMT PPMT PV
  RATE RRI RSQ SKEW SLN SLOPE SMALL STDEVA STDEVPA STEYX SUBSTITUTE SUBTOTAL SUMIFS SWITCH SYD TEXTJOIN TRIMMEAN UPPER VALUE VARA VARPA`
const OTHER_NAME: Record<string, string> = {
  STDEV: 'STDEVS',
  'STDEV.S': 'STDEVS',
  STDEVP: 'STDEVP',
  'STDEV.P': 'STDEVP',
  VAR: 'VARS',
  'VAR.S': 'VARS',
  VARP: 'VARP',
  'VAR.P': 'VARP',
  MODE: 'MODESNGL',
  'MODE.SNGL': 'MODESNGL',
  PERCENTILE: 'PERCENTILEINC',
  'PERCENTILE.INC': 'PERCENTILEINC',
  'PERCENTILE.EXC': 'PERCENTILEEXC',
  QUARTILE: 'QUARTILEINC',
  'QUARTILE.INC': 'QUARTILEINC',
  'QUARTILE.EXC': 'QUARTILEEXC',
  PERCENTRANK: 'PERCENTRANKINC',
  RANK: 'RANKEQ',
  'RANK.EQ': 'RANKEQ',
  'RANK.AVG': 'RANKAVG',
}

/** Days since 1899-12-30, the way spreadsheets count dates. */
const serial = (moment: number) => moment / 86_400_000 + 25_569

export function spreadsheetFunctions(now: number): Record<string, (...args: Argument[]) => unknown> {
  const table: Record<string, (...args: Argument[]) => unknown> = {}
  for (const name of SAME_NAME.split(/\s+/)) table[name] = borrowed(name, name)
  for (const [name, theirs] of Object.entries(OTHER_NAME)) table[name] = borrowed(name, theirs)
  const refused = (why: string) => () => {
    throw new FormulaError('#NAME?', why)
  }
  const random = refused('random numbers would differ each time the call is repeated; they are not available')
  return {
    ...table,
    NOW: () => serial(now),
    TODAY: () => Math.floor(serial(now)),
    RAND: random,
    RANDBETWEEN: random,
    WEBSERVICE: refused('a formula cannot reach the network'),
    REPT: (text, times) => {
      const [value, number] = [single(text), Math.trunc(Number(single(times)))]
      const part = value === null || value === undefined ? '' : String(value)
      if (!(number >= 0) || part.length * number > MAX_TEXT) throw FormulaError.VALUE
      return part.repeat(number)
    },
    XNPV: (rate, values, dates) => presentValue(Number(single(rate)), flows(values, dates)),
    XIRR: (values, dates, guess) => internalRate(flows(values, dates), guess && !guess.omitted ? Number(single(guess)) : 0.1),
  }
}

function borrowed(name: string, theirs: string) {
  const work = (formulajs as unknown as Record<string, (...args: unknown[]) => unknown>)[theirs]
  if (typeof work !== 'function') throw new Error(`formulajs has no function ${theirs} for ${name}`)
  return (...args: Argument[]) => result(work(...args.map(plainArgument)))
}

function plainArgument(argument: Argument): unknown {
  if (argument.omitted) return undefined
  const value = argument.value
  for (const item of Array.isArray(value) ? value.flat() : [value]) if (item instanceof FormulaError) throw item
  return value
}

const single = (argument: Argument | undefined): unknown => {
  const value = argument ? plainArgument(argument) : undefined
  return Array.isArray(value) ? (value as unknown[][])[0]?.[0] : value
}

function result(value: unknown): unknown {
  if (value instanceof Error) throw new FormulaError(value.message.startsWith('#') ? value.message : '#VALUE!')
  if (typeof value === 'number' && !Number.isFinite(value)) throw FormulaError.NUM
  if (value === undefined || value === null) return 0
  return value
}

type Flow = { amount: number; day: number }

function flows(values: Argument | undefined, dates: Argument | undefined): Flow[] {
  const list = (argument: Argument | undefined) => [argument ? plainArgument(argument) : []].flat(3)
  const [amounts, days] = [list(values).map(Number), list(dates).map(dayNumber)]
  if (amounts.length !== days.length || amounts.length < 2) throw new FormulaError('#NUM!', 'amounts and dates must be two lists of the same length')
  if (![...amounts, ...days].every(Number.isFinite)) throw FormulaError.VALUE
  return amounts.map((amount, at) => ({ amount, day: days[at] as number }))
}

function dayNumber(value: unknown): number {
  if (typeof value === 'number') return Math.floor(value)
  return /^\d{4}-\d{2}-\d{2}$/.test(String(value)) ? serial(Date.parse(`${String(value)}T00:00:00Z`)) : Number.NaN
}

function presentValue(rate: number, list: Flow[]): number {
  if (!(rate > -1)) throw FormulaError.NUM
  const start = (list[0] as Flow).day
  return list.reduce((total, flow) => total + flow.amount / (1 + rate) ** ((flow.day - start) / 365), 0)
}

/** Newton's steps from the guess, then halving over -99.9999 % to 1,000,000 %: formulajs gives up, or depends on the time zone. */
function internalRate(list: Flow[], guess: number): number {
  if (!list.some((flow) => flow.amount > 0) || !list.some((flow) => flow.amount < 0)) throw FormulaError.NUM
  let rate = guess
  for (let step = 0; step < 50 && rate > -1; step++) {
    const value = presentValue(rate, list)
    const slope = (presentValue(rate + 1e-7, list) - value) / 1e-7
    const next = rate - value / slope
    if (!Number.isFinite(next)) break
    if (Math.abs(next - rate) < 1e-12) return next
    rate = next
  }
  let [low, high] = [-0.999999, 10_000]
  if (Math.sign(presentValue(low, list)) === Math.sign(presentValue(high, list))) throw FormulaError.NUM
  for (let step = 0; step < 200; step++) {
    const middle = (low + high) / 2
    if (Math.sign(presentValue(middle, list)) === Math.sign(presentValue(low, list))) low = middle
    else high = middle
  }
  return (low + high) / 2
}
