import { CadreError } from '@cadre/client'
import { useMemo } from 'react'
import { useNow } from '../../lib/use-now.ts'

/** How long, in whole seconds as milliseconds, until what was refused as too often may be tried again; null where that is not what happened. */
export function useWait(error: unknown): number | null {
  const wait = error instanceof CadreError && error.code === 'TOO_MANY_REQUESTS' ? (error.retry_after_ms ?? 0) : null
  // The time counts from when this error came.
  const until = useMemo(() => (wait === null ? null : Date.now() + wait), [error])
  const now = useNow(until === null ? null : 1_000)
  return until === null ? null : Math.max(0, Math.ceil((until - now) / 1_000) * 1_000)
}
