import type { Match } from './extract.ts'

const MONTHS = [
  'january jan janeiro enero janvier januar gennaio',
  'february feb fevereiro febrero février fevrier februar febbraio fev',
  'march mar março marco marzo mars märz maerz',
  'april apr abril avril aprile abr avr',
  'may mai maio mayo maggio',
  'june jun junho junio juin juni giugno',
  'july jul julho julio juillet juli luglio',
  'august aug agosto août aout ago',
  'september sept sep setembro septiembre septembre settembre set',
  'october oct outubro octubre octobre oktober ottobre okt out',
  'november nov novembro noviembre novembre',
  'december dec dezembro diciembre décembre decembre dezember dicembre dez dic',
].map((names) => names.split(' '))
const MONTH = `(?:${MONTHS.flat()
  .toSorted((a, b) => b.length - a.length)
  .join('|')})`
const WEEKDAY = String.raw`(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day|mon|tue|tues|wed|thu|thurs|fri|sat|sun)`
const BEFORE = String.raw`(?<![\p{L}\p{N}_]|\d[.,/:-])`
const AFTER = String.raw`(?![\p{L}\p{N}_]|[-/.:]\d)`
const YEAR = String.raw`(?:1[0-9]|20|21)\d{2}`
const TIME = String.raw`(?:[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:[.,]\d+)?)?(?: ?(?:Z|[+-]\d{2}:?\d{2}))?)?`

const FORMS = [
  // 2024-03-05, 2024-03-05T10:00:00Z, 2024/3/5, 2024.03.05
  String.raw`(?<y1>${YEAR})(?<s1>[-/.])(?<m1>\d{1,2})\k<s1>(?<d1>\d{1,2})(?!\d)${TIME}`,
  // 05/03/2024, 5.3.24, 5-3-2024
  String.raw`(?<a2>\d{1,2})(?<s2>[-/.])(?<b2>\d{1,2})\k<s2>(?<y2>\d{4}|\d{2})(?!\d)${TIME}`,
  // March 5, 2024; Mar 5th
  String.raw`(?:${WEEKDAY}\.?,? )?(?<n3>${MONTH})\.? (?<d3>\d{1,2})(?:st|nd|rd|th)?(?!\d|[:.,]\d)(?:,? (?<y3>${YEAR})|,? ?'(?<c3>\d{2}))?`,
  // 5 March 2024, 5th of March, 5-Mar-2024, 5 de março de 2024, 5. März 2024
  String.raw`(?:${WEEKDAY}\.?,? )?(?<d4>\d{1,2})(?:st|nd|rd|th|º|\.)?(?: of | de |[ -])(?<n4>${MONTH})(?![\p{L}\p{M}])(?:\.?,?(?: de | del | of |[ -])(?<y4>${YEAR}))?`,
  // March 2024
  String.raw`(?<n5>${MONTH})\.?,?(?: de | of | )(?<y5>${YEAR})`,
]
const DATE = new RegExp(`${BEFORE}(?:${FORMS.join('|')})${AFTER}`, 'giu')

/** As written; `iso` where the day is beyond doubt, null where it is not (05/03/2024, or no year). */
export function findDates(text: string): Match[] {
  return [...text.matchAll(DATE)].flatMap((found) => {
    const g = found.groups as Record<string, string | undefined>
    const value = found[0]
    const match = (iso: string | null, more = {}) => [
      { type: 'date' as const, value, start: found.index, end: found.index + value.length, iso, ...more },
    ]
    if (g['y1']) return exists(g['y1'], g['m1'], g['d1']) ? match(iso(g['y1'], g['m1'], g['d1'])) : []
    if (g['y2']) return slashed(g['a2'] as string, g['b2'] as string, g['y2'], g['s2'] as string, match)
    const name = g['n3'] ?? g['n4'] ?? g['n5'] ?? ''
    const month = monthOf(name)
    if (isOtherWord(name, g['y3'] ?? g['y4'] ?? g['y5'])) return []
    if (g['y5']) return match(null, { month: `${g['y5']}-${String(month).padStart(2, '0')}` })
    const day = g['d3'] ?? g['d4'] ?? ''
    const year = g['y3'] ?? g['y4']
    if (!exists(year ?? '2024', String(month), day)) return []
    return match(year ? iso(year, String(month), day) : null)
  })
}

function slashed(a: string, b: string, year: string, separator: string, match: (iso: string | null) => Match[]): Match[] {
  const full = year.length === 4 ? year : '2024'
  const [dayFirst, monthFirst] = [exists(full, b, a), exists(full, a, b)]
  if (!dayFirst && !monthFirst) return []
  // 1.2.24 and 1-2-24 are as often versions and scores.
  if (year.length === 2 && separator !== '/' && !(a.length === 2 && b.length === 2)) return []
  if (year.length === 2) return match(null)
  if (dayFirst && monthFirst && Number(a) !== Number(b)) return match(separator === '.' ? iso(year, b, a) : null)
  return match(dayFirst ? iso(year, b, a) : iso(year, a, b))
}

/** "set 5 goals", "you may 3 times": words that are months only with a year, or only with a capital. */
function isOtherWord(name: string, year: string | undefined): boolean {
  if (year !== undefined) return false
  return /^(?:set|out|ago|dic|mai)$/i.test(name) || /^(?:may|march|mar)$/.test(name)
}

function monthOf(name: string): number {
  const plain = name.toLowerCase()
  return MONTHS.findIndex((names) => names.includes(plain)) + 1
}

function exists(year: string, month = '', day = ''): boolean {
  const [y, m, d] = [Number(year), Number(month), Number(day)]
  return m >= 1 && m <= 12 && d >= 1 && d <= new Date(Date.UTC(y, m, 0)).getUTCDate()
}

function iso(year: string, month = '', day = ''): string {
  return `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
}
