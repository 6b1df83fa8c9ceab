import type { Participant } from '@cadre/contract/participants'

/** What is being written after an @, and where that stands; null where nobody is being named. */
export function mentionAt(text: string, caret: number): { start: number; query: string } | null {
  const match = /(?:^|[^\p{L}\p{N}_.])@([\p{L}\p{N}\p{M}_.-]*)$/u.exec(text.slice(0, caret))
  return match ? { start: caret - (match[1] ?? '').length - 1, query: (match[1] ?? '').toLowerCase() } : null
}

/** Who can be meant, agents first. Whoever has no name cannot be named. */
export function mentionable(participants: readonly Participant[], query: string, me: string): Participant[] {
  return participants
    .filter(({ kind, id, name }) => name !== null && !(kind === 'user' && id === me))
    .filter(({ name, slug }) => [name, slug].some((each) => each?.toLowerCase().includes(query)))
    .toSorted((a, b) => a.kind.localeCompare(b.kind) || (a.name ?? '').localeCompare(b.name ?? ''))
    .slice(0, 8)
}

/** As the server reads it: an agent by its slug, a person by their name. */
export const mentionOf = ({ slug, name }: Participant) => `@${slug ?? name ?? ''} `
