import { findDates } from './extract-dates.ts'
import { findIdentifiers } from './extract-identifiers.ts'
import { findMoney, findNumbers } from './extract-numbers.ts'
import { findPhones } from './extract-phones.ts'
import { findTags, findWeb } from './extract-web.ts'
import { chosen } from './names.ts'

export const TYPES = ['email', 'url', 'phone', 'date', 'number', 'money', 'ip', 'hashtag', 'mention', 'uuid', 'credit_card', 'iban'] as const
export type Type = (typeof TYPES)[number]
/** `start` and `end` count UTF-16 units, so that text.slice(start, end) is `value`. */
export type Match = { type: Type; value: string; start: number; end: number; [more: string]: unknown }

const ALSO: Record<string, Type> = {
  emails: 'email',
  email_addresses: 'email',
  urls: 'url',
  links: 'url',
  link: 'url',
  phones: 'phone',
  phone_numbers: 'phone',
  phone_number: 'phone',
  dates: 'date',
  numbers: 'number',
  amounts: 'money',
  currency: 'money',
  currencies: 'money',
  prices: 'money',
  ips: 'ip',
  ip_address: 'ip',
  ip_addresses: 'ip',
  hashtags: 'hashtag',
  mentions: 'mention',
  uuids: 'uuid',
  guid: 'uuid',
  guids: 'uuid',
  credit_cards: 'credit_card',
  cards: 'credit_card',
  card: 'credit_card',
  ibans: 'iban',
}

type Given = { text: string; types?: string[]; unique?: boolean; decimal?: string }

/** What is part of something larger is not found by itself: the number in a date, the address in a link. */
export function extract({ text, types, unique = false, decimal = '.' }: Given) {
  const wanted = new Set(types ? types.map((name, index) => chosen(name, TYPES, `types[${index}]`, ALSO)) : TYPES)
  const taken: Match[] = []
  const covered = new Uint8Array(text.length)
  const take = (found: Match[]) => {
    for (const match of found) {
      if (covered.subarray(match.start, match.end).includes(1)) continue
      covered.fill(1, match.start, match.end)
      taken.push(match)
    }
  }
  const separator = decimal === ',' ? ',' : '.'
  take(findWeb(text))
  take(findIdentifiers(text))
  take(findDates(text))
  take(findMoney(text, separator))
  take(findPhones(text))
  take(findTags(text))
  take(findNumbers(text, separator))
  const matches = taken.filter(({ type }) => wanted.has(type)).toSorted((a, b) => a.start - b.start)
  const seen = new Set<string>()
  const kept = unique ? matches.filter(({ type, value }) => !seen.has(`${type} ${value}`) && seen.add(`${type} ${value}`)) : matches
  const counts = Object.fromEntries(
    TYPES.filter((type) => wanted.has(type)).map((type) => [type, kept.filter((match) => match.type === type).length]),
  )
  return { matches: kept, count: kept.length, counts }
}
