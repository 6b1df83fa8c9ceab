/** Upper bounds of what is counted together, in milliseconds: from 10 ms to a day, each a quarter more than the one before. Stored: they never change. */
export const bounds = Array.from({ length: 73 }, (_, i) => Math.round(10 * 1.25 ** i))

/** The first bound that a time does not pass; one more than there are where it passes all. */
export function binOf(ms: number): number {
  let low = 0
  let high = bounds.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (ms <= (bounds[middle] ?? Infinity)) high = middle
    else low = middle + 1
  }
  return low
}

/** How many there are in each bin. */
export type Histogram = Map<number, number>

/** The time that a share of them does not pass, reckoned evenly within its bin; null where there is none. */
export function percentile(histogram: Histogram, share: number): number | null {
  const total = [...histogram.values()].reduce((sum, count) => sum + count, 0)
  if (total === 0) return null
  let left = Math.max(share * total, 1)
  const bins = [...histogram].toSorted(([a], [b]) => a - b)
  for (const [bin, count] of bins) {
    const from = bounds[bin - 1] ?? 0
    if (left <= count) return from + ((bounds[bin] ?? from) - from) * (left / count)
    left -= count
  }
  return bounds.at(-1) ?? null
}
