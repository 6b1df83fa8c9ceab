import { HookError } from '@cadre/contract/forgehook'
import { hasNumbers, keyMaker } from './equality.ts'
import { type KeyPair, needKeys, type OnInput } from './join-keys.ts'
import { columnOf, columnsOf, MAX_ROWS, type Row } from './rows-shared.ts'
import { rowMaker } from './table.ts'

type JoinInput = OnInput & {
  left: Row[]
  right: Row[]
  type?: string
  suffixes?: [string, string]
  keep_right_keys?: boolean
  max_rows?: number
  case_sensitive?: boolean
}
/** Places in the two tables; -1 where there is no partner. */
type Pairs = { left: number[]; right: number[] }

const TYPES: Record<string, string> = {
  outer: 'full',
  full_outer: 'full',
  left_outer: 'left',
  right_outer: 'right',
  left_semi: 'semi',
  left_anti: 'anti',
}

export function join(input: JoinInput) {
  const { left, right, max_rows: most = MAX_ROWS, case_sensitive: caseSensitive = true } = input
  const type = TYPES[input.type ?? 'inner'] ?? input.type ?? 'inner'
  const leftColumns = columnsOf(left)
  const rightColumns = columnsOf(right)
  const keys = needKeys(input, leftColumns, rightColumns, type === 'cross')
  const numeric = keys.map((key) => hasNumbers(left, key.left) || hasNumbers(right, key.right))
  const keysOf = (rows: Row[], fields: string[]) => {
    const parts = fields.map((field, at) => ({ cells: columnOf(rows, field), keyOf: keyMaker({ numeric: numeric[at] as boolean, caseSensitive }) }))
    return rows.map((_, place) => joinKey(parts, place))
  }
  if (type === 'cross') {
    needSize(left.length * right.length, most, 'each row with each')
    const pairs = { left: left.flatMap((_, at) => right.map(() => at)), right: left.flatMap(() => right.map((_, at) => at)) }
    return made(pairs, input, leftColumns, rightColumns, [])
  }
  const leftKeys = keysOf(
    left,
    keys.map((key) => key.left),
  )
  const rightKeys = keysOf(
    right,
    keys.map((key) => key.right),
  )
  if (type === 'semi' || type === 'anti') {
    const known = new Set(rightKeys)
    const rows = left.filter((_, at) => (leftKeys[at] !== undefined && known.has(leftKeys[at])) === (type === 'semi'))
    return { rows, row_count: rows.length }
  }
  if (type === 'right') {
    const turned = match(rightKeys, leftKeys, { keepBase: true, rest: false, most })
    return made({ left: turned.right, right: turned.left }, input, leftColumns, rightColumns, keys)
  }
  const pairs = match(leftKeys, rightKeys, { keepBase: type !== 'inner', rest: type === 'full', most })
  return made(pairs, input, leftColumns, rightColumns, keys)
}

function needSize(count: number, most: number, why: string) {
  if (count > most) throw new HookError(`the join would make more than ${most} rows: ${why}`, 'on')
}

/** Pairs in the order of `base`; then, if `rest`, the others without partner. */
function match(
  base: (string | undefined)[],
  other: (string | undefined)[],
  { keepBase, rest, most }: { keepBase: boolean; rest: boolean; most: number },
): Pairs {
  const index = new Map<string, number[]>()
  for (const [place, key] of other.entries()) {
    if (key === undefined) continue
    const known = index.get(key)
    if (known) known.push(place)
    else index.set(key, [place])
  }
  const pairs: Pairs = { left: [], right: [] }
  const used = new Uint8Array(rest ? other.length : 0)
  for (const [place, key] of base.entries()) {
    const found = key === undefined ? undefined : index.get(key)
    if (found) {
      needSize(pairs.left.length + found.length, most, 'the keys repeat on both sides')
      for (const partner of found) {
        pairs.left.push(place)
        pairs.right.push(partner)
        if (rest) used[partner] = 1
      }
    } else if (keepBase) {
      pairs.left.push(place)
      pairs.right.push(-1)
    }
  }
  if (rest)
    for (let place = 0; place < other.length; place++) {
      if (used[place] === 1) continue
      pairs.left.push(-1)
      pairs.right.push(place)
    }
  return pairs
}

type KeyPart = { cells: unknown[]; keyOf: (value: unknown) => string | undefined }

/** Undefined where a part is empty: such a row matches nothing. */
function joinKey(parts: KeyPart[], place: number): string | undefined {
  let key = ''
  for (const { cells, keyOf } of parts) {
    const part = keyOf(cells[place])
    if (part === undefined) return undefined
    if (parts.length === 1) return part
    key += `${part.length}:${part}`
  }
  return key
}

function made(pairs: Pairs, input: JoinInput, leftColumns: string[], rightColumns: string[], keys: KeyPair[]) {
  const { left, right, suffixes = ['', '_right'], keep_right_keys: keepKeys = false } = input
  const shape = shapeOf(leftColumns, rightColumns, keys, { suffixes, keepKeys })
  const make = rowMaker(shape.map((column) => column.name))
  const columns = shape.map(({ left: from, right: other }) => ({
    left: from === undefined ? undefined : columnOf(left, from),
    right: other === undefined ? undefined : columnOf(right, other),
  }))
  const rows = pairs.left.map((leftAt, at) => {
    const rightAt = pairs.right[at] as number
    return make((place) => {
      const column = columns[place] as (typeof columns)[number]
      if (leftAt >= 0 && column.left) return column.left[leftAt]
      // A right row without partner still shows its key, under the left name.
      return rightAt >= 0 && column.right ? column.right[rightAt] : null
    })
  })
  return { rows, row_count: rows.length }
}

type Shape = { name: string; left?: string; right?: string }

/** The columns of the result, and from which column of each side they come. */
function shapeOf(
  leftColumns: string[],
  rightColumns: string[],
  keys: KeyPair[],
  { suffixes, keepKeys }: { suffixes: [string, string]; keepKeys: boolean },
) {
  const rightOfKey = new Map(
    keepKeys ? keys.filter((key) => key.left === key.right).map((key) => [key.left, key.right]) : keys.map((key) => [key.left, key.right]),
  )
  const leftNames = [...new Set([...leftColumns, ...keys.map((key) => key.left)])]
  const hidden = new Set(rightOfKey.values())
  const others = rightColumns.filter((column) => !hidden.has(column))
  const clash = new Set(others.filter((column) => leftNames.includes(column)))
  const taken = new Set<string>()
  const named = (column: string, suffix: string, isKey: boolean) => {
    let name = clash.has(column) && !isKey ? column + suffix : column
    while (taken.has(name) || (name !== column && (leftNames.includes(name) || others.includes(name)))) name += suffix || '_2'
    taken.add(name)
    return name
  }
  const shape: Shape[] = leftNames.map((column) => {
    const right = rightOfKey.get(column)
    return { name: named(column, suffixes[0], right !== undefined), left: column, ...(right === undefined ? {} : { right }) }
  })
  for (const column of others) shape.push({ name: named(column, suffixes[1], false), right: column })
  return shape
}
