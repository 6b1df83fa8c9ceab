import { AsyncLocalStorage } from 'node:async_hooks'

type Unit = { open: boolean }
const scope = new AsyncLocalStorage<Unit>()

/** The unit of a `write` that the caller is in. Work that a unit left behind is outside, once the unit is over. */
function currentUnit(): Unit | undefined {
  const unit = scope.getStore()
  return unit?.open ? unit : undefined
}

export async function inUnit<T>(work: () => Promise<T>): Promise<T> {
  const unit = { open: true }
  try {
    return await scope.run(unit, work)
  } finally {
    unit.open = false
  }
}

export function refuseInsideUnit(what: string) {
  if (currentUnit()) throw new Error(`${what} inside a write() waits for itself or reads what is out of date: use the trx that the unit was given`)
}

export function requireUnit() {
  if (!currentUnit()) throw new Error('trx was used after its write() ended: await every query inside the unit')
}
