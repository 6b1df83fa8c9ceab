import { useCallback, useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { type PlotStyle, usePlot } from '../../ui/use-plot.ts'

/** Columns, one a day. The same figures stand in the table below, for whoever cannot see it. */
export function DayChart({ days, values, name, show }: { days: string[]; values: number[]; name: string; show: (value: number) => string }) {
  const texts = useTexts()
  const format = useFormat()
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef(show)
  useEffect(() => {
    latest.current = show
  })
  const plot = useCallback(
    ({ axis, colour }: PlotStyle) => ({
      options: {
        height: 200,
        padding: [8, 0, 0, 0] as [number, number, number, number],
        cursor: { y: false, drag: { x: false, y: false } },
        legend: { show: false },
        scales: {
          x: { time: false, range: [-0.5, days.length - 0.5] as [number, number] },
          y: { range: (_chart: uPlot, _low: number, high: number): [number, number] => [0, high > 0 ? high * 1.1 : 1] },
        },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 90,
            size: 26,
            values: (_chart: uPlot, ticks: number[]) => ticks.map((tick) => shortDay(days[tick], format.dayOfMonth)),
          },
          { ...axis, size: 64, values: (_chart: uPlot, ticks: number[]) => ticks.map((tick) => latest.current(tick)) },
        ],
        series: [{}, { fill: colour('--accent'), width: 0, paths: uPlot.paths.bars?.({ size: [0.7, 48], radius: 0.15 }), points: { show: false } }],
      },
      data: [days.map((_day, i) => i), values] as uPlot.AlignedData,
    }),
    [days, values, format],
  )
  usePlot(box, plot)

  const [first = '', last = ''] = [days[0], days.at(-1)]
  return (
    <div
      ref={box}
      role="img"
      aria-label={texts.usage.chart(name, format.day(first), format.day(last))}
      className="h-[200px] min-w-0 overflow-hidden"
    />
  )
}

const shortDay = (day: string | undefined, write: (day: string) => string) => (day === undefined ? '' : write(day))
