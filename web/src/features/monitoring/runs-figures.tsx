import type { RunSeries } from '@cadre/contract/metrics'
import { useNavigate } from '@tanstack/react-router'
import { useMemo } from 'react'
import { useMonitoringTexts } from '../../i18n/monitoring-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Figures } from '../../ui/figures.tsx'
import type { RunsSearch } from '../runs/runs-search.ts'
import { endings, runsOf } from './endings.ts'
import { RunsTable } from './runs-table.tsx'
import { type Line, TimeChart } from './time-chart.tsx'
import { scaleOf } from './use-time-names.ts'

export function RunsFigures({ series, agent }: { series: RunSeries; agent: string | undefined }) {
  const texts = useMonitoringTexts()
  const all = useTexts()
  const format = useFormat()
  const navigate = useNavigate()
  const { totals } = series
  const { scale, ends, times, success } = useMemo(() => {
    const ends: Line[] = endings.map(({ status, colour }) => ({ name: all.runStatus[status], colour, values: series[status] }))
    const times: Line[] = [
      { name: texts.half, colour: '--accent', values: series.p50_ms },
      { name: texts.most, colour: '--warning', values: series.p95_ms },
    ]
    const success: Line[] = [{ name: texts.successRate, colour: '--success', values: series.success_rate }]
    return { scale: scaleOf(series), ends, times, success }
  }, [series, texts, all])
  const go = (place: number, status: RunsSearch['status']) => void navigate({ to: '/runs', search: runsOf(series, place, status, agent) })
  const share = (value: number | null) => (value === null ? '–' : format.percent(value))
  const time = (value: number | null) => (value === null ? '–' : format.duration(value))
  const hasRuns = (place: number) => (series.runs[place] ?? 0) > 0
  return (
    <div className="flex flex-col gap-4">
      <Figures
        figures={[
          [texts.runsEnded, format.number(totals.runs)],
          [texts.successRate, share(totals.success_rate)],
          [texts.p50, time(totals.p50_ms)],
          [texts.p95, time(totals.p95_ms)],
        ]}
      />
      <TimeChart
        title={texts.runs}
        scale={scale}
        lines={ends}
        look="bars"
        show={format.short}
        pick={{ can: hasRuns, go: (place, line) => go(place, line === null ? undefined : endings[line]?.status) }}
      />
      <div className="grid gap-4 lg:grid-cols-2">
        <TimeChart
          title={texts.latency}
          note={texts.latencyNote}
          scale={scale}
          lines={times}
          show={format.duration}
          pick={{ can: (place) => (series.completed[place] ?? 0) > 0, go: (place) => go(place, 'completed') }}
        />
        <TimeChart
          title={texts.successRate}
          note={texts.successNote}
          scale={scale}
          lines={success}
          look="area"
          show={format.percent}
          top={1}
          pick={{ can: hasRuns, go: (place) => go(place, undefined) }}
        />
      </div>
      <RunsTable series={series} agent={agent} />
    </div>
  )
}
