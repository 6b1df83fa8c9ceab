import { HookError } from '@cadre/contract/forgehook'
import { htmlEscaped, percentEncoded } from './codecs.ts'
import type { Filter } from './template-parse.ts'

type Apply = (value: unknown, args: (string | number)[]) => unknown

const text = (value: unknown): string => (typeof value === 'object' ? JSON.stringify(value) : String(value))

function list(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value)) throw new HookError(`the filter ${name} takes a list, not ${typeof value}`, 'template')
  return value
}

function number(value: unknown, name: string): number {
  const read = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
  if (!Number.isFinite(read)) throw new HookError(`the filter ${name} takes a number, not ${JSON.stringify(value)}`, 'template')
  return read
}

function places(value: unknown, name: string): number {
  const many = number(value ?? 0, name)
  if (!Number.isInteger(many) || many < 0 || many > 20) throw new HookError(`the filter ${name} takes 0 to 20 decimal places`, 'template')
  return many
}

/** Half away from zero, by the digits that people see: 1.005 is 1.01. */
function fixed(value: number, digits: number): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(plainDigits(value))
  if (!parts) return value.toFixed(digits)
  const [, sign = '', whole = '0', fraction = ''] = parts
  const kept = BigInt(whole + fraction.slice(0, digits).padEnd(digits, '0')) + (Number(fraction[digits] ?? 0) >= 5 ? 1n : 0n)
  const padded = String(kept).padStart(digits + 1, '0')
  const written = digits === 0 ? padded : `${padded.slice(0, -digits)}.${padded.slice(-digits)}`
  return (/[1-9]/.test(written) ? sign : '') + written
}

function plainDigits(value: number): string {
  const written = String(value)
  const parts = /^(-?)(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(written)
  if (!parts) return written
  const [, sign = '', first = '', rest = '', exponent = '0'] = parts
  const shift = Number(exponent)
  return shift < 0 ? `${sign}0.${'0'.repeat(-shift - 1)}${first}${rest}` : sign + (first + rest).padEnd(shift + 1, '0')
}

const grouped = (written: string) =>
  written.replace(/^(-?)(\d+)/, (_, sign: string, digits: string) => sign + digits.replace(/\B(?=(\d{3})+$)/g, ','))

const FILTERS: Record<string, Apply> = {
  upper: (value) => text(value).toUpperCase(),
  lower: (value) => text(value).toLowerCase(),
  capitalize: (value) => text(value).replace(/^\p{L}/u, (letter) => letter.toUpperCase()),
  title: (value) =>
    text(value)
      .toLowerCase()
      .replace(/(?<![\p{L}\p{N}'’])\p{L}/gu, (letter) => letter.toUpperCase()),
  trim: (value) => text(value).trim(),
  length: (value) =>
    Array.isArray(value) ? value.length : typeof value === 'object' ? Object.keys(value as object).length : [...text(value)].length,
  first: (value) => (typeof value === 'string' ? [...value][0] : list(value, 'first')[0]),
  last: (value) => (typeof value === 'string' ? [...value].at(-1) : list(value, 'last').at(-1)),
  join: (value, [separator = ', ']) => list(value, 'join').map(text).join(String(separator)),
  reverse: (value) => (typeof value === 'string' ? [...value].toReversed().join('') : list(value, 'reverse').toReversed()),
  sort: (value) =>
    list(value, 'sort').toSorted((a, b) =>
      typeof a === 'number' && typeof b === 'number' ? a - b : text(a) < text(b) ? -1 : text(a) > text(b) ? 1 : 0,
    ),
  round: (value, [digits]) => fixed(number(value, 'round'), places(digits, 'round')),
  number: (value, [digits]) =>
    grouped(digits === undefined ? plainDigits(number(value, 'number')) : fixed(number(value, 'number'), places(digits, 'number'))),
  replace: (value, [from = '', to = '']) => (from === '' ? text(value) : text(value).replaceAll(String(from), () => String(to))),
  truncate: (value, [length = 100, ending = '…']) => {
    const letters = [...text(value)]
    return letters.length <= Number(length)
      ? text(value)
      : letters.slice(0, Math.max(0, Number(length) - [...String(ending)].length)).join('') + String(ending)
  },
  json: (value) => JSON.stringify(value),
  url: (value) => percentEncoded(text(value)),
  html: (value) => htmlEscaped(text(value)),
  indent: (value, [spaces = 2]) => text(value).replace(/\n(?=.)/g, `\n${' '.repeat(Math.min(Number(spaces), 100))}`),
}

const ALSO: Record<string, string> = {
  uppercase: 'upper',
  lowercase: 'lower',
  size: 'length',
  count: 'length',
  escape: 'html',
  urlencode: 'url',
  tojson: 'json',
  fixed: 'round',
  upcase: 'upper',
  downcase: 'lower',
}

/** The filters are these and no others. What is missing stays missing through all but `default`. */
export function applyFilter({ name, args }: Filter, value: unknown): unknown {
  if (name === 'default') {
    if (args.length !== 1) throw new HookError('the filter default takes one value, as in {{name | default: "none"}}', 'template')
    return value === undefined || value === null || value === '' ? args[0] : value
  }
  const known = Object.hasOwn(FILTERS, name) ? name : Object.hasOwn(ALSO, name) ? (ALSO[name] as string) : undefined
  if (known === undefined)
    throw new HookError(`the filter ${JSON.stringify(name)} is not known; known: default, ${Object.keys(FILTERS).join(', ')}`, 'template')
  return value === undefined || value === null ? value : (FILTERS[known] as Apply)(value, args)
}
