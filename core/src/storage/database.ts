import type { Kysely } from 'kysely'
import type { Cipher } from './open-sqlite.ts'
import type { Tables } from './tables.ts'

export type Kind = 'sqlite' | 'postgres'
/** Where a database is; plain data, so that a worker thread can open a connection of its own. */
export type Target = { kind: 'sqlite'; file: string; cipher?: Cipher | undefined } | { kind: 'postgres'; url: string }

/** Everything inside one `write`. */
export type Trx = Kysely<Tables>

/** Queries since it was opened and the milliseconds that they took; how many connections are in use now, of how many. */
export type Load = { queries: number; query_ms: number; used: number; size: number }

export type Db = {
  kind: Kind
  target: Target
  /** Sees what is committed. Not to be used inside a unit of `write`: that throws. */
  read: Kysely<Tables>
  /**
   * Runs the unit in a transaction; the promise settles when it is durable. The unit awaits queries on its `trx` and nothing else, since
   * on SQLite others wait for it. It may run again after a serialization failure (Postgres), so it changes nothing but the database.
   */
  write<T>(unit: (trx: Trx) => Promise<T>): Promise<T>
  load(): Load
  close(): Promise<void>
}
