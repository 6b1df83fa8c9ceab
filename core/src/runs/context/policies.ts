import type { ContextStrategy } from '@cadre/contract/context'
import type { Unit } from './units.ts'

/**
 * Chooses the units that go, so that what remains costs no more than the target, or as little as there is to gain.
 * @param units all of them, in order.
 * @param cost of the prompt without these units, besides those that went before.
 */
export function chooseWhatGoes(
  strategy: ContextStrategy,
  units: Unit[],
  mayGo: Unit[],
  target: number,
  cost: (gone: ReadonlySet<Unit>) => number,
): Set<Unit> {
  return strategy === 'priority' ? leastImportant(units, mayGo, target, cost) : oldest(units, mayGo, target, cost)
}

/** Whole exchanges from the oldest on; of the exchange that goes on, one answer with its results at a time. */
function oldest(units: Unit[], mayGo: Unit[], target: number, cost: (gone: ReadonlySet<Unit>) => number): Set<Unit> {
  const current = units.at(-1)?.exchange
  const gone = new Set<Unit>()
  for (let at = 0; at < mayGo.length && cost(gone) > target;) {
    const exchange = mayGo[at]?.exchange
    do {
      const unit = mayGo[at]
      if (unit) gone.add(unit)
      at++
    } while (exchange !== current && mayGo[at]?.exchange === exchange)
  }
  return gone
}

/** Keeps what fits: first the tool results since the newest user message, then the rest, each from the newest on. */
function leastImportant(units: Unit[], mayGo: Unit[], target: number, cost: (gone: ReadonlySet<Unit>) => number): Set<Unit> {
  const current = units.at(-1)?.exchange
  const isLatestResult = (unit: Unit) => unit.hasResults && unit.exchange === current
  const byAge = mayGo.toReversed()
  const gone = new Set<Unit>(mayGo)
  for (const unit of [...byAge.filter(isLatestResult), ...byAge.filter((each) => !isLatestResult(each))]) {
    gone.delete(unit)
    if (cost(gone) > target) gone.add(unit)
  }
  return gone
}
