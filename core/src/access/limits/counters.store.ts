import { CompiledQuery } from 'kysely'
import { RateLimiterMemory, RateLimiterPostgres, type RateLimiterAbstract } from 'rate-limiter-flexible'
import type { Db } from '../../storage/database.ts'

export type Count = { count: number; reset_ms: number }

/** Counts by key, each in a window that begins with the first count and is forgotten when it is over. */
export type Counters = {
  add(key: string, window_ms: number, by?: number): Promise<Count>
  clear(key: string): Promise<void>
}

/** In this process on SQLite, where one server has the data folder to itself; in the database on Postgres, where several share a count. */
export function openCounters(db: Pick<Db, 'kind' | 'read'>, onError: (error: unknown) => void = () => {}): Counters {
  const own = countersOf(new RateLimiterMemory(endless))
  if (db.kind === 'sqlite') return own
  const shared = countersOf(
    new RateLimiterPostgres({ ...endless, storeClient: clientOf(db), storeType: 'client', tableName: 'rate_limits', tableCreated: true }),
  )
  // While the database does not answer, each server counts for itself.
  const orOwn = async <T>(work: Promise<T>, otherwise: () => Promise<T>) =>
    work.catch((error: unknown) => {
      onError(error)
      return otherwise()
    })
  return {
    add: (key, window_ms, by) => orOwn(shared.add(key, window_ms, by), () => own.add(key, window_ms, by)),
    clear: (key) => orOwn(shared.clear(key), () => own.clear(key)),
  }
}

/** The library only counts here: what a limit is, is said where it is checked. */
const endless = { points: Number.MAX_SAFE_INTEGER, duration: 60, keyPrefix: '' }

/** In memory the library forgets by a timer, and Node's timers go no further: 24.8 days. */
const longestTimer = 2 ** 31 - 1

function countersOf(limiter: RateLimiterAbstract): Counters {
  return {
    async add(key, window_ms, by = 1) {
      const { consumedPoints, msBeforeNext } = await limiter.penalty(key, by, { customDuration: Math.min(window_ms, longestTimer) / 1000 })
      return { count: consumedPoints, reset_ms: Math.max(0, msBeforeNext) }
    },
    async clear(key) {
      await limiter.delete(key)
    },
  }
}

/** What the library wants of a pg client. One statement of its own transaction; `db.write` would take three round trips. */
function clientOf(db: Pick<Db, 'read'>) {
  return {
    async query({ text, values = [] }: { text: string; values?: unknown[] }) {
      const { rows, numAffectedRows } = await db.read.executeQuery(CompiledQuery.raw(text, values))
      return { rows, rowCount: Number(numAffectedRows ?? rows.length) }
    },
  }
}
