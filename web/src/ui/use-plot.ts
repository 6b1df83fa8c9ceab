import { type RefObject, useEffect } from 'react'
import uPlot from 'uplot'

export type PlotStyle = {
  /** What a variable of theme.css is now. */
  colour: (variable: string) => string
  /** How an axis looks. */
  axis: uPlot.Axis
}
export type Plot = { options: Omit<uPlot.Options, 'width'>; data: uPlot.AlignedData }

/** Draws into the element, as wide as it is: anew when `plot` is another function, and when the theme changes. */
export function usePlot(box: RefObject<HTMLElement | null>, plot: (style: PlotStyle) => Plot) {
  useEffect(() => {
    const element = box.current
    if (!element) return
    let chart: uPlot | null = null
    const draw = () => {
      chart?.destroy()
      const { options, data } = plot(styleOf(document.documentElement))
      chart = new uPlot({ ...options, width: element.clientWidth }, data, element)
    }
    draw()
    const size = new ResizeObserver(() => chart?.setSize({ width: element.clientWidth, height: chart.height }))
    size.observe(element)
    const theme = new MutationObserver(draw)
    theme.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
    return () => {
      size.disconnect()
      theme.disconnect()
      chart?.destroy()
    }
  }, [box, plot])
}

function styleOf(root: HTMLElement): PlotStyle {
  const style = getComputedStyle(root)
  const colour = (variable: string) => style.getPropertyValue(variable).trim()
  const font = `11px ${style.fontFamily}`
  return { colour, axis: { stroke: colour('--muted'), font, grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false } } }
}
