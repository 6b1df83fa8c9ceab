/** One line of the summary: what was reached beside what was aimed at. Nothing is asserted; a reader judges. */
export type Figure = { name: string; value: string; target?: string; reached?: boolean }

export function printTable(head: string[], rows: string[][]) {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)))
  const print = (row: string[]) =>
    console.log(`  ${row.map((cell, column) => (column ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0))).join('  ')}`)
  print(head)
  for (const row of rows) print(row)
}

export function printFigures(figures: Figure[]) {
  console.log('\nSummary')
  printTable(
    ['figure', 'measured', 'target', ''],
    figures.map(({ name, value, target = '', reached }) => [name, value, target, reached === undefined ? '' : reached ? 'reached' : 'MISSED']),
  )
}

export function median(values: number[]) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 ? (sorted[middle] ?? NaN) : ((sorted[middle - 1] ?? NaN) + (sorted[middle] ?? NaN)) / 2
}

export const ms = (value: number) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`
export const ratio = (value: number) => value.toFixed(2)
export const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(0)} MB`
