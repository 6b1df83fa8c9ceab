import { delay } from './delay.ts'
import type { ConversationEvent } from '@cadre/contract/conversation-events'
import { CadreError } from '@cadre/contract/errors'
import { getEventMeta } from '@orpc/client'
import type { Client } from './client.ts'
import type { FollowOptions } from './follow-run.ts'

const firstWaitMs = 100
const longestWaitMs = 3_000

/**
 * Every event of a conversation from now on, or after the given number, until the caller leaves it, it is deleted, or the signal is
 * aborted. A connection that breaks, and a server that restarts, are got over without losing or repeating a stored event. The first
 * connection is tried once: its error is thrown at once.
 */
export async function* followConversation(
  client: Client,
  conversationId: string,
  options: FollowOptions = {},
): AsyncGenerator<ConversationEvent, void> {
  const { signal, patience_ms = 60_000, onBreak, onOpen } = options
  // "From now on" has to be a number before the first break.
  let last = options.after ?? String((await client.conversations.get({ conversationId }, { signal })).last_event)
  let waitMs = firstWaitMs
  let awaySince: number | null = -Infinity
  for (;;) {
    try {
      const events = await client.conversations.follow({ conversationId }, { signal, lastEventId: last })
      awaySince = null
      onOpen?.()
      for await (const event of events) {
        waitMs = firstWaitMs
        last = getEventMeta(event)?.id ?? last
        yield event
        if (event.type === 'conversation.deleted') return
      }
      signal?.throwIfAborted()
    } catch (error) {
      signal?.throwIfAborted()
      // Whoever was removed meanwhile has come to the end.
      if (awaySince === null && error instanceof CadreError && error.code === 'CONVERSATION_NOT_FOUND') return
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
