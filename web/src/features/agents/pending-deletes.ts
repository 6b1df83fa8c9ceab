import type { QueryClient } from '@tanstack/react-query'
import { useSyncExternalStore } from 'react'

let pending: ReadonlySet<string> = new Set()
const listeners = new Set<() => void>()

function change(next: Set<string>) {
  pending = next
  for (const listener of listeners) listener()
}

/** Ids of what was deleted a moment ago and can still be had back: it is no longer shown, and not gone yet. */
export function usePendingDeletes() {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    () => pending,
  )
}

export function holdDelete(id: string) {
  change(new Set([...pending, id]))
}

/** It is back, or gone for good; then lists are asked for anew before it is forgotten here. */
export async function endDelete(id: string, queries: QueryClient, key: string) {
  await queries.invalidateQueries({ queryKey: [key] })
  change(new Set([...pending].filter((each) => each !== id)))
}
