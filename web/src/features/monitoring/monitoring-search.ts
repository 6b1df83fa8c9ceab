/** What the page can show, and how long that is. */
export const ranges = { hour: 3_600_000, day: 86_400_000, week: 604_800_000, month: 2_592_000_000 } as const
export type Range = keyof typeof ranges
export const rangeNames: Range[] = ['hour', 'day', 'week', 'month']
export type MonitoringSearch = { range?: Range; agent?: string }

/** What the address says of the page; what it says otherwise is left out. */
export function readMonitoringSearch(search: Record<string, unknown>): MonitoringSearch {
  return {
    range: rangeNames.find((range) => range === search.range),
    agent: typeof search.agent === 'string' && search.agent !== '' ? search.agent : undefined,
  }
}
