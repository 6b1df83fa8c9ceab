import { keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'
import { type Range, ranges } from './monitoring-search.ts'

/** A week by the hour needs 169. */
const points = 180
const every_ms = 15_000
const beginOf = (range: Range) => new Date(Date.now() - ranges[range]).toISOString()

// Asked for again while the page is looked at: a window that lies behind others asks for nothing.

export function seriesQuery(range: Range, agent: string | undefined) {
  return queryOptions({
    queryKey: ['metrics', 'series', range, agent],
    queryFn: ({ signal }) => client.metrics.series({ from: beginOf(range), agent, points }, { signal }),
    refetchInterval: every_ms,
    placeholderData: keepPreviousData,
  })
}

export function machineQuery(range: Range) {
  return queryOptions({
    queryKey: ['metrics', 'machine', range],
    queryFn: ({ signal }) => client.metrics.machine({ from: beginOf(range), points }, { signal }),
    refetchInterval: every_ms,
    placeholderData: keepPreviousData,
  })
}

export const systemQuery = queryOptions({
  queryKey: ['metrics', 'system'],
  queryFn: ({ signal }) => client.metrics.system(undefined, { signal }),
  refetchInterval: every_ms,
})
