import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
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

/**
 * FULL: what was answered survives a power cut; group-commit.ts makes that affordable. The caches are small because the operating system
 * caches the file as well. Foreign keys are off: nothing here declares any.
 */
const pragmas = `
  pragma journal_mode = wal;
  pragma synchronous = full;
  pragma foreign_keys = off;
  pragma temp_store = memory;
  pragma cache_size = -2000;
  pragma wal_autocheckpoint = 1000;
  pragma journal_size_limit = 16777216;
`
/** How long a connection waits for another process before it gives up, in milliseconds. */
export const busyTimeout = 5000

export function openSqlite(file: string): DatabaseSync {
  const raw = new DatabaseSync(file, { timeout: busyTimeout })
  raw.exec(pragmas)
  return raw
}

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
export function sqliteDialect(raw: DatabaseSync, guard: Guard): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(new SqliteConnection(raw, guard)),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
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

type Prepared = { statement: StatementSync; givesRows: boolean }
const statementLimit = 300

class SqliteConnection implements DatabaseConnection {
  readonly #raw: DatabaseSync
  readonly #guard: Guard
  /** Prepared statements by their SQL, the least recently used first. */
  readonly #statements = new Map<string, Prepared>()

  constructor(raw: DatabaseSync, guard: Guard) {
    this.#raw = raw
    this.#guard = guard
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    this.#guard()
    const { statement, givesRows } = this.#prepare(sql)
    const values = parameters.map(bind)
    if (givesRows) return { rows: statement.all(...values) as R[] }
    const { changes, lastInsertRowid } = statement.run(...values)
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) }
  }

  async *streamQuery<R>(query: CompiledQuery): AsyncIterableIterator<QueryResult<R>> {
    this.#guard()
    // A statement of its own: a cached one would be reset by the next caller.
    for (const row of this.#raw.prepare(query.sql).iterate(...query.parameters.map(bind))) yield { rows: [row as R] }
  }

  forget() {
    this.#statements.clear()
  }

  #prepare(sql: string): Prepared {
    let prepared = this.#statements.get(sql)
    if (prepared) this.#statements.delete(sql)
    else {
      const statement = this.#raw.prepare(sql)
      prepared = { statement, givesRows: statement.columns().length > 0 }
      const [oldest] = this.#statements.size >= statementLimit ? this.#statements.keys() : []
      if (oldest !== undefined) this.#statements.delete(oldest)
    }
    this.#statements.set(sql, prepared)
    return prepared
  }
}
