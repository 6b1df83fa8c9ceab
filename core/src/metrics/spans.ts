const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Counts are kept by the minute, hour and day (UTC), the shorter for the shorter time. */
export const spans = [
  { ms: minute, kept_ms: 2 * day },
  { ms: hour, kept_ms: 90 * day },
  { ms: day, kept_ms: Infinity },
] as const

/** The finest counts that there still are of a time. */
export function spanFrom(from: number, now: number): number {
  // A minute less: what is about to be deleted may be gone at the next look.
  return (spans.find(({ kept_ms }) => from > now - kept_ms + minute) ?? { ms: day }).ms
}

const steps = [minute, 5 * minute, 15 * minute, 30 * minute, hour, 3 * hour, 6 * hour, 12 * hour, day, 7 * day, 30 * day]

export type Scale = { from: number; to: number; step: number; span: number; count: number }

/** More than this is counted by the day: the hours of a month and twenty agents take 0.4 s to add up, its days 0.07. */
const mostHoursMs = 8 * day

/** The least usual step that needs no more points, over whole steps, and the coarsest counts that make it up. */
export function scaleOf(range: { from: number; to: number; points: number; now: number }): Scale {
  const least = range.to - range.from > mostHoursMs ? day : spanFrom(range.from, range.now)
  const fits = (step: number) => step >= least && Math.ceil(range.to / step) - Math.floor(range.from / step) <= range.points
  // A range that begins within a step touches one more.
  const longest = Math.ceil((range.to - range.from) / Math.max(1, range.points - 1) / day) * day
  const step = steps.find(fits) ?? longest
  const from = Math.floor(range.from / step) * step
  const to = Math.max(Math.ceil(range.to / step) * step, from + step)
  const span = spans.findLast(({ ms }) => step % ms === 0)?.ms ?? minute
  return { from, to, step, span, count: (to - from) / step }
}
