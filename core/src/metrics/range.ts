import { invalid } from '@cadre/contract/errors'

const dayMs = 86_400_000

/** The time that is asked for, in milliseconds; by default the day that ends now. */
export function rangeOf({ from, to }: { from?: string | undefined; to?: string | undefined }, now: number): { from: number; to: number } {
  const end = to === undefined ? now : Date.parse(to)
  const start = from === undefined ? end - dayMs : Date.parse(from)
  if (start >= end) throw invalid('to', 'is not after from')
  return { from: Math.max(0, start), to: end }
}
