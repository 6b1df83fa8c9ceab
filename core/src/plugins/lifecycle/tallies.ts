import type { LifecyclePoint } from '@cadre/contract/lifecycle-hooks'
import type { Logger } from 'pino'
import type { Db } from '../../storage/database.ts'
import { addCounts, type CountRow } from './lifecycle.store.ts'

export type Outcome = 'passed' | 'changed' | 'refused' | 'failed'
type Called = { workspace_id: string; plugin_id: string; point: LifecyclePoint }

const flushMs = 1_000

/** Counts what lifecycle hooks did and writes it once a second: one write for each call would cost more than the call. */
export class Tallies {
  readonly #app: { db: Db; log: Pick<Logger, 'error'> }
  #open = new Map<string, CountRow>()
  #timer: NodeJS.Timeout | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(app: { db: Db; log: Pick<Logger, 'error'> }) {
    this.#app = app
  }

  add({ workspace_id, plugin_id, point }: Called, outcome: Outcome, failure?: { message: string; at: number }) {
    const key = JSON.stringify([workspace_id, plugin_id, point])
    let row = this.#open.get(key)
    if (!row)
      this.#open.set(
        key,
        (row = { workspace_id, plugin_id, point, calls: 0, changed: 0, refused: 0, failed: 0, last_error: null, last_failed_at: null }),
      )
    row.calls++
    if (outcome !== 'passed') row[outcome]++
    if (failure) Object.assign(row, { last_error: failure.message, last_failed_at: failure.at })
    this.#timer ??= setTimeout(() => void this.flush(), flushMs).unref()
  }

  /** Until everything that was counted so far is written. What cannot be written is lost: it is a figure for people to look at. */
  flush(): Promise<void> {
    clearTimeout(this.#timer)
    this.#timer = undefined
    return (this.#writing = this.#writing.then(() => this.#write()))
  }

  async #write() {
    const rows = [...this.#open.values()]
    this.#open = new Map()
    if (rows.length === 0) return
    try {
      await this.#app.db.write(async (trx) => {
        for (const row of rows) await addCounts(trx, row)
      })
    } catch (err) {
      this.#app.log.error({ err }, 'how often lifecycle hooks were called could not be written')
    }
  }
}
