export type Pair<T> = { a: T | null; b: T | null }

/** Beyond this many comparisons what stands at the same place is taken for a pair: a page must not stand still for it. */
const mostCells = 4_000_000

/**
 * Two lists side by side: what fits each other in the same order (the longest common subsequence) stands in one row, the rest alone.
 * What stands alone at one place on both sides is put in one row by `alike`, if it is there.
 */
export function align<T>(a: readonly T[], b: readonly T[], fits: (a: T, b: T) => boolean, alike: (a: T, b: T) => boolean = () => false): Pair<T>[] {
  const rows: Pair<T>[] = []
  const push = (one: T | null, other: T | null) => rows.push({ a: one, b: other })
  let head = 0
  while (head < a.length && head < b.length && fits(a[head] as T, b[head] as T)) push(a[head] as T, b[head++] as T)
  let tail = 0
  while (tail < a.length - head && tail < b.length - head && fits(a[a.length - 1 - tail] as T, b[b.length - 1 - tail] as T)) tail++
  const [left, right] = [a.slice(head, a.length - tail), b.slice(head, b.length - tail)]
  for (const pair of paired(between(left, right, fits), alike)) rows.push(pair)
  for (let i = tail; i > 0; i--) push(a[a.length - i] as T, b[b.length - i] as T)
  return rows
}

function between<T>(a: readonly T[], b: readonly T[], fits: (a: T, b: T) => boolean): Pair<T>[] {
  const width = b.length + 1
  if ((a.length + 1) * width > mostCells)
    return Array.from({ length: Math.max(a.length, b.length) }, (_, i) => ({ a: a[i] ?? null, b: b[i] ?? null }))
  // The length of what a and b have in common from these places on.
  const common = new Uint16Array((a.length + 1) * width)
  const at = (i: number, j: number) => common[i * width + j] ?? 0
  for (let i = a.length - 1; i >= 0; i--)
    for (let j = b.length - 1; j >= 0; j--)
      common[i * width + j] = fits(a[i] as T, b[j] as T) ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1))
  const rows: Pair<T>[] = []
  let [i, j] = [0, 0]
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && fits(a[i] as T, b[j] as T)) rows.push({ a: a[i++] as T, b: b[j++] as T })
    else if (j >= b.length || (i < a.length && at(i + 1, j) >= at(i, j + 1))) rows.push({ a: a[i++] as T, b: null })
    else rows.push({ a: null, b: b[j++] as T })
  }
  return rows
}

/** Within a stretch where nothing fits: what is alike, in order, stands in one row after all. */
function paired<T>(rows: Pair<T>[], alike: (a: T, b: T) => boolean): Pair<T>[] {
  const result: Pair<T>[] = []
  let left: T[] = []
  let right: T[] = []
  const flush = () => {
    for (const a of left) {
      const found = right.findIndex((b) => alike(a, b))
      // What stands before it on the other side comes first.
      for (const b of found < 0 ? [] : right.splice(0, found)) result.push({ a: null, b })
      result.push({ a, b: found < 0 ? null : (right.shift() ?? null) })
    }
    for (const b of right) result.push({ a: null, b })
    left = []
    right = []
  }
  for (const pair of rows) {
    if (pair.a !== null && pair.b === null) left.push(pair.a)
    else if (pair.b !== null && pair.a === null) right.push(pair.b)
    else {
      flush()
      result.push(pair)
    }
  }
  flush()
  return result
}
