import { queryOptions } from '@tanstack/react-query'
import { client, queries } from '../../lib/api.ts'
import { meQuery } from '../access/access-queries.ts'

/** What one has not read in the 50 conversations that were active last, those that are muted left out. Stands apart: every page asks it. */
export const unreadQuery = queryOptions({
  queryKey: ['conversations', 'unread'],
  queryFn: async ({ signal }) => {
    const [me, { items }] = await Promise.all([queries.ensureQueryData(meQuery), client.conversations.list({ limit: 50 }, { signal })])
    const own = me.user?.id ?? 'local'
    const isMuted = ({ participants }: (typeof items)[number]) => participants.some(({ kind, id, muted }) => kind === 'user' && id === own && muted)
    return items.reduce((count, room) => (isMuted(room) ? count : count + room.unread), 0)
  },
  refetchInterval: 10_000,
})
