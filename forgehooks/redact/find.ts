import { findPhones } from '../text-utils/extract-phones.ts'
import { findEmails } from '../text-utils/extract-web.ts'
import { findKeys, findPrivateKeys, findTokens } from './find-keys.ts'
import { findAccounts, findBrazilian, findCards } from './find-numbers.ts'
import { squeeze } from './squeeze.ts'

/** What is looked for. The last two only where they are asked for: people write them to be read. */
export const kinds = ['private_key', 'jwt', 'api_key', 'password', 'credit_card', 'iban', 'cpf', 'cnpj', 'email', 'phone'] as const
export type Kind = (typeof kinds)[number]
export const usual: readonly Kind[] = kinds.slice(0, -2)
export type Found = { kind: Kind; start: number; end: number }

const finders: { kinds: Kind[]; find: (text: string) => Found[] }[] = [
  { kinds: ['private_key'], find: findPrivateKeys },
  { kinds: ['jwt'], find: findTokens },
  { kinds: ['api_key', 'password'], find: findKeys },
  { kinds: ['credit_card'], find: findCards },
  { kinds: ['iban'], find: findAccounts },
  { kinds: ['cpf', 'cnpj'], find: findBrazilian },
  { kinds: ['email'], find: (text) => findEmails(text).map(({ start, end }) => ({ kind: 'email', start, end })) },
  { kinds: ['phone'], find: (text) => findPhones(text).map(({ start, end }) => ({ kind: 'phone', start, end })) },
]

/** Places of the original text in order, without overlaps: of two, the one that begins first counts, and of those the longer. */
export function findSecrets(original: string, wanted: readonly Kind[]): Found[] {
  const { text, at } = squeeze(original)
  const all = finders.filter((each) => each.kinds.some((kind) => wanted.includes(kind))).flatMap(({ find }) => find(text))
  const sorted = all.filter(({ kind }) => wanted.includes(kind)).toSorted((a, b) => a.start - b.start || b.end - a.end)
  const found: Found[] = []
  for (const each of sorted) {
    const last = found.at(-1)
    if (!last || each.start >= last.end) found.push({ ...each })
    else last.end = Math.max(last.end, each.end)
  }
  // Up to behind the last unit, not up to the next: what is invisible between stays where it is.
  return found.map(({ kind, start, end }) => ({ kind, start: at(start), end: at(end - 1) + 1 }))
}
