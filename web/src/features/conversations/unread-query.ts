import { queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'

/** What one has not read, in all conversations but the muted. Stands apart: every page asks it. What happens is told besides: follow-unread.ts. */
export const unreadQuery = queryOptions({
  queryKey: ['conversations', 'unread'],
  queryFn: async ({ signal }) => (await client.conversations.unread(undefined, { signal })).messages,
  refetchInterval: 30_000,
})
