import type { Agent, PublicAgent } from '@cadre/contract/agents'
import { queryOptions } from '@tanstack/react-query'
import { client, queries } from '../../lib/api.ts'

export type SeenAgent = Agent | PublicAgent
/** One's own is seen whole. */
export const isOwn = (agent: SeenAgent): agent is Agent => 'system_prompt' in agent

/** Every agent, in as many calls as it takes. */
export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: async ({ signal }) => {
    const all: SeenAgent[] = []
    let cursor: string | undefined
    do {
      const page = await client.agents.list({ limit: 200, cursor }, { signal })
      all.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    return all
  },
})

export function agentsChanged() {
  return queries.invalidateQueries({ queryKey: ['agents'] })
}
