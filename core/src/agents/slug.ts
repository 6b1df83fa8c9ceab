import { createHash } from 'node:crypto'

const maxLength = 100

/** The URL-safe name of an agent: `Ação Diária!` -> `acao-diaria`. A name without a Latin letter or digit gets one made from its hash. */
export function slugOf(name: string): string {
  const slug = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, maxLength)
    .replace(/^-+|-+$/g, '')
  return slug || `agent-${createHash('sha256').update(name).digest('hex').slice(0, 8)}`
}
