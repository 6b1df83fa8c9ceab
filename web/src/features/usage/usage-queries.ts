import { queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'

const dayMs = 86_400_000
const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** The UTC days up to today, oldest first. */
export function lastDays(count: number, now = Date.now()): string[] {
  return Array.from({ length: count }, (_, i) => isoDay(now - (count - 1 - i) * dayMs))
}

export function usageQuery(by: 'agent' | 'model' | 'day', days: number) {
  const [from = ''] = lastDays(days)
  const group_by = by === 'model' ? 'provider,model' : by
  return queryOptions({
    queryKey: ['usage', by, from],
    queryFn: ({ signal }) => client.usage.get({ group_by, from }, { signal }),
    refetchInterval: 15_000,
  })
}

export const budgetsQuery = queryOptions({
  queryKey: ['budgets'],
  queryFn: async ({ signal }) => (await client.budgets.list(undefined, { signal })).items,
  refetchInterval: 15_000,
})
