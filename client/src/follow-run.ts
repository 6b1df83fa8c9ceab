import { CadreError } from '@cadre/contract/errors'
import type { RunEvent, RunStatus } from '@cadre/contract/run-events'
import { getEventMeta } from '@orpc/client'
import type { Client } from './client.ts'
import { delay } from './delay.ts'

export type FollowOptions = {
  /** The id of the last event that is already known: `7`, or `7.2.0` for a piece of text. */
  after?: string
  signal?: AbortSignal
  /** Values that take more bytes come cut. */
  max_value_bytes?: number | undefined
  /** How long a server that was there may be away before its error is thrown. */
  patience_ms?: number
  /** The connection broke and will be made again. */
  onBreak?: (error: CadreError) => void
  /** A connection is made: the first, or one after a break. */
  onOpen?: () => void
}

const firstWaitMs = 100
const longestWaitMs = 3_000

/**
 * Every event of a run, from the first or after the given one, to its `run.ended`. A connection that breaks, and a server that restarts,
 * are got over without losing or repeating an event. The first connection is tried once: its error is thrown at once.
 *
 * oRPC's ClientRetryPlugin is not used: it counts attempts over the whole stream, cannot be aborted while it waits, and takes the
 * orderly end of a stream (a server that shuts down) for the end of the run.
 */
export async function* followRun(client: Client, runId: string, options: FollowOptions = {}): AsyncGenerator<RunEvent, void> {
  const { signal, max_value_bytes, patience_ms = 60_000, onBreak, onOpen } = options
  const cut = max_value_bytes === undefined ? {} : { max_value_bytes }
  let lastEventId = options.after
  let waitMs = firstWaitMs
  // When the server was last known to be there, while it is away; null while it is there.
  let awaySince: number | null = -Infinity
  for (;;) {
    try {
      const events = await client.runs.follow({ runId, ...cut }, { signal, lastEventId })
      awaySince = null
      onOpen?.()
      for await (const event of events) {
        waitMs = firstWaitMs
        lastEventId = getEventMeta(event)?.id ?? lastEventId
        yield event
        if (event.type === 'run.ended') return
      }
      signal?.throwIfAborted()
      // The server ends a stream early when it shuts down, and at once when nothing comes after `lastEventId`.
      const run = await client.runs.get({ runId, ...cut }, { signal })
      if (isOver(run.status) && seqOf(lastEventId) >= run.last_seq) return
    } catch (error) {
      signal?.throwIfAborted()
      if (!(error instanceof CadreError) || error.code !== 'UNAVAILABLE') throw error
      const now = performance.now()
      if (awaySince === null) onBreak?.(error)
      awaySince ??= now
      if (now - awaySince > patience_ms) throw error
    }
    await delay(waitMs, signal)
    waitMs = Math.min(waitMs * 2, longestWaitMs)
  }
}

function seqOf(eventId = '0') {
  return Number(eventId.split('.')[0])
}

/** The contract's own word for it would load zod: 100 ms of every command. */
export function isOver(status: RunStatus) {
  return status !== 'pending' && status !== 'running'
}
