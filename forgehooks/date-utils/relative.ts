import type { DateTime } from 'luxon'
import type { Civil } from './calendar.ts'
import { readClock, type Clock } from './clock.ts'
import type { Day } from './day.ts'
import { isImpossible, type Impossible } from './impossible.ts'
import { moveBy, readAmounts } from './relative-amounts.ts'
import { readPhrase } from './relative-phrase.ts'
import type { Phrase } from './relative-weekday.ts'
import { inEnglish } from './relative-words.ts'
import { civil } from './wall.ts'

/** A day with or without a time of day, or (`in 3 hours`) a moment. */
export type Relative = { day: Day; clock?: Clock; at?: DateTime; note?: string; other?: Civil }

/** `next friday at 3pm`, `in 3 days`, `amanhã às 15h`: a day counted from the reference, in its zone. Undefined unless all of it is understood. */
export function readRelative(text: string, reference: DateTime): Relative | Impossible | undefined {
  const words = inEnglish(text)
  const today = civil(reference)
  return moved(words, reference) ?? withoutClock(words, today) ?? withClock(words, today) ?? clockAlone(words, today)
}

/** Hours and smaller units are counted in time itself, days and larger ones on the calendar. */
function moved(words: string, reference: DateTime): Relative | Impossible | undefined {
  const match =
    /^(?:in|within) (.+)$/.exec(words) ?? /^(.+) (?:from now|ago|later|hence)$/.exec(words) ?? /^\+ ?(.+)$/.exec(words) ?? /^(- ?.+)$/.exec(words)
  if (!match) return undefined
  const back = words.endsWith(' ago') || words.startsWith('-')
  const amounts = readAmounts((match[1] as string).replace(/^- ?/, ''), back ? -1 : 1)
  return amounts && moveBy(reference, amounts)
}

function withoutClock(words: string, today: Civil): Relative | Impossible | undefined {
  const phrase = readPhrase(words, today)
  return phrase && (isImpossible(phrase) ? phrase : relativeOf(phrase))
}

const relativeOf = ({ day, note, other }: Phrase): Relative => ({ day, ...(note ? { note } : {}), ...(other ? { other } : {}) })

/** A phrase and a time, in either order, at any space that divides the text into both. */
function withClock(words: string, today: Civil): Relative | Impossible | undefined {
  let refused: Impossible | undefined
  for (let space = words.indexOf(' '); space > 0; space = words.indexOf(' ', space + 1)) {
    const [head, tail] = [words.slice(0, space).replace(/,$/, ''), words.slice(space + 1)]
    for (const [day, time] of [
      [head, tail],
      [tail.replace(/^on /, ''), head],
    ] as const) {
      const found = joined(day, time, today)
      if (found && !isImpossible(found)) return found
      refused ??= found
    }
  }
  return refused
}

function joined(day: string, time: string, today: Civil): Relative | Impossible | undefined {
  const part = /^(.+?) (morning|afternoon|evening|night)$/.exec(day.replace(/^tonight$/, 'today night'))
  const named = part ? (part[1] as string).replace(/^this$/, 'today') : day
  const found = moveDays(named, today) ?? readPhrase(named, today)
  if (!found) return undefined
  const bare = time.replace(/^at /, '')
  const clock = readClock(
    part && !/[ap]\.? ?m\b|noon|midnight/.test(time) ? `${bare} ${part[2] === 'night' ? 'at night' : `in the ${part[2]}`}` : time,
  )
  if (!clock) return undefined
  if (isImpossible(clock)) return clock
  if (isImpossible(found)) return found
  if (found.day.kind !== 'date') return { reason: `a time does not go with a whole ${found.day.kind}` }
  return { ...relativeOf(found), clock }
}

/** `in 3 days at noon`, `2 weeks ago at 9am`: only days and larger units go with a time of day. */
function moveDays(words: string, today: Civil): Phrase | Impossible | undefined {
  const match = /^(?:in|within) (.+)$/.exec(words) ?? /^(.+) (?:from now|ago|later|hence)$/.exec(words)
  const amounts = match && readAmounts(match[1] as string, words.endsWith(' ago') ? -1 : 1)
  return amounts && amounts.millis === 0 ? readPhrase(words.replace(/from now|later|hence/, 'from today'), today) : undefined
}

function clockAlone(words: string, today: Civil): Relative | Impossible | undefined {
  if (/^\d+\.\d+$/.test(words)) return undefined
  const clock = readClock(words.replace(/^(?:today|this) (?=at |\d)/, ''))
  if (!clock || isImpossible(clock)) return undefined
  return { day: { ...today, kind: 'date' }, clock, note: 'no day is written; the day of the reference is assumed' }
}
