import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { UNIT_TABLE } from './unit-table.ts'
import { add, divide, ExpressionError, multiply, num, type Precision } from '../lib/expression-number.ts'

export type Unit = {
  name: string
  kind: string
  /** How many base units it is, as an exact fraction: a mile per hour is 1397/3125 metres per second. */
  over: string
  under: string
  /** Added before scaling: degrees Fahrenheit count from 459.67 below. */
  offset: string
}

const exactNames = new Map<string, Unit>()
/** Undefined where letters of another case mean another unit. */
const looseNames = new Map<string, Unit | undefined>()
for (const [kind, lines] of Object.entries(UNIT_TABLE)) {
  for (const line of lines) {
    const [names = '', value = ''] = line.split(' = ')
    const [factor = '', offset = '0'] = value.split(' + ')
    const [over = '1', under = '1'] = factor.split('/')
    const all = names.split('|')
    const unit: Unit = { name: all[0] as string, kind, over, under, offset }
    for (const name of all.flatMap((one) => (one.length > 2 && /[a-zé]$/.test(one) ? [one, `${one}s`] : [one]))) {
      exactNames.set(name, unit)
      const loose = name.toLowerCase()
      looseNames.set(loose, looseNames.has(loose) && looseNames.get(loose) !== unit ? undefined : unit)
    }
  }
}

/** Short names that begin with m or n and have no prefix in them: MPH is mph, but MG is not mg, nor MHZ mHz. */
const NO_PREFIX = /^(mi|mi2|mi²|min|mins|mo|mph|mpg|mps|mile|mil|nmi|m2|m²|m3|m³|ms)$/

export function findUnit(written: string): Unit | undefined {
  const name = written
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
    .replace(/\^([23])/, '$1')
    .replace(/^sq\.? /i, 'square ')
    .replace(/^cu\.? /i, 'cubic ')
  const exact = exactNames.get(name) ?? (name === 'square feet' || name === 'square ft' ? exactNames.get('ft2') : undefined)
  if (exact) return exact
  const loose = looseNames.get(name.toLowerCase())
  // M is mega and m is milli: where that is the difference, nobody can tell what was meant.
  const differs = loose && name.length <= 4 && /^[MmNnPp]/.test(name) && !NO_PREFIX.test(name.toLowerCase()) && isOtherCase(name, loose)
  return differs ? undefined : loose
}

const isOtherCase = (name: string, unit: Unit) =>
  [...exactNames].some(([known, one]) => one === unit && known.toLowerCase() === name.toLowerCase() && known[0] !== name[0])

/** Why a name that people use is no unit here. */
const UNCLEAR: Record<string, string> = {
  ton: 'a tonne (t), a short ton (US) or a long ton (UK)',
  tons: 'tonnes (t), short tons (US) or long tons (UK)',
  'l/100km': 'litres per 100 km is a reciprocal: it cannot be scaled to distances per litre',
  'l/100 km': 'litres per 100 km is a reciprocal: it cannot be scaled to distances per litre',
}

export function needUnit(written: string, field: string): Unit {
  const unit = findUnit(written)
  if (unit) return unit
  const name = written.trim().toLowerCase()
  const unclear = Object.hasOwn(UNCLEAR, name) ? UNCLEAR[name] : undefined
  if (unclear) throw new HookError(`"${written}" is unclear: ${unclear}`, field)
  const cases = [...exactNames.keys()].filter((known) => known.toLowerCase() === name)
  if (cases.length > 0)
    throw new HookError(
      `"${written}" could be ${cases.map((known) => `${known} (${exactNames.get(known)?.name})`).join(' or ')}: upper and lower case matter here`,
      field,
    )
  throw new HookError(
    `unknown unit "${written.slice(0, 60)}". Known kinds: ${Object.entries(UNIT_TABLE)
      .map(
        ([kind, lines]) =>
          `${kind} (${lines
            .slice(0, 4)
            .map((line) => line.split(/\||\s=/)[0])
            .join(', ')}, ...)`,
      )
      .join('; ')}`,
    field,
  )
}

/** One multiplication and one division, so that what is exact stays exact. */
export function convertUnits(precision: Precision, value: Decimal, from: Unit, to: Unit, field: string): Decimal {
  if ([from.kind, to.kind].includes('calendar') && [from.kind, to.kind].includes('time'))
    throw new HookError(
      `${from.name} and ${to.name} have no fixed ratio: months and years differ in length; say "julian year" for 365.25 days`,
      field,
    )
  if (from.kind !== to.kind) throw new HookError(`${from.name} (${from.kind}) cannot be converted to ${to.name} (${to.kind})`, field)
  if (from === to) return value
  if (from.kind === 'angle' && (from.name === 'rad' || to.name === 'rad')) precision.exact = false
  const shifted = add(precision, value, num(from.offset))
  if (from.kind === 'temperature' && shifted.isNegative()) throw new ExpressionError(`${value.toString()} ${from.name} is below absolute zero`)
  const above = multiply(precision, multiply(precision, shifted, num(from.over)), num(to.under))
  const scaled = divide(precision, above, multiply(precision, num(from.under), num(to.over)))
  return add(precision, scaled, num(to.offset).neg())
}
