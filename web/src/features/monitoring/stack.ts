/** Columns that stand on one another: for each, how high it and all below it reach. */
export function stackUp(columns: number[][]): number[][] {
  const sums: number[][] = []
  for (const column of columns) {
    const below = sums.at(-1)
    sums.push(column.map((value, i) => value + (below?.[i] ?? 0)))
  }
  return sums
}

/** Which of the columns has this height at this place, or null above them all. */
export function partAt(stacked: number[][], place: number, height: number): number | null {
  const part = stacked.findIndex((column) => (column[place] ?? 0) >= height && (column[place] ?? 0) > 0)
  return part === -1 ? null : part
}

/** Values with nothing beside them, which a line does not show. */
export function lonely(values: (number | null | undefined)[]): number[] {
  const has = (i: number) => typeof values[i] === 'number'
  return values.flatMap((_value, i) => (has(i) && !has(i - 1) && !has(i + 1) ? [i] : []))
}
