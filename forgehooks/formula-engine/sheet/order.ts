import { HookError } from '@cadre/contract/forgehook'
import { areasOf, type Formula } from './parser.ts'
import { heightOf, nameOf, placeOf, widthOf, type Area, type Place } from './reference.ts'

/** Formulas after all that they need; a circle is refused by its path. A loop of its own: ten thousand running totals are a chain that long. */
export function inOrder(formulas: Map<string, Formula>, field: string): string[] {
  const places = new Map([...formulas.keys()].map((name) => [name, placeOf(name)]))
  const needs = (name: string) => areasOf(formulas.get(name) as Formula).flatMap((area) => formulasIn(area, formulas, places))
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  for (const root of formulas.keys()) {
    const stack = [{ name: root, rest: undefined as string[] | undefined }]
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      if (top.rest === undefined) {
        if (state.has(top.name)) {
          stack.pop()
          continue
        }
        state.set(top.name, 'open')
        top.rest = needs(top.name)
      }
      const next = top.rest.pop()
      if (next === undefined) {
        state.set(top.name, 'done')
        order.push(top.name)
        stack.pop()
      } else if (state.get(next) === 'open') {
        const path = stack.map((item) => item.name)
        const loop = [...path.slice(path.indexOf(next)), next]
        throw new HookError(
          `the formulas go in a circle: ${loop.length > 12 ? [...loop.slice(0, 10), '...', next].join(' -> ') : loop.join(' -> ')}`,
          field,
        )
      } else if (!state.has(next)) stack.push({ name: next, rest: undefined })
    }
  }
  return order
}

function formulasIn(area: Area, formulas: Map<string, Formula>, places: Map<string, Place>): string[] {
  const { from, to } = area
  const inside = ({ row, col }: Place) => row >= from.row && row <= to.row && col >= from.col && col <= to.col
  if (heightOf(area) * widthOf(area) > formulas.size) return [...places].filter(([, place]) => inside(place)).map(([name]) => name)
  const names: string[] = []
  for (let row = from.row; row <= to.row; row++) for (let col = from.col; col <= to.col; col++) names.push(nameOf({ row, col }))
  return names.filter((name) => formulas.has(name))
}
