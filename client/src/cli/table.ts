import { pad, shorten, widthOf } from './text.ts'

export type Column = { title: string; align?: 'right'; /** Gives way first where the line is too long. */ flexible?: boolean }

const lineWidth = 100
const gap = 2

/** Aligned columns on at most 100 columns of terminal; what does not fit is shortened in the flexible columns. */
export function table(columns: Column[], rows: string[][]): string {
  const lines = [columns.map(({ title }) => title), ...rows.map((row) => row.map((cell) => shorten(cell, lineWidth)))]
  const widths = columns.map((_, i) => Math.max(...lines.map((line) => widthOf(line[i] ?? ''))))
  squeeze(columns, widths)
  return lines
    .map((line) =>
      line
        .map((cell, i) => pad(shorten(cell, widths[i] ?? 0), widths[i] ?? 0, columns[i]?.align === 'right' ? 'right' : 'left'))
        .join(' '.repeat(gap))
        .trimEnd(),
    )
    .join('\n')
}

function squeeze(columns: Column[], widths: number[]) {
  const total = () => widths.reduce((sum, width) => sum + width, 0) + gap * (widths.length - 1)
  while (total() > lineWidth) {
    const widest = columns.reduce((best, { flexible }, i) => (flexible && (best < 0 || (widths[i] ?? 0) > (widths[best] ?? 0)) ? i : best), -1)
    if (widest < 0 || (widths[widest] ?? 0) <= 8) return
    widths[widest] = (widths[widest] ?? 0) - 1
  }
}
