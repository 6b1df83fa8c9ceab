export type Format = ReturnType<typeof createFormat>

const second = 1000
const minute = 60 * second
const hour = 60 * minute
const day = 24 * hour

/** Numbers, dates and amounts as a language writes them. `time_zone` is the browser's where it is left out. */
export function createFormat(locale: string, time_zone?: string) {
  const whole = new Intl.NumberFormat(locale, { maximumFractionDigits: 0 })
  const short = new Intl.NumberFormat(locale, { notation: 'compact', maximumFractionDigits: 1 })
  const percent = new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: 1 })
  const cents = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD' })
  const fractions = new Intl.NumberFormat(locale, { style: 'currency', currency: 'USD', maximumSignificantDigits: 2 })
  const dateTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short', timeZone: time_zone })
  const exact = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'long', timeZone: time_zone })
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit', timeZone: time_zone })
  const hourMinute = new Intl.DateTimeFormat(locale, { hour: 'numeric', minute: '2-digit', timeZone: time_zone })
  const short_day = { day: 'numeric', month: 'short' } as const
  const localDay = new Intl.DateTimeFormat(locale, { ...short_day, timeZone: time_zone })
  // Days of figures are UTC days.
  const utcDay = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' })
  const utcShortDay = new Intl.DateTimeFormat(locale, { ...short_day, timeZone: 'UTC' })
  const ago = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' })
  const unit = (name: string, digits = 0, unitDisplay: 'narrow' | 'long' = 'narrow') =>
    new Intl.NumberFormat(locale, { style: 'unit', unit: name, unitDisplay, minimumFractionDigits: digits, maximumFractionDigits: digits })
  const units = {
    ms: unit('millisecond'),
    ms1: new Intl.NumberFormat(locale, { style: 'unit', unit: 'millisecond', unitDisplay: 'narrow', maximumFractionDigits: 1 }),
    s: unit('second'),
    s1: unit('second', 1),
    min: unit('minute'),
    h: unit('hour'),
    kB: unit('kilobyte', 1),
    MB: unit('megabyte', 1),
    GB: unit('gigabyte', 1),
    byte: unit('byte', 0, 'long'),
  }

  return {
    number: (value: number) => whole.format(value),
    /** 12,345 as 12.3K */
    short: (value: number) => short.format(value),
    percent: (value: number) => percent.format(value),
    /** US dollars. Less than a cent keeps two figures that say something: $0.0012 */
    usd: (value: number) => (value !== 0 && Math.abs(value) < 0.01 ? fractions.format(value) : cents.format(value)),
    duration: (ms: number) => {
      // Of less than ten the fractions say something.
      if (ms < 9.95) return units.ms1.format(ms)
      if (ms < second) return units.ms.format(Math.round(ms))
      // 59.96 s would be written 60.0 s.
      if (Math.round(ms / 100) < 600) return units.s1.format(ms / second)
      const seconds = Math.round(ms / second)
      if (seconds < 3600) return joined(units.min, Math.floor(seconds / 60), units.s, seconds % 60)
      const minutes = Math.round(seconds / 60)
      return joined(units.h, Math.floor(minutes / 60), units.min, minutes % 60)
    },
    bytes: (value: number) => {
      if (value < 1000) return units.byte.format(value)
      // 999,950 would be written 1,000.0 kB.
      if (value < 999_950) return units.kB.format(value / 1000)
      return value < 999_950_000 ? units.MB.format(value / 1_000_000) : units.GB.format(value / 1_000_000_000)
    },
    dateTime: (instant: string) => dateTime.format(new Date(instant)),
    /** With seconds and the time zone, for a tooltip. */
    exact: (instant: string) => exact.format(new Date(instant)),
    clock: (instant: string) => clock.format(new Date(instant)),
    /** Along an axis. */
    hourMinute: (instant: string) => hourMinute.format(new Date(instant)),
    shortDay: (instant: string) => localDay.format(new Date(instant)),
    /** A UTC day such as 2024-03-05. */
    day: (date: string) => utcDay.format(new Date(`${date}T00:00:00Z`)),
    /** The same without its year. */
    dayOfMonth: (date: string) => utcShortDay.format(new Date(`${date}T00:00:00Z`)),
    /** How long ago; after a week, the date. */
    ago: (instant: string, now: number) => {
      const past = now - Date.parse(instant)
      if (past >= 7 * day) return dateTime.format(new Date(instant))
      if (past < minute) return ago.format(-Math.max(0, Math.floor(past / second)), 'second')
      if (past < hour) return ago.format(-Math.floor(past / minute), 'minute')
      return past < day ? ago.format(-Math.floor(past / hour), 'hour') : ago.format(-Math.floor(past / day), 'day')
    },
  }
}

function joined(large: Intl.NumberFormat, count: number, small: Intl.NumberFormat, rest: number) {
  return rest === 0 ? large.format(count) : `${large.format(count)} ${small.format(rest)}`
}
