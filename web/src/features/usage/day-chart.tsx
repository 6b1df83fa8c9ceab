import { useEffect, useRef } from 'react'
import uPlot from 'uplot'
import { useFormat, useTexts } from '../../i18n/texts.ts'

/** Columns, one a day. The same figures stand in the table below, for whoever cannot see it. */
export function DayChart({ days, values, name, show }: { days: string[]; values: number[]; name: string; show: (value: number) => string }) {
  const texts = useTexts()
  const format = useFormat()
  const box = useRef<HTMLDivElement>(null)
  const latest = useRef(show)
  useEffect(() => {
    latest.current = show
  })

  useEffect(() => {
    const element = box.current
    if (!element) return
    const style = getComputedStyle(document.documentElement)
    const colour = (variable: string) => style.getPropertyValue(variable).trim()
    let chart: uPlot | null = null
    const draw = () => {
      chart?.destroy()
      const axis = {
        stroke: colour('--muted'),
        font: `11px ${style.fontFamily}`,
        grid: { stroke: colour('--line'), width: 1 },
        ticks: { show: false },
      }
      chart = new uPlot(
        {
          width: element.clientWidth,
          height: 200,
          padding: [8, 0, 0, 0],
          cursor: { y: false, drag: { x: false, y: false } },
          legend: { show: false },
          scales: { x: { time: false, range: [-0.5, days.length - 0.5] }, y: { range: (_chart, _low, high) => [0, high > 0 ? high * 1.1 : 1] } },
          axes: [
            { ...axis, grid: { show: false }, space: 90, size: 26, values: (_chart, ticks) => ticks.map((tick) => shortDay(days[tick], format.day)) },
            { ...axis, size: 64, values: (_chart, ticks) => ticks.map((tick) => latest.current(tick)) },
          ],
          series: [{}, { fill: colour('--accent'), width: 0, paths: uPlot.paths.bars?.({ size: [0.7, 48], radius: 0.15 }), points: { show: false } }],
        },
        [days.map((_day, i) => i), values],
        element,
      )
    }
    draw()
    const size = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: 200 }))
    size.observe(element)
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      size.disconnect()
      theme.disconnect()
      chart?.destroy()
    }
  }, [days, values, format])

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

function shortDay(day: string | undefined, write: (day: string) => string) {
  return day === undefined ? '' : write(day).replace(/[,]? (de )?\d{4}$/, '')
}
