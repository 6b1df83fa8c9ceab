import type { Row } from './rows-shared.ts'

/** Makes rows of these columns, each cell by its place. Much faster than entries; `__proto__` is a column like any other. */
export function rowMaker(names: readonly string[]): (cell: (place: number) => unknown) => Row {
  const isDangerous = names.includes('__proto__')
  return (cell) => {
    const row: Row = {}
    for (let place = 0; place < names.length; place++) {
      const name = names[place] as string
      if (isDangerous && name === '__proto__')
        Object.defineProperty(row, name, { value: cell(place), enumerable: true, configurable: true, writable: true })
      else row[name] = cell(place)
    }
    return row
  }
}

/** Rows of columns that were made one by one. */
export function rowsOfColumns(names: readonly string[], columns: readonly unknown[][], count: number): Row[] {
  const rows: Row[] = []
  const width = names.length
  if (names.includes('__proto__') || width > 1000) {
    const make = rowMaker(names)
    for (let place = 0; place < count; place++) rows.push(make((column) => (columns[column] as unknown[])[place]))
    return rows
  }
  // A copy of a row that has all columns already is laid out at once.
  const blank: Row = {}
  for (const name of names) blank[name] = null
  for (let place = 0; place < count; place++) {
    const row = { ...blank }
    for (let column = 0; column < width; column++) row[names[column] as string] = (columns[column] as unknown[])[place]
    rows.push(row)
  }
  return rows
}

/** The wanted name, or with the first number behind it that is free; it is taken from then on. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
  taken.add(name)
  return name
}
