import type { ContextPolicy } from '@cadre/contract/context'
import type { TokenCounter } from './count-tokens.ts'
import { ContextTooLong } from './context-too-long.ts'

export type Budget = { context_size: number | null; max_output: number }
/** What we counted for an earlier prompt of this run, and what its provider says that it was. */
export type Measured = { counted: number; actual: number }

export type Room = {
  /** Tokens of input that this call may have; null: no limit is known. */
  limit: number | null
  /** From this size on a tool result is kept aside. */
  largeResult: number
  notes: string[]
}

const largeResult = 8000
const smallestLarge = 200

/** How much room there is for input: the window less the answer and a margin, as far as the policy lets it be used. */
export function roomFor(budget: Budget, policy: ContextPolicy, counter: TokenCounter, measured: Measured | null): Room {
  const notes: string[] = []
  const byWindow = budget.context_size === null ? null : inputOf(budget, budget.context_size, counter) * (policy.window_percent / 100)
  if (byWindow === null && policy.max_tokens === null) notes.push('the size of the model’s window is unknown: nothing is left out')
  const plain = byWindow === null ? policy.max_tokens : Math.min(byWindow, policy.max_tokens ?? byWindow)
  // Not scaled below: what is kept aside must not change from call to call.
  const quarter = plain === null ? largeResult : Math.max(smallestLarge, Math.floor(plain / 4))
  const room = { limit: plain === null ? null : Math.floor(plain), largeResult: policy.tool_result_tokens ?? Math.min(largeResult, quarter), notes }
  if (room.limit === null || !measured || measured.counted <= 0 || measured.actual <= measured.counted) return room
  const scale = Math.max(1 / 5, measured.counted / measured.actual)
  notes.push(`the provider counted ${measured.actual} tokens where we counted ${measured.counted}; the limit is lowered in proportion`)
  return { ...room, limit: Math.floor(room.limit * scale) }
}

function inputOf({ max_output }: Budget, size: number, counter: TokenCounter): number {
  const margin = marginOf(size, counter)
  const room = size - max_output - margin
  if (room > 0) return room
  const message = `the model's window of ${size} tokens has no room for input: ${max_output} are kept for the answer (max_tokens) and ${margin} to spare`
  throw new ContextTooLong(message, 1, Math.max(0, room))
}

// Providers wrap messages in tokens of their own; an estimate can be wrong by more than that.
function marginOf(size: number, counter: TokenCounter): number {
  return counter.exact ? Math.max(16, Math.ceil(size / 100)) : Math.max(16, Math.ceil(size / 10))
}
