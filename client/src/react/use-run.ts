import type { ResolveStep, Run } from '@cadre/contract/runs'
import { useCallback, useEffect, useState, useSyncExternalStore } from 'react'
import { type LiveRun, type LiveRunOptions, type LiveRunState, openLiveRun } from '../live-run.ts'
import { useClient } from './context.ts'

const nothing: LiveRunState = { run: null, texts: [], connection: 'connecting', error: null }
const unheard = () => () => {}

/** One run, live: what is known of it, and every later event as it comes, over lost connections, to its end. Null: no run yet. */
export function useRun(runId: string | null, { max_value_bytes, first_events }: Pick<LiveRunOptions, 'max_value_bytes' | 'first_events'> = {}) {
  const client = useClient()
  const [live, setLive] = useState<LiveRun | null>(null)
  const [attempt, setAttempt] = useState(0)

  useEffect(() => {
    if (runId === null) return
    const opened = openLiveRun(client, runId, { max_value_bytes, first_events })
    setLive(opened)
    return () => {
      opened.close()
      setLive(null)
    }
  }, [client, runId, attempt, max_value_bytes, first_events])

  const state = useSyncExternalStore(live?.subscribe ?? unheard, live?.getState ?? (() => nothing))
  const cancel = useCallback((): Promise<Run> => client.runs.cancel({ runId: runId ?? '' }), [client, runId])
  const resolve = useCallback((answer: ResolveStep): Promise<Run> => client.runs.resolve({ runId: runId ?? '', ...answer }), [client, runId])
  /** After an error: everything anew. */
  const reopen = useCallback(() => setAttempt((before) => before + 1), [])
  return { ...state, cancel, resolve, reopen }
}
