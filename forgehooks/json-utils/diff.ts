import { equal, isObject, needShallow } from './json-value.ts'
import type { Operation } from './patch.ts'
import { formatPointer } from './pointer.ts'

type Path = readonly (string | number)[]

/** Lists beyond this many pairs of items are compared place by place. */
const MAX_PAIRS = 250_000

/** RFC 6902 operations that turn `from` into `to`, in the order in which they have to be applied. */
export function diff({ from, to }: { from: unknown; to: unknown }) {
  needShallow(from, 'from')
  needShallow(to, 'to')
  const operations: Operation[] = []
  compare(from, to, [], operations)
  return { operations, equal: operations.length === 0 }
}

function compare(from: unknown, to: unknown, path: Path, operations: Operation[]) {
  if (Array.isArray(from) && Array.isArray(to)) compareLists(from, to, path, operations)
  else if (isObject(from) && isObject(to)) {
    for (const name of Object.keys(from)) if (!Object.hasOwn(to, name)) operations.push({ op: 'remove', path: formatPointer([...path, name]) })
    for (const [name, value] of Object.entries(to)) {
      if (Object.hasOwn(from, name)) compare(from[name], value, [...path, name], operations)
      else operations.push({ op: 'add', path: formatPointer([...path, name]), value })
    }
  } else if (from !== to) operations.push({ op: 'replace', path: formatPointer(path), value: to })
}

/**
 * Keeps what both lists have in the same order (longest common subsequence). Between two kept items, old items are
 * compared with the new ones in their place; what is left over is removed or added.
 */
function compareLists(from: unknown[], to: unknown[], path: Path, operations: Operation[]) {
  let at = 0
  const run = (removed: unknown[], added: unknown[]) => {
    const paired = Math.min(removed.length, added.length)
    for (let index = 0; index < paired; index++) compare(removed[index], added[index], [...path, at + index], operations)
    for (let index = paired; index < removed.length; index++) operations.push({ op: 'remove', path: formatPointer([...path, at + paired]) })
    for (let index = paired; index < added.length; index++)
      operations.push({ op: 'add', path: formatPointer([...path, at + index]), value: added[index] })
    at += added.length
  }
  let left = 0
  let right = 0
  for (const [keptLeft, keptRight] of [...commonItems(from, to), [from.length, to.length] as const]) {
    run(from.slice(left, keptLeft), to.slice(right, keptRight))
    left = keptLeft + 1
    right = keptRight + 1
    at++
  }
}

/** Pairs of places that hold equal items, ascending on both sides. */
function commonItems(from: unknown[], to: unknown[]): [number, number][] {
  let start = 0
  while (start < from.length && start < to.length && equal(from[start], to[start])) start++
  let end = 0
  while (end < from.length - start && end < to.length - start && equal(from.at(-1 - end), to.at(-1 - end))) end++
  const head = Array.from({ length: start }, (_, index): [number, number] => [index, index])
  const tail = Array.from({ length: end }, (_, index): [number, number] => [from.length - end + index, to.length - end + index])
  const middle = longestCommon(from.slice(start, from.length - end), to.slice(start, to.length - end))
  return [...head, ...middle.map(([left, right]): [number, number] => [left + start, right + start]), ...tail]
}

function longestCommon(from: unknown[], to: unknown[]): [number, number][] {
  const [rows, columns] = [from.length, to.length]
  if (rows * columns === 0 || rows * columns > MAX_PAIRS) return []
  // Texts make the comparisons cheap; members in another order only cost a shorter answer, never a wrong one.
  const [left, right] = [from.map((item) => JSON.stringify(item)), to.map((item) => JSON.stringify(item))]
  const width = columns + 1
  const lengths = new Uint32Array((rows + 1) * width)
  const length = (row: number, column: number) => lengths[row * width + column] as number
  for (let row = rows - 1; row >= 0; row--)
    for (let column = columns - 1; column >= 0; column--)
      lengths[row * width + column] =
        left[row] === right[column] ? length(row + 1, column + 1) + 1 : Math.max(length(row + 1, column), length(row, column + 1))
  const pairs: [number, number][] = []
  let [row, column] = [0, 0]
  while (row < rows && column < columns) {
    if (left[row] === right[column]) pairs.push([row++, column++])
    else if (length(row + 1, column) >= length(row, column + 1)) row++
    else column++
  }
  return pairs
}
