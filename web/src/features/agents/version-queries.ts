import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'

// Under the key of the agents: a change of one is a new version.
export const versionsQuery = (idOrSlug: string) =>
  infiniteQueryOptions({
    queryKey: ['agents', idOrSlug, 'versions'],
    queryFn: ({ pageParam, signal }) => client.agents.versions({ idOrSlug, cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })

export const versionQuery = (idOrSlug: string, version: number) =>
  queryOptions({
    queryKey: ['agents', idOrSlug, 'version', version],
    queryFn: ({ signal }) => client.agents.version({ idOrSlug, version }, { signal }),
  })
