/**
 * Why agents that talk with each other come to rest. A chain is what agents said since a person last spoke. In it the hops are counted,
 * nobody speaks more than a fair share, two cannot go on between themselves, and there is a most for all of them together: however the
 * agents of a room mention each other, a chain has at most `mostInChain` messages.
 */
export type ChainLink = { agent_id: string }

/** How often one agent speaks in a chain. */
export const fairShare = 4
/** All agents together. */
export const mostInChain = 24
/** So many messages of two agents in turns are a ping-pong. */
const pingPong = 6

export type Refusal = 'hops' | 'share' | 'chain' | 'ping-pong'

/**
 * Whether an agent may answer another agent.
 * @param hop of the message that is to be answered: 1 for an answer to a person.
 * @param chain the oldest first.
 * @returns why not, or null.
 */
export function refusalOf(agentId: string, hop: number, chain: readonly ChainLink[], maxHops: number): Refusal | null {
  if (hop > maxHops) return 'hops'
  if (chain.length >= mostInChain) return 'chain'
  if (chain.filter((link) => link.agent_id === agentId).length >= fairShare) return 'share'
  const last = [...chain.slice(1 - pingPong), { agent_id: agentId }]
  const isPingPong =
    last.length === pingPong && last.every((link, i) => link.agent_id === last[i % 2]?.agent_id) && last[0]?.agent_id !== last[1]?.agent_id
  return isPingPong ? 'ping-pong' : null
}
