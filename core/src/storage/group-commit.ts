import { AsyncLocalStorage } from 'node:async_hooks'
import { setImmediate, setTimeout } from 'node:timers'
import { busyTimeout, type SqliteFile, type SqliteStatement } from './open-sqlite.ts'
import { inUnit } from './unit-scope.ts'

type Queued = { run: () => Promise<unknown>; resolve: (value: unknown) => void; reject: (reason: unknown) => void }
type Outcome = { ok: true; value: unknown } | { ok: false; error: unknown }

/** Bounds how long one group keeps the event loop: a unit takes some 50 µs. */
const groupLimit = 200

/**
 * The writer of one SQLite file. Units wait in line and run one after another; those that wait at the same time share a transaction and
 * its fsync, each inside its own savepoint, so that one that fails takes only itself back. All settle after the commit is on disk: what
 * follows from a write (a tool that acts, an answer to a caller) never comes before it. The disk is waited for beside the event loop.
 *
 * A group begins in a fresh turn of the event loop and, since queries are synchronous and units await nothing else, ends in the same
 * turn. No other code runs while the write lock is held: a tool that computes for a minute cannot keep the heartbeat from the database.
 */
export class GroupCommit {
  readonly #raw: SqliteFile
  readonly #statements = new Map<string, SqliteStatement>()
  readonly #queue: Queued[] = []
  #scheduled = false
  #closed = false
  #onIdle: (() => void) | undefined

  readonly #committed: { group: Queued[]; outcomes: Outcome[] }[] = []
  readonly #flush: () => Promise<void>
  #flushing: Promise<void> | undefined

  /**
   * @param raw a connection that does not wait for locks itself (busy_timeout 0), as that would stop the event loop, and whose commits do
   * not wait for the disk (synchronous=NORMAL), for the same reason.
   * @param flush waits until everything committed so far is on disk.
   */
  constructor(raw: SqliteFile, flush: () => Promise<void>) {
    this.#raw = raw
    this.#flush = flush
  }

  /** Units wait, run, or wait for the disk. */
  get isBusy() {
    return this.#scheduled || this.#flushing !== undefined
  }

  add<T>(unit: () => Promise<T>): Promise<T> {
    if (this.#closed) return Promise.reject(new Error('the database is closed'))
    const inContext = AsyncLocalStorage.snapshot() // the unit sees the caller's trace, not that of whoever scheduled the group
    return new Promise<T>((resolve, reject) => {
      this.#queue.push({ run: () => inContext(() => inUnit(unit)), resolve: resolve as (value: unknown) => void, reject })
      this.#schedule()
    })
  }

  /** Settles when everything queued so far is written. */
  async close(): Promise<void> {
    this.#closed = true
    if (this.#scheduled) await new Promise<void>((resolve) => (this.#onIdle = resolve))
    await this.#flushing
  }

  #schedule() {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => void this.#writeGroup())
  }

  async #writeGroup() {
    const group = await this.#begin()
    if (group) await this.#runGroup(group)
    this.#scheduled = false
    if (this.#queue.length > 0) this.#schedule()
    else this.#onIdle?.()
  }

  /** Undefined when the lock could not be had: then everyone in line was told. */
  async #begin(): Promise<Queued[] | undefined> {
    const deadline = Date.now() + busyTimeout
    for (;;) {
      try {
        this.#exec('begin immediate')
        return this.#queue.splice(0, groupLimit)
      } catch (error) {
        if (!isBusy(error) || Date.now() >= deadline) {
          for (const each of this.#queue.splice(0)) each.reject(error)
          return undefined
        }
        await new Promise((resolve) => setTimeout(resolve, 1 + Math.random() * 5)) // spreads processes that want the lock together
      }
    }
  }

  async #runGroup(group: Queued[]) {
    const outcomes: Outcome[] = []
    try {
      for (const { run } of group) outcomes.push(await this.#runUnit(run))
      this.#exec('commit')
    } catch (error) {
      if (this.#raw.isTransaction()) this.#exec('rollback')
      for (const each of group) each.reject(error)
      return
    }
    this.#committed.push({ group, outcomes })
    this.#flushing ??= this.#flushAll().finally(() => (this.#flushing = undefined))
  }

  /** One flush at a time; what was committed during one shares the next. */
  async #flushAll() {
    while (this.#committed.length > 0) {
      const written = this.#committed.splice(0)
      try {
        await this.#flush()
      } catch (error) {
        for (const { group } of written) for (const each of group) each.reject(error)
        continue
      }
      for (const { group, outcomes } of written) settleGroup(group, outcomes)
    }
  }

  /** Throws only when the whole transaction is lost. */
  async #runUnit(run: () => Promise<unknown>): Promise<Outcome> {
    this.#exec('savepoint unit')
    try {
      const value = await run()
      this.#exec('release unit')
      return { ok: true, value }
    } catch (error) {
      if (!this.#raw.isTransaction()) throw error // SQLite took everything back: the disk is full, or broken
      this.#exec('rollback to unit')
      this.#exec('release unit')
      return { ok: false, error }
    }
  }

  #exec(sql: string) {
    let statement = this.#statements.get(sql)
    if (!statement) this.#statements.set(sql, (statement = this.#raw.prepare(sql)))
    statement.run([])
  }
}

function settleGroup(group: Queued[], outcomes: Outcome[]) {
  for (const [i, each] of group.entries()) {
    const outcome = outcomes[i]
    if (outcome?.ok) each.resolve(outcome.value)
    else each.reject(outcome?.error)
  }
}

function isBusy(error: unknown) {
  const errcode = (error as { errcode?: unknown }).errcode
  return typeof errcode === 'number' && (errcode & 0xff) === 5
}
