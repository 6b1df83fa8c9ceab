import clsx from 'clsx'
import { useCallback, useEffect, useId, useRef, useState } from 'react'
import uPlot from 'uplot'
import { useMonitoringTexts } from '../../i18n/monitoring-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { Card, CardTitle } from '../../ui/parts.tsx'
import { type PlotStyle, usePlot } from '../../ui/use-plot.ts'
import { lonely, partAt, stackUp } from './stack.ts'
import { type Scale, useTimeNames } from './use-time-names.ts'

export type Line = { name: string; colour: keyof typeof swatches; values: (number | null)[] }

const swatches = {
  '--accent': 'bg-accent',
  '--success': 'bg-success',
  '--warning': 'bg-warning',
  '--danger': 'bg-danger',
  '--info': 'bg-info',
  '--muted': 'bg-muted',
}

type Props = {
  title: string
  note?: string
  scale: Scale
  lines: Line[]
  /** Bars of all lines stand on one another; an area is filled. */
  look?: 'bars' | 'lines' | 'area'
  show: (value: number) => string
  /** The top of the axis; by default a little over the highest value. */
  top?: number
  /** Of a point, and of bars the line whose part was clicked. Points of which it can tell nothing are left out. */
  pick?: { can: (place: number) => boolean; go: (place: number, line: number | null) => void }
}

/** One measure over time. The pointer reads the values above the chart, in all charts of the page at once. */
export function TimeChart({ title, note, scale, lines, look = 'lines', show, top, pick }: Props) {
  const texts = useMonitoringTexts()
  const format = useFormat()
  const name = useTimeNames(scale)
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [pointed, setPointed] = useState<number | null>(null)
  // A shorter time may have come since the pointer moved.
  const place = pointed !== null && pointed < scale.at.length ? pointed : null
  const latest = useRef({ show, pick })
  useEffect(() => {
    latest.current = { show, pick }
  })

  const plot = useCallback(
    ({ axis, colour }: PlotStyle) => {
      const isBars = look === 'bars'
      const stacked = isBars ? stackUp(lines.map(({ values }) => values.map((value) => value ?? 0))) : []
      const half = scale.step_ms / 2
      const xs = scale.at.map((at) => (at + half) / 1000)
      const bounds: [number, number] = [(scale.at[0] ?? 0) / 1000, ((scale.at.at(-1) ?? 0) + scale.step_ms) / 1000]
      const isLong = (bounds[1] - bounds[0]) * 1000 > 2 * dayMs
      const lineOf = ({ colour: variable, values }: Line): uPlot.Series => ({
        stroke: colour(variable),
        width: 1.5,
        ...(look === 'area' && { fill: `${colour(variable)}22` }),
        points: { show: true, size: 4, fill: colour(variable), filter: () => lonely(values) },
      })
      const barOf = ({ colour: variable }: Line): uPlot.Series => ({
        fill: colour(variable),
        width: 0,
        paths: uPlot.paths.bars?.({ size: [0.8, 40] }),
        points: { show: false },
      })
      const options: Omit<uPlot.Options, 'width'> = {
        height,
        padding: [8, 24, 0, 0],
        legend: { show: false },
        cursor: { y: false, drag: { x: false, y: false }, sync: { key: 'monitoring' }, points: { show: !isBars } },
        // Days of figures are UTC days.
        tzDate: (seconds) => (scale.step_ms % dayMs === 0 ? uPlot.tzDate(new Date(seconds * 1000), 'Etc/UTC') : new Date(seconds * 1000)),
        scales: { x: { range: bounds }, y: { range: (_chart, _low, high) => [0, top ?? (high > 0 ? high * 1.1 : 1)] } },
        axes: [
          {
            ...axis,
            grid: { show: false },
            space: 64,
            size: 26,
            ...(isLong && { incrs: [1, 2, 3, 5, 7, 10, 15].map((days) => (days * dayMs) / 1000) }),
            values: (_chart, ticks) => ticks.map((tick) => name.ofTick(tick * 1000, isLong)),
          },
          { ...axis, size: 64, space: 32, values: (_chart, ticks) => ticks.map((tick) => latest.current.show(tick)) },
        ],
        // What stands higher is drawn first: the others cover all of it but their own part.
        series: [{}, ...(isBars ? lines.map(barOf).toReversed() : lines.map(lineOf))],
        hooks: {
          setCursor: [
            (chart) => {
              const at = chart.cursor.idx ?? null
              const isIn = at !== null && (chart.cursor.left ?? -1) >= 0
              setPointed(isIn ? at : null)
              chart.over.style.cursor = isIn && latest.current.pick?.can(at) ? 'pointer' : ''
            },
          ],
          ready: [
            (chart) =>
              chart.over.addEventListener('click', ({ offsetX, offsetY }) => {
                const at = chart.posToIdx(offsetX)
                if (!latest.current.pick?.can(at)) return
                latest.current.pick.go(at, isBars ? partAt(stacked, at, chart.posToVal(offsetY, 'y')) : null)
              }),
          ],
        },
      }
      return { options, data: [xs, ...(isBars ? stacked.toReversed() : lines.map(({ values }) => values))] as uPlot.AlignedData }
    },
    [scale, lines, look, top, name],
  )
  usePlot(box, plot)

  const from = scale.at[0] ?? 0
  const to = (scale.at.at(-1) ?? 0) + scale.step_ms
  return (
    <Card className="min-w-0" aria-labelledby={id}>
      <CardTitle side={<span className="text-xs tabular-nums text-muted">{place !== null && name.ofPoint(place)}</span>}>
        <span id={id}>{title}</span>
      </CardTitle>
      <ul className="flex min-h-8 flex-wrap gap-x-4 gap-y-0.5 px-4 pb-1 pt-3 text-xs text-muted">
        {note !== undefined && <li>{note}</li>}
        {lines.map(({ name, colour, values }) => {
          const value = place === null ? undefined : values[place]
          // The one line of a chart is what the chart is called.
          if (lines.length === 1 && typeof value !== 'number') return null
          return (
            <li key={name} className="flex items-center gap-1.5">
              <span className={clsx('size-2 rounded-full', swatches[colour])} aria-hidden />
              {lines.length > 1 && name}
              {typeof value === 'number' && <span className="font-medium tabular-nums text-ink">{show(value)}</span>}
            </li>
          )
        })}
      </ul>
      <div className="px-2 pb-2">
        <div
          ref={box}
          role="img"
          aria-label={texts.chart(title, format.dateTime(new Date(from).toISOString()), format.dateTime(new Date(to).toISOString()))}
          className="h-[180px] min-w-0 overflow-hidden"
        />
      </div>
    </Card>
  )
}

const height = 180
const dayMs = 86_400_000
