import { HookError, type HookContext } from '@cadre/contract/forgehook'
import { fromPercent, splitPattern } from './format-pattern.ts'
import { needToken } from './format-tokens.ts'
import { Dates, type Reading } from './given.ts'

export type FormatInput = Reading & { date: string | number; format: string; locale?: string }

const NAMED: Record<string, string> = {
  ...{
    iso: "yyyy-MM-dd'T'HH:mm:ssXXX",
    iso8601: "yyyy-MM-dd'T'HH:mm:ssXXX",
    rfc3339: "yyyy-MM-dd'T'HH:mm:ssXXX",
    date: 'yyyy-MM-dd',
    time: 'HH:mm:ss',
  },
  ...{ rfc2822: 'ccc, dd LLL yyyy HH:mm:ss ZZZ', sql: 'yyyy-MM-dd HH:mm:ss', epoch: 'X', unix: 'X', week: "kkkk-'W'WW" },
}
const ENGLISH = new Set(['rfc2822'])

export function format(input: FormatInput, context: HookContext) {
  const dates = new Dates(input, context)
  const { at } = dates.need(input.date, 'date')
  const name = input.format
    .trim()
    .toLowerCase()
    .replace(/[ _-](?=\d)/g, '')
  const locale = needLocale(ENGLISH.has(name) ? undefined : input.locale)
  const pattern = Object.hasOwn(NAMED, name) ? (NAMED[name] as string) : input.format
  const { parts, note } = pattern.includes('%') ? fromPercent(pattern) : splitPattern(pattern)
  if (note) dates.warn(`format: ${note}`)
  const has = (wanted: RegExp) => parts.some((part) => 'token' in part && wanted.test(part.token))
  if (at.weekYear !== at.year && has(/^WW?$/) && has(/^y+$/) && !has(/^k+$/))
    dates.warn(`format: week ${at.weekNumber} of this date belongs to ${at.weekYear}, not to ${at.year}; the year of a week is kkkk`)
  const text = parts.map((part) => ('text' in part ? part.text : needToken(part.token)(at, locale))).join('')
  return { text, ...dates.said() }
}

function needLocale(written = 'en-US'): string {
  const refuse = () => new HookError(`"${written.slice(0, 40)}" is not a locale such as en-US or pt-BR`, 'locale')
  let canonical: string | undefined
  try {
    canonical = Intl.getCanonicalLocales(written.replace(/_/g, '-'))[0]
  } catch {
    throw refuse()
  }
  // Without data for the language the names would silently be those of another.
  if (canonical === undefined || Intl.DateTimeFormat.supportedLocalesOf([canonical]).length === 0) throw refuse()
  return canonical
}
