import type { RunStatus } from '@cadre/contract/run-events'

export const statuses = ['pending', 'running', 'completed', 'failed', 'timeout', 'cancelled'] as const satisfies RunStatus[]
export const spans = { hour: 3_600_000, day: 86_400_000, week: 604_800_000 } as const
export type Span = keyof typeof spans
export type RunsSearch = { status?: RunStatus; agent?: string; since?: Span; from?: string; to?: string }

/** What the address says of the list of runs; what it says otherwise is left out. */
export function readRunsSearch(search: Record<string, unknown>): RunsSearch {
  const isSpan = (value: unknown): value is Span => typeof value === 'string' && Object.hasOwn(spans, value)
  const instant = (value: unknown) => (typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? new Date(value).toISOString() : undefined)
  return {
    status: statuses.find((status) => status === search.status),
    agent: typeof search.agent === 'string' && search.agent !== '' ? search.agent : undefined,
    since: isSpan(search.since) ? search.since : undefined,
    from: instant(search.from),
    to: instant(search.to),
  }
}
