export type DateOrder = 'mdy' | 'dmy' | 'ymd'
type Outcome = { value: unknown } | { reason: string }

const NUMERIC = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4})$/
const TIME = /^(.*?\d)(?:[T ]|,\s*)\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([ap]\.?m\.?)?\s*(Z|[+-]\d{2}:?\d{2})?$/i
const MONTHS: Record<string, number> = Object.fromEntries(
  [
    'jan january janeiro enero januar janvier',
    'feb february fev fevereiro febrero februar',
    'mar march marco marzo marz mars',
    'apr april abr abril avril',
    'may maio mayo mai',
    'jun june junho junio juni juin',
    'jul july julho julio juli juillet',
    'aug august ago agosto aout',
    'sep sept september set setembro septiembre septembre',
    'oct october out outubro octubre oktober okt octobre',
    'nov november novembro noviembre novembre',
    'dec december dez dezembro dic diciembre dezember decembre',
  ].flatMap((names, index) => names.split(' ').map((name) => [name, index + 1])),
)

/** What a column says about its own order: 25/12/2024 can only be day first. Undefined where nothing, or both, is said. */
export function orderOfColumn(values: unknown[]): DateOrder | undefined {
  const seen = new Set<DateOrder>()
  for (const value of values) {
    const match = typeof value === 'string' ? NUMERIC.exec((TIME.exec(value.trim())?.[1] ?? value).trim()) : null
    if (!match) continue
    const [first, second] = [Number(match[1]), Number(match[3])]
    if (first > 12 && first <= 31 && second <= 12) seen.add('dmy')
    if (second > 12 && second <= 31 && first <= 12) seen.add('mdy')
  }
  return seen.size === 1 ? [...seen][0] : undefined
}

/** Only what can be read in one way: ISO 8601, a month by name, or day and month in a known order. Nothing rolls over. */
export function readDate(value: unknown, type: 'date' | 'datetime', order: DateOrder | undefined): Outcome {
  const written = typeof value === 'number' && /^\d{8}$/.test(String(value)) ? String(value) : value
  if (typeof written !== 'string') return { reason: 'it is not a date as text' }
  const text = written.trim().replace(/\s+/g, ' ')
  const timed = TIME.exec(text)
  const day = dayOf((timed?.[1] ?? text).trim(), order)
  if (typeof day === 'string') return { reason: day }
  const iso = `${String(day.year).padStart(4, '0')}-${two(day.month)}-${two(day.day)}`
  if (!timed) return { value: type === 'date' ? iso : `${iso}T00:00:00` }
  const clock = clockOf(timed)
  if (clock === undefined) return { reason: 'the time of day does not exist' }
  return { value: type === 'date' ? iso : `${iso}T${clock}` }
}

const two = (value: number) => String(value).padStart(2, '0')
type Day = { year: number; month: number; day: number }

function dayOf(text: string, order: DateOrder | undefined): Day | string {
  const iso = /^(\d{4})([-/.])(\d{1,2})\2(\d{1,2})$/.exec(text) ?? /^(\d{4})()(\d{2})(\d{2})$/.exec(text)
  if (iso) return real(Number(iso[1]), Number(iso[3]), Number(iso[4]))
  const numeric = NUMERIC.exec(text)
  if (numeric) {
    const [first, second, year] = [Number(numeric[1]), Number(numeric[3]), Number(numeric[4])]
    const known = (order === 'ymd' ? undefined : order) ?? (first > 12 ? 'dmy' : second > 12 ? 'mdy' : first === second ? 'dmy' : undefined)
    if (known === undefined) return 'it may be day or month first; give order (dmy or mdy)'
    return known === 'mdy' ? real(year, first, second) : real(year, second, first)
  }
  const plain = text
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  const words =
    /^(?:[a-z]{3,9}\.?,? )?(?:(\d{1,2})(?:st|nd|rd|th|\.|º)?[ -]+(?:de |of )?([a-z]{3,10})\.?,?[ -]+(?:de )?(\d{4})|([a-z]{3,10})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4}))$/.exec(
      plain,
    )
  const month = MONTHS[words?.[2] ?? words?.[4] ?? '']
  if (words && month !== undefined) return real(Number(words[3] ?? words[6]), month, Number(words[1] ?? words[5]))
  return 'it is not a date that can be read in one way only, such as 2024-03-05'
}

function real(year: number, month: number, day: number): Day | string {
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  const exists = month >= 1 && month <= 12 && day >= 1 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day
  return exists ? { year, month, day } : 'the calendar has no such day'
}

function clockOf([, , hours, minutes, seconds = '00', fraction, half, offset]: RegExpExecArray): string | undefined {
  let hour = Number(hours)
  if (half) {
    if (hour < 1 || hour > 12) return undefined
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0)
  }
  if (hour > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined
  const zone = offset === undefined ? '' : /z/i.test(offset) ? 'Z' : offset.length === 5 ? `${offset.slice(0, 3)}:${offset.slice(3)}` : offset
  return `${two(hour)}:${minutes}:${seconds}${fraction ? `.${fraction}` : ''}${zone}`
}
