import type { App } from '../app.ts'
import { encodeEvent, type NewEvent } from './journal-codec.ts'
import { numbered } from './journal.ts'
import { appendEvents, type RunPatch, type RunRow } from './runs.store.ts'

/**
 * Writes about a run from outside its execution (a cancel, an answer from a person), under the token that was read with the row.
 * @returns false when the run moved on in between; nothing was written then.
 */
export async function writeFromOutside(
  app: App,
  row: RunRow,
  events: NewEvent[],
  patch: RunPatch,
  also?: Parameters<App['db']['write']>[0],
): Promise<boolean> {
  const at = app.now()
  const first = await app.db.write(async (trx) => {
    const rows = []
    for (const event of events) rows.push(await encodeEvent(trx, event, at))
    const seq = await appendEvents(trx, row.id, row.token, rows, patch)
    if (seq !== undefined) await also?.(trx)
    return seq
  })
  if (first === undefined) return false
  app.live.publish(
    row.id,
    events.map((event, i) => numbered(event, first + i, at)),
  )
  return true
}
