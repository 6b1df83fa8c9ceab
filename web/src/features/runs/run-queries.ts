import type { RunSummary } from '@cadre/contract/runs'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'
import { type RunsSearch, spans } from './runs-search.ts'

export const isOver = (status: RunSummary['status']) => status !== 'pending' && status !== 'running'

/** How many runs are under way; at most 200 are counted. */
export const liveRunsQuery = queryOptions({
  queryKey: ['runs', 'live'],
  queryFn: async ({ signal }) => (await client.runs.list({ status: 'running', limit: 200 }, { signal })).items.length,
  refetchInterval: 5_000,
})

/** There is no stream of all runs: while one of those shown is under way, they are asked for each second, else every five. */
const interval = (runs: RunSummary[]) => (runs.some(({ status }) => !isOver(status)) ? 1_000 : 5_000)

/** What the server is asked for what the address says. */
export function filterOf({ status, agent, since, from, to }: RunsSearch) {
  return { status, agent, from: since ? new Date(Date.now() - spans[since]).toISOString() : from, to }
}

export function runsQuery({ status, agent, since, from, to }: RunsSearch) {
  return infiniteQueryOptions({
    queryKey: ['runs', 'list', { status, agent, since, from, to }],
    queryFn: ({ pageParam, signal }) =>
      client.runs.list({ ...filterOf({ status, agent, since, from, to }), cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
    refetchInterval: ({ state }) => interval(state.data?.pages.flatMap(({ items }) => items) ?? []),
  })
}

export function recentRunsQuery(agent: string | undefined, limit: number) {
  return queryOptions({
    queryKey: ['runs', 'recent', agent, limit],
    queryFn: async ({ signal }) => (await client.runs.list({ agent, limit }, { signal })).items,
    refetchInterval: ({ state }) => interval(state.data ?? []),
  })
}
