import { useCallback, useEffect, useSyncExternalStore } from 'react'
import { CadreError, type Client } from '../client.ts'
import { delay } from '../delay.ts'

export type Resource<T> = {
  /** What is known; kept while it is loaded again. */
  data: T | null
  /** Why the last try to load it failed; null after one that did not. A server that cannot be reached is asked again until it is back. */
  error: unknown
  isLoading: boolean
}

type Entry = { state: Resource<unknown>; listeners: Set<() => void>; loading: Promise<void> | null }

const firstWaitMs = 300
const longestWaitMs = 3_000
const unknownYet: Resource<never> = { data: null, error: null, isLoading: true }
/** By client and key, so that a component which comes back shows at once what was known when it left. */
const caches = new WeakMap<Client, Map<string, Entry>>()

function entryOf(client: Client, key: string): Entry {
  const cache = caches.get(client) ?? new Map<string, Entry>()
  caches.set(client, cache)
  const entry = cache.get(key) ?? { state: unknownYet, listeners: new Set(), loading: null }
  cache.set(key, entry)
  return entry
}

/** Components that want the same thing at the same time share one call. */
function load(entry: Entry, call: () => Promise<unknown>): Promise<void> {
  const change = (state: Partial<Resource<unknown>>) => {
    entry.state = { ...entry.state, ...state }
    for (const listener of entry.listeners) listener()
  }
  entry.loading ??= (async () => {
    change({ isLoading: true })
    for (let wait = firstWaitMs; ; wait = Math.min(wait * 2, longestWaitMs)) {
      try {
        return change({ data: await call(), error: null, isLoading: false })
      } catch (error) {
        const isAway = error instanceof CadreError && error.code === 'UNAVAILABLE'
        change({ error, isLoading: isAway })
        // Nobody looks any more: whoever comes next begins anew.
        if (!isAway || entry.listeners.size === 0) return change({ isLoading: false })
        await delay(wait)
      }
    }
  })().finally(() => {
    entry.loading = null
  })
  return entry.loading
}

/** @param call must mean the same as long as `key` is the same. */
export function useResource<T>(client: Client, key: string, call: (client: Client) => Promise<T>): Resource<T> & { reload: () => Promise<void> } {
  const subscribe = useCallback(
    (listener: () => void) => {
      const { listeners } = entryOf(client, key)
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    [client, key],
  )
  const state = useSyncExternalStore(subscribe, () => entryOf(client, key).state) as Resource<T>
  const reload = useCallback(() => load(entryOf(client, key), () => call(client)), [client, key])
  useEffect(() => void reload(), [reload])
  return { ...state, reload }
}
