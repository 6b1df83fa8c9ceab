import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { binOf, bounds, percentile } from './bins.ts'
import { scaleOf, spanFrom } from './spans.ts'

const ms = fc.integer({ min: 0, max: 100_000_000 })
const day = 86_400_000
const now = Date.parse('2026-03-31T12:34:56Z')

test('a time is in the first bin whose bound it does not pass', () => {
  fc.assert(
    fc.property(ms, (time) => {
      const bin = binOf(time)
      expect(time).toBeLessThanOrEqual(bounds[bin] ?? Infinity)
      if (bin > 0) expect(time).toBeGreaterThan(bounds[bin - 1] ?? Infinity)
    }),
  )
  expect(bounds.slice(0, 4)).toEqual([10, 13, 16, 20])
})

test('a percentile lies in the bin of the time that it stands for', () => {
  const times = fc.array(fc.integer({ min: 11, max: day }), { minLength: 1, maxLength: 200 })
  fc.assert(
    fc.property(times, fc.constantFrom(0.5, 0.95, 0.99), (some, share) => {
      const histogram = new Map<number, number>()
      for (const time of some) histogram.set(binOf(time), (histogram.get(binOf(time)) ?? 0) + 1)
      const exact = some.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * some.length) - 1)] ?? 0
      const read = percentile(histogram, share) ?? 0
      expect(read).toBeGreaterThanOrEqual(bounds[binOf(exact) - 1] ?? 0)
      expect(read).toBeLessThanOrEqual(bounds[binOf(exact)] ?? 0)
    }),
  )
  expect(percentile(new Map(), 0.5)).toBeNull()
})

describe('the scale of a series', () => {
  test('covers what is asked for in whole steps, with no more points than wanted', () => {
    const range = fc.record({
      ago: fc.integer({ min: 0, max: 4_000 * day }),
      long: fc.integer({ min: 1, max: 4_000 * day }),
      points: fc.integer({ min: 1, max: 1000 }),
    })
    fc.assert(
      fc.property(range, ({ ago, long, points }) => {
        const from = now - ago
        const scale = scaleOf({ from, to: from + long, points, now })
        expect(scale.from).toBeLessThanOrEqual(from)
        expect(scale.to).toBeGreaterThanOrEqual(from + long)
        expect(scale.from % scale.step).toBe(0)
        expect(scale.step % scale.span).toBe(0)
        // A range that lies across the border of two steps needs both.
        expect(scale.count).toBeLessThanOrEqual(Math.max(points, 2))
      }),
    )
  })

  test('is as fine as the counts that are kept so long', () => {
    expect(scaleOf({ from: now - day, to: now, points: 120, now })).toMatchObject({ step: 900_000, span: 60_000 })
    expect(scaleOf({ from: now - day, to: now, points: 30, now })).toMatchObject({ step: 3_600_000, span: 3_600_000 })
    expect(scaleOf({ from: now - 3_600_000, to: now, points: 120, now })).toMatchObject({ step: 60_000, count: 61 })
    expect(scaleOf({ from: now - 3 * day, to: now - 3 * day + 60_000, points: 120, now })).toMatchObject({ step: 3_600_000, span: 3_600_000 })
    expect(scaleOf({ from: now - 30 * day, to: now, points: 120, now })).toMatchObject({ step: day, span: day, count: 31 })
    expect(spanFrom(now - 91 * day, now)).toBe(day)
  })
})
