import type { RunSeries } from '@cadre/contract/metrics'
import type { RunsSearch } from '../runs/runs-search.ts'

/** How runs end, as the bars stand on one another. */
export const endings = [
  { status: 'completed', colour: '--success' },
  { status: 'cancelled', colour: '--muted' },
  { status: 'timeout', colour: '--warning' },
  { status: 'failed', colour: '--danger' },
] as const

/** The list of the runs that a point counts. */
export function runsOf(series: RunSeries, place: number, status: RunsSearch['status'], agent: string | undefined): RunsSearch {
  const from = series.at[place] ?? series.from
  return { status, agent, from, to: new Date(Date.parse(from) + series.step_ms).toISOString() }
}
