import { HookError } from '@cadre/contract/forgehook'
import { cell, columnsOf, isMissing, MAX_ROWS, needColumn, rowOf, textOf, type Row } from './rows-shared.ts'

type JoinInput = { left: Row[]; right: Row[]; on: (string | { left: string; right: string })[]; type?: 'inner' | 'left' | 'right' | 'full' }
type Pair = { left?: Row; right?: Row }

export function join({ left, right, on, type = 'inner' }: JoinInput) {
  const keys = on.map((key) => (typeof key === 'string' ? { left: key, right: key } : key))
  const leftColumns = columnsOf(left)
  const rightColumns = columnsOf(right)
  for (const [index, key] of keys.entries()) {
    needColumn(leftColumns, key.left, `on[${index}] (left table)`)
    needColumn(rightColumns, key.right, `on[${index}] (right table)`)
  }
  const pairs =
    type === 'right'
      ? match(
          right,
          left,
          keys.map((key) => key.right),
          keys.map((key) => key.left),
          true,
          false,
        ).map(([a, b]): Pair => ({ left: b, right: a }))
      : match(
          left,
          right,
          keys.map((key) => key.left),
          keys.map((key) => key.right),
          type !== 'inner',
          type === 'full',
        ).map(([a, b]): Pair => ({ left: a, right: b }))
  const shape = shapeOf(leftColumns, rightColumns, keys)
  const rows = pairs.map((pair) =>
    rowOf(
      shape.map(({ name, left: from, right: other }) => {
        const value = pair.left && from !== undefined ? cell(pair.left, from) : null
        // A right row without partner still shows its key, under the left name.
        return [name, !(pair.left && from !== undefined) && pair.right && other !== undefined ? cell(pair.right, other) : value]
      }),
    ),
  )
  return { rows, row_count: rows.length }
}

/** Pairs in the order of `base`; then, if `rest`, the others without partner. */
function match(
  base: Row[],
  other: Row[],
  baseKeys: string[],
  otherKeys: string[],
  keepBase: boolean,
  rest: boolean,
): [Row | undefined, Row | undefined][] {
  const index = new Map<string, number[]>()
  for (const [place, row] of other.entries()) {
    const key = keyOf(row, otherKeys)
    if (key === undefined) continue
    const known = index.get(key)
    if (known) known.push(place)
    else index.set(key, [place])
  }
  const pairs: [Row | undefined, Row | undefined][] = []
  const used = new Set<number>()
  for (const row of base) {
    const key = keyOf(row, baseKeys)
    const places = (key === undefined ? undefined : index.get(key)) ?? []
    if (pairs.length + places.length > MAX_ROWS)
      throw new HookError(`the join would make more than ${MAX_ROWS} rows: the keys repeat on both sides`, 'on')
    for (const place of places) {
      pairs.push([row, other[place]])
      used.add(place)
    }
    if (places.length === 0 && keepBase) pairs.push([row, undefined])
  }
  if (rest) for (const [place, row] of other.entries()) if (!used.has(place)) pairs.push([undefined, row])
  return pairs
}

/** Undefined where a part is empty: such a row matches nothing. Values are told apart by how they are written, so 7 matches "7" and not "07". */
function keyOf(row: Row, fields: string[]): string | undefined {
  const values = fields.map((field) => cell(row, field))
  return values.some(isMissing) ? undefined : JSON.stringify(values.map(textOf))
}

/** The columns of the result, and from which column of each side they come. */
function shapeOf(leftColumns: string[], rightColumns: string[], keys: { left: string; right: string }[]) {
  const rightOfKey = new Map(keys.map((key) => [key.left, key.right]))
  const names = [...new Set([...leftColumns, ...rightOfKey.keys()])]
  const shape: { name: string; left?: string; right?: string }[] = names.map((name) => {
    const right = rightOfKey.get(name)
    return { name, left: name, ...(right === undefined ? {} : { right }) }
  })
  const taken = new Set([...names])
  const keyNames = new Set(keys.map((key) => key.right))
  const others = rightColumns.filter((column) => !keyNames.has(column))
  for (const column of others) {
    let name = column
    while (taken.has(name) || (name !== column && others.includes(name))) name += '_right'
    taken.add(name)
    shape.push({ name, right: column })
  }
  return shape
}
