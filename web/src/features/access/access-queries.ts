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

/** Whether the caller has this role here or a stronger one. The server decides; pages only leave out what it would refuse. */
export function useMay(least: Role): boolean {
  return isAtLeast(useQuery(meQuery).data, least)
}

/** What is about the whole server is for the owners of the first workspace. */
export function useRunsServer(): boolean {
  const { data: me } = useQuery(meQuery)
  return me?.role === 'owner' && me.workspace.id === 'default'
}
