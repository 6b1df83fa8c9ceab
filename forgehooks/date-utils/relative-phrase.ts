import { addDays, addMonths, dayNumber, daysInMonth, isoDay, outOfYears, weekdayOf, type Civil } from './calendar.ts'
import { isImpossible, periodFrom, realDay, type Day } from './day.ts'
import type { Impossible } from './impossible.ts'
import { monthNumber, ordinalNumber } from './names.ts'
import { lastDay } from './period.ts'
import { readDay } from './read-day.ts'
import { moveDay, readAmounts } from './relative-amounts.ts'
import { nthOf } from './relative-nth.ts'
import { readWeekday, type Phrase } from './relative-weekday.ts'
import { SATURDAY_SUNDAY, stepWorkdays } from './workdays.ts'

type Answer = Phrase | Impossible | undefined

const NAMED_DAYS: Record<string, number> = {
  ...{ today: 0, tonight: 0, tomorrow: 1, yesterday: -1, 'the day after tomorrow': 2, 'day after tomorrow': 2, overmorrow: 2 },
  ...{ 'the day before yesterday': -2, 'day before yesterday': -2 },
}

/** A phrase that names a day or a longer time. Undefined unless all of it is understood. */
export function readPhrase(words: string, today: Civil): Answer {
  const shift = Object.hasOwn(NAMED_DAYS, words) ? NAMED_DAYS[words] : undefined
  if (shift !== undefined) return inYears(addDays(today, shift))
  return (
    counted(words, today) ??
    readWeekday(words, today) ??
    period(words, today) ??
    edge(words, today) ??
    nth(words, today) ??
    monthOfYear(words, today) ??
    dayOfMonth(words, today) ??
    workday(words, today)
  )
}

function inYears(day: Civil, kind: Day['kind'] = 'date'): Phrase | Impossible {
  return outOfYears(day.year) ?? { day: { ...day, kind } }
}

/** `3 days after 2024-03-05`, `a week from tuesday`, `2 days before the end of march`, `the day after tomorrow` */
function counted(words: string, today: Civil): Answer {
  const ago = /^(.+) ago(?: today)?$/.exec(words)
  const match = ago ? [words, ago[1], 'before', 'today'] : /^(?:the )?(.+?) (from|after|before|following|preceding|on) (.+)$/.exec(words)
  if (!match) return /^in (.+)$/.test(words) ? counted(`${words.slice(3)} from today`, today) : undefined
  const back = match[2] === 'before' || match[2] === 'preceding'
  const said = match[1] as string
  if (match[2] === 'on' && said !== 'a week') return undefined
  const amounts = readAmounts(said === 'day' ? '1 day' : said, back ? -1 : 1)
  if (!amounts || amounts.millis !== 0) return undefined
  const start = anyDay(match[3] as string, today)
  if (!start || isImpossible(start)) return start
  if (start.day.kind !== 'date') return { reason: `it is not clear from which day of the ${start.day.kind} to count` }
  const found = moveDay(start.day, amounts)
  if (isImpossible(found)) return found
  const other = start.other && moveDay(start.other, amounts)
  return { ...start, day: { ...found, kind: 'date' }, ...(other && !isImpossible(other) ? { other } : {}) }
}

/** A phrase, or a date as it is written. */
function anyDay(words: string, today: Civil): Answer {
  const phrase = readPhrase(words.replace(/^the (?=end|start|first|last)/, ''), today)
  if (phrase) return phrase
  const read = readDay(words.replace(/^the /, ''), { order: 'auto', year: today.year })
  if (!read || read.rest !== '') return undefined
  if (isImpossible(read.day)) return read.day
  const { ambiguous, other, ...day } = read.day
  return { day, ...(ambiguous ? { note: ambiguous } : {}), ...(other ? { other } : {}) }
}

const STEPS: Record<string, number> = { this: 0, current: 0, next: 1, coming: 1, following: 1, last: -1, previous: -1, past: -1 }
const MONTHS: Record<string, number> = { month: 1, quarter: 3, year: 12 }

/** `next week`, `this month`, `last quarter`, `the year after next` */
function period(words: string, today: Civil): Answer {
  const far = /^(?:the )?(week|month|quarter|year) (after next|before last)$/.exec(words)
  const match = far ?? /^(?:the )?(this|current|next|coming|following|last|previous|past) (week|month|quarter|year)$/.exec(words)
  if (!match) return undefined
  const unit = (far ? match[1] : match[2]) as 'week' | 'month' | 'quarter' | 'year'
  const step = far ? (match[2] === 'after next' ? 2 : -2) : (STEPS[match[1] as string] as number)
  if (unit === 'week') return inYears(addDays(today, step * 7 + 1 - weekdayOf(dayNumber(today.year, today.month, today.day))), unit)
  const size = MONTHS[unit] as number
  const first = { year: today.year, month: Math.floor((today.month - 1) / size) * size + 1, day: 1 }
  return inYears(addMonths(first, step * size), unit)
}

/** What may stand after "of": `next month`, `march 2024`, `2024`, `the month`. */
function periodNamed(words: string, today: Civil): Answer {
  const plain = words.replace(/^the /, '')
  const found = /^(?:week|month|quarter|year)$/.test(plain)
    ? period(`this ${plain}`, today)
    : (period(plain, today) ?? monthOfYear(plain, today) ?? anyDay(plain, today))
  return found && !isImpossible(found) && found.day.kind === 'date' ? undefined : found
}

const SHORT: Record<string, string> = {
  eow: 'week',
  eom: 'month',
  eoq: 'quarter',
  eoy: 'year',
  'month end': 'month',
  'year end': 'year',
  'quarter end': 'quarter',
}

/** `end of month`, `start of next quarter`, `last day of february 2024` */
function edge(words: string, today: Civil): Answer {
  if (Object.hasOwn(SHORT, words)) return edge(`end of ${SHORT[words]}`, today)
  const match = /^(?:the |at the |at )?(start|beginning|begin|first day|end|last day)(?: of| in)? (.+)$/.exec(words)
  const found = match && periodNamed(match[2] as string, today)
  if (!found || isImpossible(found)) return found ?? undefined
  const last = match[1] === 'end' || match[1] === 'last day'
  return { ...found, day: last ? { ...lastDay(found.day), kind: 'date' } : { ...found.day, kind: 'date' } }
}

/** `first monday of may 2024`, `last business day of the month`, `5th day of next month` */
function nth(words: string, today: Civil): Answer {
  const match = /^(?:the )?(\S+|second to last|next to last|second last) (\p{L}+|business day|working day) (?:of|in) (.+)$/u.exec(words)
  if (!match) return undefined
  const found = periodNamed(match[3] as string, today)
  if (!found || isImpossible(found)) return found
  const day = nthOf(match[1] as string, match[2] as string, found.day)
  return day && (isImpossible(day) ? day : { ...found, day: { ...day, kind: 'date' } })
}

/** `next march`, `march next year`, `march 5 last year`, `5th of march next year` */
function monthOfYear(words: string, today: Civil): Answer {
  const alone = /^(next|last|this|coming|previous|past) (\p{L}{3,12})$/u.exec(words)
  const month = alone ? monthNumber(alone[2] as string) : undefined
  if (alone && month !== undefined) {
    const step = STEPS[alone[1] as string] as number
    const year = step > 0 ? today.year + (month <= today.month ? 1 : 0) : step < 0 ? today.year - (month >= today.month ? 1 : 0) : today.year
    const found = periodFrom('month', year, month)
    const same = month === today.month || step === 0
    return isImpossible(found) ? found : { day: found, ...(same ? {} : { note: `${alone[1]} ${alone[2]} is taken as that of ${year}` }) }
  }
  const match = /^(.+?),? (?:of )?(this|next|last) year$/.exec(words)
  if (!match) return undefined
  const read = readDay((match[1] as string).replace(/^the /, ''), { order: 'auto', year: today.year + (STEPS[match[2] as string] as number) })
  if (!read || read.rest !== '') return undefined
  if (isImpossible(read.day)) return read.day
  // Only what took its year from here has this mark: `2023 next year` says two years.
  if (!read.day.ambiguous?.startsWith('no year')) return undefined
  const { ambiguous: _, ...day } = read.day
  return { day }
}

/** `the 15th`, `15th of next month`, `day 15 of this month` */
function dayOfMonth(words: string, today: Civil): Answer {
  const match = /^(?:the |day )?(\d{1,2}(?:st|nd|rd|th)?|\p{L}{5,8})(?: day)?(?: of (.+))?$/u.exec(words)
  if (!match) return undefined
  const [, said = '', of] = match
  const day = ordinalNumber(said) ?? (of !== undefined && /^\d{1,2}$/.test(said) ? Number(said) : undefined)
  if (day === undefined || (of === undefined && !/^\d/.test(said))) return undefined
  const month = of === undefined ? inYears({ ...today, day: 1 }, 'month') : periodNamed(of, today)
  if (!month || isImpossible(month)) return month
  if (month.day.kind !== 'month') return undefined
  const found = realDay(month.day.year, month.day.month, day)
  if (isImpossible(found)) return found
  const next = addMonths({ ...found, day: 1 }, 1)
  const other = day <= daysInMonth(next.year, next.month) ? { ...next, day } : undefined
  const doubt = { note: `no month is written; ${isoDay(found).slice(0, 7)} is assumed`, ...(other ? { other } : {}) }
  return { ...month, day: found, ...(of === undefined ? doubt : {}) }
}

/** `next business day`, `last working day` */
function workday(words: string, today: Civil): Answer {
  const match = /^(?:the )?(next|previous|last) (?:business|working|week) ?day$/.exec(words)
  return match ? inYears(stepWorkdays(today, match[1] === 'next' ? 1 : -1, SATURDAY_SUNDAY, new Set())) : undefined
}
