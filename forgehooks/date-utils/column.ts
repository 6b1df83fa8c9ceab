import type { Zone } from 'luxon'
import type { Order } from './day.ts'
import { isImpossible } from './impossible.ts'
import { fold } from './names.ts'
import { clean } from './normalize.ts'
import { parseText, type Parsed } from './parse-text.ts'

const NUMERIC = /^\s*(?:\p{L}{2,9}\.?,?\s+)?(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})(?!\d|[-/.])/u

export type Orders = Record<string, 'mdy' | 'dmy' | undefined>

/**
 * What a column says about its own order, for each separator: 25/12/2024 can only be day first, 12/25/2024 only month first.
 * Where values speak for both, or for neither, the usual rule stands (undefined).
 */
export function columnOrders(values: unknown[]): Orders {
  const seen: Record<string, Set<'mdy' | 'dmy'>> = {}
  for (const value of values) {
    const match = typeof value === 'string' ? NUMERIC.exec(clean(value).text) : null
    if (!match) continue
    const [first, second] = [Number(match[1]), Number(match[3])]
    const says = (seen[match[2] as string] ??= new Set())
    if (first > 12 && first <= 31 && second >= 1 && second <= 12) says.add('dmy')
    if (second > 12 && second <= 31 && first >= 1 && first <= 12) says.add('mdy')
  }
  return Object.fromEntries(Object.entries(seen).map(([separator, says]) => [separator, says.size === 1 ? [...says][0] : undefined]))
}

/** The order for one value: as the caller says, else as its column says. */
export function orderFor(value: unknown, order: Order, orders: Orders): Order {
  if (order !== 'auto' || typeof value !== 'string') return order
  const separator = NUMERIC.exec(clean(value).text)?.[2]
  return (separator && orders[separator]) || 'auto'
}

const DATE_WORDS = new Set(
  `date dates datetime day days time timestamp ts epoch unix when at on created updated modified deleted due start started end ended begin birthday birth dob born since until
  expires expiry expiration deadline signup month week quarter period data datas dia hora nascimento vencimento criado atualizado inicio fim prazo mes semana trimestre fecha datum`.split(
    /\s+/,
  ),
)

/** `orderDate`, `created_at`, `Data de nascimento`: whether the name of a column speaks of dates. */
export function namesDates(column: string): boolean {
  const words = fold(column.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')).split(/[^\p{L}]+/u)
  return words.some((word) => DATE_WORDS.has(word))
}

/**
 * Whether most values of a column read as dates. Strict where a date may be something else: bare digits (ids, zip codes, amounts),
 * 2024-065 (an invoice?), 10.2.24 (a version?) count only under a name that speaks of dates, and bare digits only if all of them do.
 */
export function looksLikeDates(column: string, values: unknown[], zone: Zone): boolean {
  const known = values.filter((value) => value !== null && value !== undefined && value !== '')
  if (known.length === 0) return false
  const hinted = namesDates(column)
  const bare = known.filter(
    (value) =>
      typeof value === 'number' || (/^[-+]?[\d.,]+$/.test(String(value).trim()) && !/^\d{1,2}\.\d{1,2}\.\d{2,4}$/.test(String(value).trim())),
  )
  if (bare.length > known.length / 2) return hinted && known.every((value) => isBareDate(value, zone))
  return known.filter((value) => isDateText(value, hinted, zone)).length > known.length / 2
}

function isBareDate(value: unknown, zone: Zone): boolean {
  const digits = String(value).trim()
  if (!/^(\d{8}|\d{10}|\d{13}|\d{16}|\d{19})$/.test(digits)) return false
  const parsed = read(value as string | number, zone)
  return parsed !== undefined && plausible(parsed)
}

function isDateText(value: unknown, hinted: boolean, zone: Zone): boolean {
  if (typeof value !== 'string') return false
  const text = value.trim()
  if (!hinted && (/^\d{4}-\d{1,3}$/.test(text) || /^\d{1,2}[-/]\d{4}$/.test(text) || /^[\d\s]+$/.test(text))) return false
  if (!hinted && /^\d{1,2}\.\d{1,2}\.\d{2}$/.test(text) && !/^\d{2}\.\d{2}\.\d{2}$/.test(text)) return false
  // T3 2024 and H1 2024 may be models.
  if (!hinted && /^(?:[hst] ?\d|\d[hst])/i.test(text)) return false
  const parsed = read(text, zone)
  if (parsed === undefined) return impossibleButDated(text)
  return parsed.kind !== 'year' && plausible(parsed)
}

/** 2023-02-29 and 31/04/2024 are meant as dates: they are to be reported, not overlooked. */
function impossibleButDated(text: string): boolean {
  return /^\d{1,2}([-/.])\d{1,2}\1\d{4}(\s+\d{1,2}:\d{2}.*)?$/.test(text) || /^\d{4}([-/])\d{2}\1\d{2}([T ]\d{2}:\d{2}.*)?$/.test(text)
}

function read(value: string | number, zone: Zone): Parsed | undefined {
  const parsed = parseText(value, { order: 'auto', zone, convert: false })
  return isImpossible(parsed) ? undefined : parsed
}

const plausible = (parsed: Parsed) => {
  const year = Number(parsed.date.slice(0, 4))
  return year >= 1900 && year <= 2100
}
