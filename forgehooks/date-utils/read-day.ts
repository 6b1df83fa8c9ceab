import { NAMED } from './day-named.ts'
import { NUMERIC } from './day-numeric.ts'
import { PERIODS } from './day-period.ts'
import type { Day, DayOptions } from './day.ts'
import type { Impossible } from './impossible.ts'

const FORMS = [...PERIODS, ...NUMERIC, ...NAMED]

/** `basic`: the rest follows in the way ISO 8601 writes it, where 1430 is a time. */
export type ReadDay = { day: Day | Impossible; rest: string; basic: boolean }

/** Reads the day at the start of the text, and says what is left of it. */
export function readDay(text: string, options: DayOptions): ReadDay | undefined {
  for (const { pattern, read } of FORMS) {
    const match = pattern.exec(text)
    const day = match && read(match.slice(1), options)
    if (match && day) return { day, ...separated(text.slice(match[0].length), match[0]) }
  }
  return undefined
}

/** What stands between a day and a time; after a T or an underscore the time may be written without colons. */
function separated(rest: string, before: string): { rest: string; basic: boolean } {
  const digits = /^\d+$/.test(before)
  const close = rest.startsWith('-') && !digits ? null : /^(?:T ?|_|-(?=\d{6}$)|(?=\d{4}(?:\d{2})?$))(?=\d)/i.exec(rest)
  if (close) return { rest: rest.slice(close[0].length), basic: true }
  const plain = rest.replace(/^(?:[\s,;]|-(?= ))+/, '').trim()
  return { rest: plain, basic: digits && /^\d{6}(?!\d)/.test(plain) }
}
