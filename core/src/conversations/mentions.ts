import { slugOf } from '../agents/slug.ts'
import type { NamedParticipant, Party } from './participants.store.ts'

/** Whom a text names as `@slug` or `@name`: those who take part, each once, in the order of the text. The longest name that fits counts. */
export function mentionsIn(content: string, participants: NamedParticipant[]): Party[] {
  if (!content.includes('@')) return []
  const names = participants
    .flatMap(({ kind, participant_id, name, slug }) =>
      [slug, name, name && slugOf(name)].map((each) => ({ name: fold(each ?? ''), kind, id: participant_id })),
    )
    .filter(({ name }) => name !== '')
    .toSorted((a, b) => b.name.length - a.name.length)
  const text = fold(content)
  const found = new Map<string, Party>()
  for (const { index } of text.matchAll(/(?<![\p{L}\p{N}_.])@(?=[\p{L}\p{N}_])/gu)) {
    const rest = text.slice(index + 1, index + 301)
    const named = names.find(({ name }) => rest.startsWith(name) && !/^[\p{L}\p{N}\p{M}_]/u.test(rest.slice(name.length)))
    if (named) found.set(`${named.kind}:${named.id}`, { kind: named.kind, id: named.id })
  }
  return [...found.values()]
}

const fold = (text: string) => text.normalize('NFC').toLowerCase()
