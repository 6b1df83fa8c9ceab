import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type Candidate, chooseAgents, type Unanswered } from './choose-agent.ts'
import { fairShare, mostInChain, refusalOf } from './loop-guard.ts'

/** What each agent says at its n-th turn: whom it names. */
type Habits = number[][][]

const empty = { description: null, role: null, backstory: null, goal: null, system_prompt: '' }
const candidate = (i: number): Candidate => ({ id: `a${i}`, name: `a${i}`, ...empty, last_seq: 0 })
const mention = (i: number) => `a${i}`

type Limits = {
  maxHops: number
  people: number
  /** After how many answers a person says something into the work of the agent whose turn it is, with which the chain begins anew. */
  steered?: ReadonlySet<number>
  /** How many answers the conversation pays for. */
  budget?: number
}

/** A conversation as turns take it: first come, first served; whoever is chosen answers and names others, in one chain that a person began. */
function talk(agents: number, habits: Habits, opening: number[], { maxHops, people, steered = new Set(), budget = Infinity }: Limits): string[] {
  const candidates = Array.from({ length: agents }, (_, i) => candidate(i))
  let chain: { agent_id: string }[] = []
  const said: string[] = []
  const times = new Map<string, number>()
  const waiting: Unanswered[] = [{ content: '', author: { kind: 'user', id: 'u' }, hop: 0, mentioned: opening.map(mention), replies_to: null }]
  for (let message = waiting.shift(); message; message = waiting.shift()) {
    const room = { people, candidates, chain: chain.slice(-mostInChain), max_hops: maxHops }
    for (const { id } of chooseAgents([message], room).agents) {
      // A turn later the chain is longer: whoever answers after another is looked at again.
      if (message.author.kind === 'agent' && refusalOf(id, message.hop, chain.slice(-mostInChain), maxHops)) continue
      // It says so, and nobody answers a failure.
      if (said.length >= budget) continue
      if (steered.has(said.length)) chain = []
      said.push(id)
      const n = times.get(id) ?? 0
      times.set(id, n + 1)
      chain.push({ agent_id: id })
      const habit = habits[Number(id.slice(1))] ?? []
      const named = habit.length === 0 ? [] : (habit[n % habit.length] ?? [])
      waiting.push({ content: '', author: { kind: 'agent', id }, hop: message.hop + 1, mentioned: named.map(mention), replies_to: null })
      if (said.length > 10_000) throw new Error('it does not end')
    }
  }
  return said
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
      steered: fc.array(fc.nat({ max: 60 }), { maxLength: 4 }),
      budget: fc.oneof(fc.constant(Infinity), fc.nat({ max: 40 })),
    })
  })
  fc.assert(
    fc.property(scene, ({ agents, habits, opening, maxHops, people, steered, budget }) => {
      const said = talk(agents, habits, opening, { maxHops, people, steered: new Set(steered), budget })
      expect(said.length).toBeLessThanOrEqual(budget)
      // Those whom a person named, and then what the chain allows; once more for each time that a person spoke.
      const chains = 1 + steered.length
      expect(said.length).toBeLessThanOrEqual(agents + chains * mostInChain)
      for (let i = 0; i < agents; i++) expect(said.filter((id) => id === `a${i}`).length).toBeLessThanOrEqual(1 + chains * fairShare)
      if (maxHops === 0) expect(said.length).toBeLessThanOrEqual(Math.max(1, new Set(opening).size))
    }),
    { numRuns: 2_000 },
  )
})

test('two that only answer each other are stopped long before the others could not speak any more', () => {
  const said = talk(2, [[[1]], [[0]]], [0], { maxHops: 100, people: 1 })
  expect(said).toEqual(['a0', 'a1', 'a0', 'a1', 'a0'])
})
