import { CadreError } from '@cadre/client'
import { client, queries } from '../../lib/api.ts'
import { unreadQuery } from './unread-query.ts'

/** What changes how much is unread. Of the reading itself only one's own is told here. */
const matters = /^(message\.(created|deleted|updated)|read\.updated|participant\.|conversation\.deleted)/
/** However much happens, it is counted this often at most. */
const gatherMs = 300
const againMs = 3_000

/**
 * Counts anew when something happens in one's conversations. Only while somebody looks: a browser has six connections to a server for all
 * of its windows together.
 */
export function followUnread(): () => void {
  let watching: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined
  const count = () => {
    timer ??= setTimeout(() => {
      timer = undefined
      void queries.invalidateQueries({ queryKey: unreadQuery.queryKey })
    }, gatherMs)
  }
  const look = () => {
    if (document.visibilityState === 'hidden') {
      watching?.abort()
      watching = null
    } else if (watching === null) {
      watching = new AbortController()
      void follow(watching.signal, count)
    }
  }
  look()
  document.addEventListener('visibilitychange', look)
  return () => {
    document.removeEventListener('visibilitychange', look)
    watching?.abort()
    clearTimeout(timer)
  }
}

async function follow(signal: AbortSignal, count: () => void) {
  while (!signal.aborted) {
    try {
      const events = await client.events.follow(undefined, { signal })
      count()
      for await (const { type } of events) if (matters.test(type)) count()
    } catch (error) {
      // Whoever may not follow, or too often, has the count that is asked for every half minute.
      if (!signal.aborted && !(error instanceof CadreError && error.code === 'UNAVAILABLE')) return
    }
    await new Promise((resolve) => setTimeout(resolve, againMs))
  }
}
