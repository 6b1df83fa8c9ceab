import { CadreError } from '@cadre/client'
import type { Conversation } from '@cadre/contract/conversations'
import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query'
import { client, queries } from '../../lib/api.ts'

/** There is no stream of a list: it is asked for every few seconds, and when the open room hears of something. */
export const roomsQuery = infiniteQueryOptions({
  queryKey: ['conversations', 'list'],
  queryFn: ({ pageParam, signal }) => client.conversations.list({ limit: 50, cursor: pageParam }, { signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: ({ next_cursor }) => next_cursor ?? undefined,
  refetchInterval: 5_000,
})

export function roomsChanged() {
  return queries.invalidateQueries({ queryKey: ['conversations'] })
}

export const projectsQuery = queryOptions({
  queryKey: ['projects'],
  queryFn: async ({ signal }) => (await client.projects.list({ limit: 200 }, { signal })).items,
})

/** The people of the workspace with this in their names; at most 200. Viewers, who begin no conversation, have none to choose. */
export function peopleQuery(q: string) {
  return queryOptions({
    queryKey: ['people', q],
    queryFn: async ({ signal }) => {
      try {
        return (await client.people.list({ limit: 200, ...(q === '' ? {} : { q }) }, { signal })).items
      } catch (error) {
        if (error instanceof CadreError && error.code === 'FORBIDDEN') return []
        throw error
      }
    },
    placeholderData: keepPreviousData,
    staleTime: 60_000,
  })
}

export function spentQuery(conversationId: string, enabled: boolean) {
  return queryOptions({
    queryKey: ['conversations', 'spent', conversationId],
    queryFn: ({ signal }) => client.conversations.budget({ conversationId }, { signal }),
    enabled,
  })
}

export function foundQuery(q: string) {
  return queryOptions({
    queryKey: ['conversations', 'found', q],
    queryFn: async ({ signal }) => (await client.messages.search({ q, limit: 30 }, { signal })).items,
    enabled: q !== '',
    retry: false,
  })
}

/** What a run took is settled when its answer stands there. */
export function factsQuery(runId: string, enabled: boolean) {
  return queryOptions({
    queryKey: ['runs', 'facts', runId],
    queryFn: async ({ signal }) => {
      const { model, metrics } = await client.runs.get({ runId }, { signal })
      return { model, metrics }
    },
    enabled,
    staleTime: Infinity,
    retry: false,
  })
}

export function pinsQuery(conversationId: string) {
  return queryOptions({
    queryKey: ['conversations', 'pins', conversationId],
    queryFn: async ({ signal }) => (await client.messages.pins({ conversationId }, { signal })).items,
  })
}

type Words = { you: string; somebody: string; nobodyElse: string }

/** Its title, or who else is in it. `me` is empty until it is known. */
export function roomName({ title, participants }: Pick<Conversation, 'title' | 'participants'>, me: string, words: Words): string {
  if (title !== null) return title
  const others = participants.filter(({ kind, id }) => kind !== 'user' || id !== me)
  return others.map(({ name }) => name ?? words.somebody).join(', ') || words.nobodyElse
}
