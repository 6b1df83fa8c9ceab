import type { User } from '@cadre/contract/access'
import { queryOptions } from '@tanstack/react-query'
import { client, queries } from '../../lib/api.ts'

/** Everyone, in as many calls as it takes. */
export const usersQuery = queryOptions({
  queryKey: ['users'],
  queryFn: async ({ signal }) => {
    const all: User[] = []
    let cursor: string | undefined
    do {
      const page = await client.users.list({ limit: 200, cursor }, { signal })
      all.push(...page.items)
      cursor = page.next_cursor ?? undefined
    } while (cursor !== undefined)
    return all
  },
  staleTime: 10_000,
})

export const keysQuery = queryOptions({
  queryKey: ['keys'],
  queryFn: async ({ signal }) => (await client.keys.list(undefined, { signal })).items,
  staleTime: 10_000,
})

export const workspacesQuery = queryOptions({
  queryKey: ['workspaces'],
  queryFn: async ({ signal }) => (await client.workspaces.list(undefined, { signal })).items,
})

export function membersQuery(workspace: string) {
  return queryOptions({
    queryKey: ['workspaces', workspace, 'members'],
    queryFn: async ({ signal }) => (await client.workspaces.members({ id: workspace }, { signal })).items,
  })
}

/** Roles, members, keys and grants go with their users. */
export function peopleChanged() {
  return Promise.all(['users', 'workspaces', 'keys', 'grants', 'me'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
}
