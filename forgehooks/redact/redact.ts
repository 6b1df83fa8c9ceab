import { findSecrets, type Kind, usual } from './find.ts'

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

/** Puts `[redacted card number]` and the like in the place of each. Of a text that went through, nothing is found again. */
export function redact(text: string, wanted: readonly Kind[]): { text: string; found: { kind: Kind; count: number }[] } {
  const places = findSecrets(text, wanted)
  const counts = new Map<Kind, number>()
  let redacted = ''
  let from = 0
  for (const { kind, start, end } of places) {
    redacted += `${text.slice(from, start)}[redacted ${words[kind]}]`
    from = end
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return { text: redacted + text.slice(from), found: [...counts].map(([kind, count]) => ({ kind, count })) }
}
