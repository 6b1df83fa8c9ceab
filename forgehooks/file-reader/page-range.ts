import { HookError } from '@cadre/contract/forgehook'

/** The pages of `2`, `"1-3,7"`, `"5-"`, `"last"`; all without. In the order asked, each once. */
export function pagesAsked(asked: string | number | undefined, count: number): number[] {
  const text = String(asked ?? '').trim()
  if (text === '' || text.toLowerCase() === 'all') return Array.from({ length: count }, (_, at) => at + 1)
  const pages = new Set<number>()
  for (const part of text.split(/[,;]/)) {
    const [first, last] = rangeOf(part.trim().toLowerCase(), count)
    if (first < 1 || first > last)
      throw new HookError(`${JSON.stringify(part.trim())} names no pages; write 3, 2-5, 7- or last, with commas between`, 'pages')
    if (last > count) throw new HookError(`there is no page ${last}: the file has ${count} page${count === 1 ? '' : 's'}`, 'pages')
    for (let page = first; page <= last; page++) pages.add(page)
  }
  return [...pages]
}

function rangeOf(part: string, count: number): [number, number] {
  if (part === 'last') return [count, count]
  const [, from, dash, to] = /^(\d{0,7})\s*(-|–|to|\.\.)?\s*(\d{1,7}|last)?$/.exec(part) ?? []
  if (!from) return [0, 0]
  const end = to === 'last' ? count : Number(to)
  if (dash === undefined) return to === undefined ? [Number(from), Number(from)] : [0, 0]
  // An open end is the last page, however few there are.
  if (to === undefined) return Number(from) > count ? [Number(from), Number(from)] : [Number(from), count]
  return [Number(from), end]
}
