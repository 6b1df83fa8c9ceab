import { useCallback, useEffect, useSyncExternalStore } from 'react'
import type { Client } from '../client.ts'

export type Resource<T> = {
  /** What is known; kept while it is loaded again. */
  data: T | null
  /** Why the last try to load it failed; null after one that did not. */
  error: unknown
  isLoading: boolean
}

type Entry = { state: Resource<unknown>; listeners: Set<() => void>; loading: Promise<void> | null }

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
    try {
      change({ data: await call(), error: null, isLoading: false })
    } catch (error) {
      change({ error, isLoading: false })
    } finally {
      entry.loading = null
    }
  })()
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
