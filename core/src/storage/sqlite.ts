import type { SQLInputValue } from 'node:sqlite'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type { SqliteFile, SqliteStatement } from './open-sqlite.ts'
import type { QueryClock } from './query-clock.ts'

/** The one place where values become parameters. */
export function bind(value: unknown): SQLInputValue {
  if (value === undefined) return null
  if (typeof value === 'boolean') return value ? 1 : 0
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || value instanceof Uint8Array)
    return value
  throw new TypeError(`a ${value instanceof Date ? 'Date' : typeof value} cannot be stored: give integer milliseconds, or text through json.ts`)
}

export type Guard = () => void

/** Kysely over one connection. @param guard throws when the connection must not be used now. */
export function sqliteDialect(raw: SqliteFile, guard: Guard, clock: QueryClock): Dialect {
  return {
    createAdapter: () => new UnlockedAdapter(),
    createDriver: () => new SqliteDriver(new SqliteConnection(raw, guard, clock)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/**
 * Kysely lets one query at a time have the one connection, and wakes everybody who waits for it each time. A query here begins and ends in one
 * call and cannot meet another. Measured with 1,000 conversations at once: a tenth of all CPU time.
 */
class UnlockedAdapter extends SqliteAdapter {
  override get supportsMultipleConnections() {
    return true
  }
}

class SqliteDriver implements Driver {
  readonly #connection: SqliteConnection

  constructor(connection: SqliteConnection) {
    this.#connection = connection
  }

  async init() {}
  async acquireConnection() {
    return this.#connection
  }
  async releaseConnection() {}
  async destroy() {
    this.#connection.forget()
  }

  // Whoever shares the one connection would be drawn into the transaction.
  async beginTransaction(): Promise<never> {
    throw new Error('use db.write() for a transaction')
  }
  async commitTransaction() {}
  async rollbackTransaction() {}
}

const statementLimit = 300

class SqliteConnection implements DatabaseConnection {
  readonly #raw: SqliteFile
  readonly #guard: Guard
  readonly #clock: QueryClock
  /** Prepared statements by their SQL, the least recently used first. */
  readonly #statements = new Map<string, SqliteStatement>()

  constructor(raw: SqliteFile, guard: Guard, clock: QueryClock) {
    this.#raw = raw
    this.#guard = guard
    this.#clock = clock
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    this.#guard()
    const statement = this.#prepare(sql)
    const values = parameters.map(bind)
    const began = performance.now()
    try {
      if (statement.givesRows) return { rows: statement.all(values) as R[] }
      const { changes, lastInsertRowid } = statement.run(values)
      return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
    } finally {
      this.#clock.add(performance.now() - began)
    }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    this.#guard()
    // A statement of its own: a cached one would be reset by the next caller.
    for (const row of this.#raw.prepare(query.sql).iterate(query.parameters.map(bind))) yield { rows: [row as R] }
  }

  forget() {
    this.#statements.clear()
  }

  #prepare(sql: string): SqliteStatement {
    let prepared = this.#statements.get(sql)
    if (prepared) this.#statements.delete(sql)
    else {
      prepared = this.#raw.prepare(sql)
      const [oldest] = this.#statements.size >= statementLimit ? this.#statements.keys() : []
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, prepared)
    return prepared
  }
}
