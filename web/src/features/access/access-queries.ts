import type { EndpointName } from '@cadre/contract'
import type { Role } from '@cadre/contract/access'
import type { Me } from '@cadre/contract/credentials'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'

/** From the strongest to the weakest, as the contract has them; its own list would bring all schemas along. */
export const roles = ['owner', 'admin', 'builder', 'member', 'viewer'] as const satisfies Role[]

export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: ({ signal }) => client.sessions.me(undefined, { signal }),
  staleTime: 60_000,
})

export const setupQuery = queryOptions({
  queryKey: ['setup'],
  queryFn: ({ signal }) => client.setup.state(undefined, { signal }),
})

export function isAtLeast(me: Pick<Me, 'role'> | undefined, least: Role): boolean {
  const role = me?.role ?? null
  return role !== null && roles.indexOf(role) <= roles.indexOf(least)
}

/** Whether the server lets the caller call this: on any agent, or on the one that it is about. */
export function mayCall(me: Pick<Me, 'permissions'> | undefined, call: EndpointName, agentId?: string): boolean {
  if (me === undefined) return false
  const { calls, on_agents } = me.permissions
  return calls.includes(call) || (agentId !== undefined && on_agents[agentId]?.includes(call) === true)
}

/** The server decides, and says what: pages only leave out what it would refuse. */
export function useMay(call: EndpointName, agentId?: string): boolean {
  return mayCall(useQuery(meQuery).data, call, agentId)
}
