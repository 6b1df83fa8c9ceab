import type { Approval } from '@cadre/contract/approvals'
import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query'
import { client, queries } from '../../lib/api.ts'

/** What waits; of at most 200. There is no stream of them: the server is asked every few seconds. */
export const pendingQuery = queryOptions({
  queryKey: ['approvals', 'pending'],
  queryFn: async ({ signal }) => (await client.approvals.list({ status: 'pending', limit: 200 }, { signal })).items,
  refetchInterval: 3_000,
})

/** All of one run, newest first. */
export function approvalsOfRunQuery(run: string) {
  return queryOptions({
    queryKey: ['approvals', 'run', run],
    queryFn: async ({ signal }) => (await client.approvals.list({ run, limit: 50 }, { signal })).items,
    refetchInterval: 3_000,
  })
}

export function approvalsQuery(run: string | undefined) {
  return infiniteQueryOptions({
    queryKey: ['approvals', 'all', run],
    queryFn: ({ pageParam, signal }) => client.approvals.list({ run, cursor: pageParam, limit: 50 }, { signal }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  })
}

export const rulesQuery = infiniteQueryOptions({
  queryKey: ['approvals', 'rules'],
  queryFn: ({ pageParam, signal }) => client.approvalRules.list({ cursor: pageParam, limit: 50 }, { signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
})

export function approvalsChanged() {
  return queries.invalidateQueries({ queryKey: ['approvals'] })
}

/** Past its time it may still be listed as pending, until the run has been told. */
export function isOpen({ status, expires_at }: Approval, now: number): boolean {
  return status === 'pending' && Date.parse(expires_at) > now
}
