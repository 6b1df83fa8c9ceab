import { type Row, rowOf } from './rows-shared.ts'

/** A row with these columns, each cell made from its name and place. */
export function makeRow(names: readonly string[], cell: (name: string, index: number) => unknown): Row {
  return rowOf(names.map((name, index) => [name, cell(name, index)] as const))
}

/** The wanted name, or with the first number behind it that is free; it is taken from then on. */
export function uniqueName(wanted: string, taken: Set<string>): string {
  let name = wanted
  for (let n = 2; taken.has(name); n++) name = `${wanted}_${n}`
  taken.add(name)
  return name
}
