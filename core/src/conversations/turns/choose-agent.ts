import { scoreDocuments } from '../../tools/bm25f.ts'
import { type ChainLink, type Refusal, refusalOf } from './loop-guard.ts'

/** An agent that is in the room. */
export type Candidate = {
  id: string
  name: string
  description: string | null
  role: string | null
  backstory: string | null
  goal: string | null
  system_prompt: string
  /** The number of its last message here; 0: it has said nothing. */
  last_seq: number
}
/** A message that may have to be answered. */
export type Unanswered = {
  content: string
  author: { kind: string; id: string }
  hop: number
  /** The agents that it names, in the order of its text. */
  mentioned: string[]
  /** The agent whose message it replies to. */
  replies_to: string | null
}
/** `asked`: by name, such as for another answer. */
export type Why = 'asked' | 'mentioned' | 'replied to' | 'alone' | 'relevant' | 'recent'
export type Choice = { agents: { id: string; why: Why }[]; refused: { id: string; why: Refusal }[] }
export type Room = { people: number; candidates: Candidate[]; chain: readonly ChainLink[]; max_hops: number }

/** A word in its name says more than one in its role, and that more than one in its description or goal, or in its story or prompt. */
const places = {
  name: { weight: 4, lengthCounts: 0.2 },
  role: { weight: 3, lengthCounts: 0.4 },
  goal: { weight: 2, lengthCounts: 0.6 },
  description: { weight: 2, lengthCounts: 0.6 },
  backstory: { weight: 1, lengthCounts: 0.8 },
  prompt: { weight: 1, lengthCounts: 0.8 },
}

/**
 * Who answers: all whom the messages name, in that order; else whose message they reply to; else, where one person is alone with agents,
 * the one that fits best, or that spoke last. Among several people agents are passive unless addressed. An agent answers another only
 * where it is named, and as long as loop-guard.ts lets it.
 */
export function chooseAgents(messages: readonly Unanswered[], room: Room): Choice {
  const there = new Set(room.candidates.map(({ id }) => id))
  const choice: Choice = { agents: [], refused: [] }
  const named = new Map<string, { why: Why; hop: number; byPerson: boolean }>()
  const name = (id: string, why: Why, { author, hop }: Unanswered) => {
    if (!there.has(id) || (author.kind === 'agent' && author.id === id)) return
    const byPerson = author.kind !== 'agent'
    const known = named.get(id)
    // What a person asked is answered, whatever agents asked beside it.
    if (!known || (byPerson && !known.byPerson)) named.set(id, { why, hop, byPerson })
  }
  for (const message of messages) for (const id of message.mentioned) name(id, 'mentioned', message)
  for (const message of messages)
    if (message.replies_to !== null && message.mentioned.length === 0 && message.author.kind !== 'agent')
      name(message.replies_to, 'replied to', message)
  for (const [id, { why, hop, byPerson }] of named) {
    const refusal = byPerson ? null : refusalOf(id, hop, room.chain, room.max_hops)
    if (refusal) choice.refused.push({ id, why: refusal })
    else choice.agents.push({ id, why })
  }
  const fromPeople = messages.filter(({ author }) => author.kind !== 'agent')
  if (choice.agents.length > 0 || named.size > 0 || fromPeople.length === 0 || room.people > 1) return choice
  const [only] = room.candidates
  if (room.candidates.length === 1 && only) return { ...choice, agents: [{ id: only.id, why: 'alone' }] }
  const best = bestOf(room.candidates, fromPeople.map(({ content }) => content).join('\n'))
  return best ? { ...choice, agents: [best] } : choice
}

function bestOf(candidates: Candidate[], question: string): { id: string; why: Why } | undefined {
  const documents = candidates.map(({ name, description, role, goal, backstory, system_prompt }) => ({
    name,
    role: role ?? '',
    goal: goal ?? '',
    description: description ?? '',
    backstory: backstory ?? '',
    prompt: system_prompt,
  }))
  const scores = scoreDocuments(documents, places, question)
  const ranked = candidates.map((candidate, i) => ({ candidate, score: scores[i] ?? 0 }))
  const [best] = ranked.toSorted((a, b) => b.score - a.score || b.candidate.last_seq - a.candidate.last_seq)
  return best && { id: best.candidate.id, why: best.score > 0 ? 'relevant' : 'recent' }
}
