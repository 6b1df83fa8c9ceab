import { CadreError } from '@cadre/client'
import type { LogEvent, LogLevel } from '@cadre/contract/server'
import { useEffect, useRef, useState } from 'react'
import { client } from '../../lib/api.ts'

/** So many are kept in the page. */
const most = 2_000
/** How long what comes is gathered before it is drawn. */
const gatherMs = 100
const againMs = 2_000

export type LogFilter = { level: LogLevel; q: string }

/** The log as it is written, from what the server still has on. While `paused` what comes is kept back and counted. */
export function useLogs({ level, q }: LogFilter, paused: boolean) {
  const [shown, setShown] = useState<LogEvent[]>([])
  const [waiting, setWaiting] = useState(0)
  const [connection, setConnection] = useState<'connecting' | 'live' | 'away'>('connecting')
  const [error, setError] = useState<unknown>(null)
  const [attempt, setAttempt] = useState(0)
  const kept = useRef<LogEvent[]>([])
  const isPaused = useRef(paused)
  isPaused.current = paused

  const show = () => {
    const come = kept.current
    kept.current = []
    setWaiting(0)
    if (come.length > 0) setShown((before) => [...before, ...come].slice(-most))
  }

  useEffect(() => {
    const leaving = new AbortController()
    let timer: ReturnType<typeof setTimeout> | undefined
    kept.current = []
    setShown([])
    setWaiting(0)
    setError(null)
    const take = (event: LogEvent) => {
      kept.current.push(event)
      if (kept.current.length > most) kept.current.shift()
      timer ??= setTimeout(() => {
        timer = undefined
        if (isPaused.current) setWaiting(kept.current.length)
        else show()
      }, gatherMs)
    }
    follow({ level, q }, leaving.signal, take, setConnection).catch((error: unknown) => {
      if (!leaving.signal.aborted) setError(error)
    })
    return () => {
      leaving.abort()
      clearTimeout(timer)
    }
  }, [level, q, attempt])

  useEffect(() => {
    if (!paused) show()
  }, [paused])

  return { shown, waiting, connection, error, clear: () => setShown([]), again: () => setAttempt((before) => before + 1) }
}

/** Over lost connections and restarts of the server, until it is left. Throws what the server refuses. */
async function follow({ level, q }: LogFilter, signal: AbortSignal, take: (event: LogEvent) => void, tell: (is: 'live' | 'away') => void) {
  for (let lastEventId: string | undefined; !signal.aborted;) {
    try {
      const events = await client.logs.follow({ level, ...(q ? { q } : {}) }, { signal, lastEventId })
      tell('live')
      for await (const event of events) {
        lastEventId = event.position
        take(event)
      }
    } catch (error) {
      if (signal.aborted) return
      if (!(error instanceof CadreError) || error.code !== 'UNAVAILABLE') throw error
    }
    tell('away')
    await new Promise((resolve) => setTimeout(resolve, againMs))
  }
}
