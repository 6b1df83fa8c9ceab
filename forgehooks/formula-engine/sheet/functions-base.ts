import { num } from '../../lib/expression-number.ts'
import { each, numeric, type SheetFunction, type SheetFunctions } from './function.ts'
import { needThat } from './functions-math.ts'
import { SheetError, toNumber, toText, toWhole, type Scalar } from './value.ts'

const ROMAN: [string, number][] = [
  ['M', 1000],
  ['CM', 900],
  ['D', 500],
  ['CD', 400],
  ['C', 100],
  ['XC', 90],
  ['L', 50],
  ['XL', 40],
  ['X', 10],
  ['IX', 9],
  ['V', 5],
  ['IV', 4],
  ['I', 1],
]

function toRoman(value: number): string {
  let [rest, text] = [value, '']
  for (const [sign, size] of ROMAN) {
    text += sign.repeat(Math.floor(rest / size))
    rest %= size
  }
  return text
}

function fromRoman(text: string): number {
  const body = text.trim().toUpperCase()
  const negative = body.startsWith('-')
  const signs = negative ? body.slice(1) : body
  if (!/^[MDCLXVI]*$/.test(signs) || signs.length > 255) throw new SheetError('#VALUE!', `"${text.slice(0, 40)}" is not a Roman number`)
  const sizes = [...signs].map((sign) => ROMAN.find(([known]) => known === sign)?.[1] ?? 0)
  // A smaller sign before a larger one is taken from it, also in the short forms of ROMAN: ID is 499.
  const total = sizes.reduce((sum, size, at) => sum + (size < (sizes[at + 1] ?? 0) ? -size : size), 0)
  return negative ? -total : total
}

/** Ten digits with two's complement: the numbers of BIN2DEC, OCT2DEC and HEX2DEC. */
const BASES: Record<string, { base: number; half: number }> = {
  BIN: { base: 2, half: 2 ** 9 },
  OCT: { base: 8, half: 2 ** 29 },
  HEX: { base: 16, half: 2 ** 39 },
}

function readDigits(value: Scalar | undefined, name: string): number {
  const { base, half } = BASES[name] as { base: number; half: number }
  const text = toText(value).trim()
  const digits = '0123456789abcdef'.slice(0, base)
  if (text.length > 10 || !new RegExp(`^[${digits}]*$`, 'i').test(text))
    throw new SheetError('#NUM!', `"${text.slice(0, 40)}" is not a number of base ${base}`)
  const number = text === '' ? 0 : parseInt(text, base)
  return number >= half ? number - 2 * half : number
}

function writeDigits(number: number, name: string, places: Scalar | undefined): string {
  const { base, half } = BASES[name] as { base: number; half: number }
  needThat(number >= -half && number < half, `the number does not fit into ten digits of base ${base}`)
  const text = (number < 0 ? number + 2 * half : number).toString(base).toUpperCase()
  if (number < 0 || places === undefined || places === null) return text
  const width = toWhole(places)
  needThat(width >= text.length && width <= 10, `${width} places are too few, or more than 10`)
  return text.padStart(width, '0')
}

const conversion = (from: string, to: string): SheetFunction =>
  to === 'DEC'
    ? each(1, 1, ([value]) => num(readDigits(value, from)))
    : each(1, 2, ([value, places]) => writeDigits(from === 'DEC' ? toWhole(value) : readDigits(value, from), to, places))

const NAMES = ['BIN', 'OCT', 'HEX', 'DEC']
const conversions = Object.fromEntries(
  NAMES.flatMap((from) => NAMES.filter((to) => to !== from).map((to): [string, SheetFunction] => [`${from}2${to}`, conversion(from, to)])),
)

const bits = (work: (a: bigint, b: bigint) => bigint) =>
  numeric(2, 2, (a, b) => {
    for (const value of [a, b]) needThat(value.isInteger() && value.gte(0) && value.lt(2 ** 48), 'whole numbers from 0 to 2^48 are needed')
    return num(work(BigInt(a.toFixed()), BigInt(b.toFixed())).toString())
  })

const shift = (direction: 1 | -1) =>
  numeric(2, 2, (value, by) => {
    needThat(value.isInteger() && value.gte(0) && value.lt(2 ** 48) && by.abs().lte(53), 'the number or the shift is out of bounds')
    const steps = by.trunc().toNumber() * direction
    const moved = steps >= 0 ? BigInt(value.toFixed()) << BigInt(steps) : BigInt(value.toFixed()) >> BigInt(-steps)
    needThat(moved < 2n ** 48n, 'the number is too large')
    return num(moved.toString())
  })

export const baseFunctions: SheetFunctions = {
  ...conversions,
  BASE: each(2, 3, ([value, base, least]) => {
    const [number, radix, width] = [toWhole(value), toWhole(base), toWhole(least)]
    needThat(number >= 0 && number < 2 ** 53 && radix >= 2 && radix <= 36 && width >= 0 && width <= 255, 'the number or the base is out of bounds')
    return number.toString(radix).toUpperCase().padStart(width, '0')
  }),
  DECIMAL: each(2, 2, ([value, base]) => {
    const [text, radix] = [toText(value).trim().toLowerCase(), toWhole(base)]
    needThat(radix >= 2 && radix <= 36 && text.length <= 255, 'the base must be from 2 to 36')
    const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix)
    let total = 0n
    for (const char of text) {
      needThat(digits.includes(char), `"${char}" is no digit of base ${radix}`)
      total = total * BigInt(radix) + BigInt(digits.indexOf(char))
    }
    return num(total.toString())
  }),
  ROMAN: each(1, 2, ([value, form]) => {
    const number = toWhole(value)
    if (number < 0 || number > 3999) throw new SheetError('#VALUE!', 'ROMAN is known from 0 to 3999')
    if (form !== undefined && form !== null && form !== true && !toNumber(form).isZero())
      throw new SheetError('#VALUE!', 'only the classic form 0 of ROMAN is available')
    return toRoman(number)
  }),
  ARABIC: each(1, 1, ([text]) => num(fromRoman(toText(text)))),
  BITAND: bits((a, b) => a & b),
  BITOR: bits((a, b) => a | b),
  BITXOR: bits((a, b) => a ^ b),
  BITLSHIFT: shift(1),
  BITRSHIFT: shift(-1),
}
