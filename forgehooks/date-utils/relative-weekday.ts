import { addDays, dayNumber, isoDay, weekdayOf, type Civil } from './calendar.ts'
import type { Day } from './day.ts'
import { weekdayNumber } from './names.ts'

/** `note`: why it may be meant in another way; `other`: that way. */
export type Phrase = { day: Day; note?: string; other?: Civil }

const WEEKS: Record<string, number> = { this: 0, next: 1, last: -1 }

/** `friday`, `next friday`, `last monday`, `friday next week`. Weeks begin on Monday, as in ISO 8601. */
export function readWeekday(words: string, today: Civil): Phrase | undefined {
  const at = (shift: number): Civil => addDays(today, shift)
  const here = weekdayOf(dayNumber(today.year, today.month, today.day))
  const inWeek =
    /^(?:on )?([\p{L}-]+),? (?:of )?(this|next|last) week$/u.exec(words) ?? swapped(/^(this|next|last) week,? (?:on )?([\p{L}-]+)$/u.exec(words))
  if (inWeek) {
    const weekday = weekdayNumber(inWeek[1] as string)
    return weekday === undefined ? undefined : phrase(at(weekday - here + 7 * (WEEKS[inWeek[2] as string] as number)))
  }
  const match = /^(?:on )?(?:(?:the )?(this|coming|upcoming|next|last|past|previous) )?([\p{L}-]{2,14})$/u.exec(words)
  const weekday = match ? weekdayNumber(match[2] as string) : undefined
  if (!match || weekday === undefined) return undefined
  const ahead = (weekday - here + 7) % 7
  const name = match[2] as string
  switch (match[1]) {
    case 'coming':
    case 'upcoming':
      return phrase(at(ahead || 7))
    case 'next': {
      const found = at(weekday - here + 7)
      // On a Wednesday "next friday" is that of next week to most, and to some the day after tomorrow.
      return ahead > 0 && weekday > here ? doubtful(found, at(ahead), `"next ${name}" is taken as that of next week`) : phrase(found)
    }
    case 'last':
    case 'past':
    case 'previous': {
      const back = 7 - ahead
      const thisWeek = weekday < here && match[1] === 'last'
      return thisWeek ? doubtful(at(-back), at(-back - 7), `"last ${name}" is taken as the one before today`) : phrase(at(-back))
    }
    case 'this':
      return weekday < here ? doubtful(at(ahead), at(weekday - here), `"this ${name}" is taken as the one to come`) : phrase(at(ahead))
    default:
      return ahead === 0 ? doubtful(today, at(7), `today is ${name}; today is taken`) : phrase(at(ahead))
  }
}

function swapped(match: RegExpExecArray | null): string[] | undefined {
  return match ? [match[0], match[2] as string, match[1] as string] : undefined
}

const phrase = (day: Civil): Phrase => ({ day: { ...day, kind: 'date' } })
const doubtful = (day: Civil, other: Civil, reason: string): Phrase => ({ ...phrase(day), note: `${reason}; it may be ${isoDay(other)}`, other })
