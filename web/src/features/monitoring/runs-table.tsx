import type { RunSeries } from '@cadre/contract/metrics'
import { Link } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useMonitoringTexts } from '../../i18n/monitoring-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Card } from '../../ui/parts.tsx'
import { endings, runsOf } from './endings.ts'
import { scaleOf, useTimeNames } from './use-time-names.ts'

/** The same as the charts, for whoever cannot see them or uses no pointer. */
export function RunsTable({ series, agent }: { series: RunSeries; agent: string | undefined }) {
  const texts = useMonitoringTexts()
  const { runStatus } = useTexts()
  const format = useFormat()
  const name = useTimeNames(useMemo(() => scaleOf(series), [series]))
  const places = series.runs.flatMap((runs, place) => (runs > 0 ? [place] : [])).toReversed()
  const cell = 'px-4 py-2 text-right tabular-nums'
  const time = (value: number | null | undefined) => (typeof value === 'number' ? format.duration(value) : '–')
  const columns = [
    { status: undefined, label: texts.all, counts: series.runs },
    ...endings.map(({ status }) => ({ status, label: runStatus[status], counts: series[status] })),
  ]
  return (
    <Card className="min-w-0">
      <details>
        <summary className="cursor-pointer px-4 py-3 text-[13px] font-semibold">{texts.asTable}</summary>
        {/* Whoever reads by keys must be able to scroll it */}
        <div className="max-h-96 overflow-auto border-t border-line" tabIndex={0} role="group" aria-label={texts.byTime}>
          <table className="w-full whitespace-nowrap text-[13px]">
            <thead className="text-xs text-muted">
              <tr className="border-b border-line">
                <th className="px-4 py-2 text-left font-medium">{texts.time}</th>
                {columns.map(({ label }) => (
                  <th key={label} className={`${cell} font-medium`}>
                    {label}
                  </th>
                ))}
                <th className={`${cell} font-medium`}>{texts.successRate}</th>
                <th className={`${cell} font-medium`}>{texts.half}</th>
                <th className={`${cell} font-medium`}>{texts.most}</th>
              </tr>
            </thead>
            <tbody>
              {places.map((place) => (
                <tr key={series.at[place]} className="border-b border-line last:border-0">
                  <td className="px-4 py-2">{name.ofPoint(place)}</td>
                  {columns.map(({ status, label, counts }) => {
                    const count = format.number(counts[place] ?? 0)
                    return (
                      <td key={label} className={cell}>
                        {counts[place] ? (
                          <Link
                            to="/runs"
                            search={runsOf(series, place, status, agent)}
                            className="text-accent underline-offset-2 hover:underline"
                            aria-label={texts.openRuns(count, label, name.ofPoint(place))}
                          >
                            {count}
                          </Link>
                        ) : (
                          count
                        )}
                      </td>
                    )
                  })}
                  <td className={cell}>{series.success_rate[place] == null ? '–' : format.percent(series.success_rate[place])}</td>
                  <td className={cell}>{time(series.p50_ms[place])}</td>
                  <td className={cell}>{time(series.p95_ms[place])}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </Card>
  )
}
