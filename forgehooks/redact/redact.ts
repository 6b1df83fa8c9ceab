import { findSecrets, type Found, type Kind, usual } from './find.ts'

const words: Record<Kind, string> = {
  private_key: 'private key',
  jwt: 'token',
  api_key: 'API key',
  password: 'password',
  credit_card: 'card number',
  iban: 'IBAN',
  cpf: 'CPF',
  cnpj: 'CNPJ',
  email: 'e-mail address',
  phone: 'phone number',
}

export type Options = { email?: boolean; phone?: boolean; keep?: Kind[] }

/** The kinds that these options stand for. */
export function kindsOf({ email = false, phone = false, keep = [] }: Options): Kind[] {
  const more: Kind[] = [...(email ? (['email'] as const) : []), ...(phone ? (['phone'] as const) : [])]
  return [...usual, ...more].filter((kind) => !keep.includes(kind))
}

/** What is taken out may have hidden what stands beside it; text made for it could ask for a look without end. */
const mostLooks = 10

/** Puts `[redacted card number]` and the like in the place of each. Of a text that went through, nothing is found again. */
export function redact(text: string, wanted: readonly Kind[]): { text: string; found: { kind: Kind; count: number }[] } {
  const counts = new Map<Kind, number>()
  let redacted = text
  for (let look = 0; look < mostLooks; look++) {
    const places = findSecrets(redacted, wanted)
    if (places.length === 0) break
    redacted = replaced(redacted, places)
    for (const { kind } of places) counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return { text: redacted, found: [...counts].map(([kind, count]) => ({ kind, count })) }
}

function replaced(text: string, places: Found[]): string {
  let redacted = ''
  let from = 0
  for (const { kind, start, end } of places) {
    redacted += `${text.slice(from, start)}[redacted ${words[kind]}]`
    from = end
  }
  return redacted + text.slice(from)
}
