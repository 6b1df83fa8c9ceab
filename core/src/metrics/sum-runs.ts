import type { RunTotals } from '@cadre/contract/metrics'
import { type Histogram, percentile } from './bins.ts'
import type { RunCount } from './run-stats.store.ts'

/** Counts, brought together. */
export function sumRuns(rows: readonly RunCount[]): RunTotals {
  const of = (status: string) => rows.filter((row) => row.status === status)
  const count = (some: readonly RunCount[]) => some.reduce((sum, { runs }) => sum + runs, 0)
  const answered = of('completed')
  const completed = count(answered)
  const failed = count(of('failed'))
  const timeout = count(of('timeout'))
  const tried = completed + failed + timeout
  const histogram: Histogram = new Map()
  for (const { bin, runs } of answered) histogram.set(bin, (histogram.get(bin) ?? 0) + runs)
  const rounded = (ms: number | null) => (ms === null ? null : Math.round(ms))
  return {
    runs: count(rows),
    completed,
    failed,
    timeout,
    cancelled: count(of('cancelled')),
    success_rate: tried === 0 ? null : completed / tried,
    average_ms: completed === 0 ? null : Math.round(answered.reduce((sum, { duration_ms }) => sum + duration_ms, 0) / completed),
    p50_ms: rounded(percentile(histogram, 0.5)),
    p95_ms: rounded(percentile(histogram, 0.95)),
    p99_ms: rounded(percentile(histogram, 0.99)),
  }
}
