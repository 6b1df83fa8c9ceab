import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, chooseAgents, type Unanswered } from './choose-agent.ts'
import { fairShare, mostInChain, refusalOf } from './loop-guard.ts'

/** What each agent says at its n-th turn: whom it names. */
type Habits = number[][][]

const candidate = (i: number): Candidate => ({ id: `a${i}`, name: `a${i}`, description: null, system_prompt: '', last_seq: 0 })
const mention = (i: number) => `a${i}`

/** A conversation as turns take it: first come, first served; whoever is chosen answers and names others, in one chain that a person began. */
function talk(agents: number, habits: Habits, opening: number[], maxHops: number, people: number): string[] {
  const candidates = Array.from({ length: agents }, (_, i) => candidate(i))
  const chain: { agent_id: string }[] = []
  const times = new Map<string, number>()
  const waiting: Unanswered[] = [{ content: '', author: { kind: 'user', id: 'u' }, hop: 0, mentioned: opening.map(mention), replies_to: null }]
  for (let message = waiting.shift(); message; message = waiting.shift()) {
    const room = { people, candidates, chain: chain.slice(-mostInChain), max_hops: maxHops }
    for (const { id } of chooseAgents([message], room).agents) {
      // A turn later the chain is longer: whoever answers after another is looked at again.
      if (message.author.kind === 'agent' && refusalOf(id, message.hop, chain.slice(-mostInChain), maxHops)) continue
      const n = times.get(id) ?? 0
      times.set(id, n + 1)
      chain.push({ agent_id: id })
      const habit = habits[Number(id.slice(1))] ?? []
      const named = habit.length === 0 ? [] : (habit[n % habit.length] ?? [])
      waiting.push({ content: '', author: { kind: 'agent', id }, hop: message.hop + 1, mentioned: named.map(mention), replies_to: null })
      if (chain.length > 10_000) throw new Error('it does not end')
    }
  }
  return chain.map(({ agent_id }) => agent_id)
}

test('however agents name each other, a conversation comes to rest within its bound', () => {
  const scene = fc.integer({ min: 1, max: 9 }).chain((agents) => {
    const someone = fc.nat({ max: agents - 1 })
    const names = fc.array(someone, { maxLength: agents })
    return fc.record({
      agents: fc.constant(agents),
      habits: fc.array(fc.array(names, { maxLength: 4 }), { minLength: agents, maxLength: agents }),
      opening: names,
      maxHops: fc.integer({ min: 0, max: 100 }),
      people: fc.integer({ min: 1, max: 3 }),
    })
  })
  fc.assert(
    fc.property(scene, ({ agents, habits, opening, maxHops, people }) => {
      const said = talk(agents, habits, opening, maxHops, people)
      // Those whom a person named, and then what the chain allows.
      expect(said.length).toBeLessThanOrEqual(agents + mostInChain)
      for (let i = 0; i < agents; i++) expect(said.filter((id) => id === `a${i}`).length).toBeLessThanOrEqual(1 + fairShare)
      if (maxHops === 0) expect(said.length).toBeLessThanOrEqual(Math.max(1, new Set(opening).size))
    }),
    { numRuns: 2_000 },
  )
})

test('two that only answer each other are stopped long before the others could not speak any more', () => {
  const said = talk(2, [[[1]], [[0]]], [0], 100, 1)
  expect(said).toEqual(['a0', 'a1', 'a0', 'a1', 'a0'])
})
