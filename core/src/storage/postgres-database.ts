import { Kysely, type LogEvent, PostgresDialect, PostgresDriver } from 'kysely'
import pg from 'pg'
import type { Db } from './database.ts'
import { QueryClock } from './query-clock.ts'
import type { Tables } from './tables.ts'
import { inUnit, refuseInsideUnit } from './unit-scope.ts'

const int8 = 20
const numeric = 1700 // what sum() of bigint gives

/** Our integers are times and counts, exact as JavaScript numbers. */
const types = {
  getTypeParser: ((oid: number, format?: 'text') =>
    oid === int8 || oid === numeric ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
}

/** How a connection is made, for the pool and for whoever needs one of its own. */
export function postgresClientConfig(url: string): pg.ClientConfig {
  return { connectionString: url, types, application_name: 'cadre', connectionTimeoutMillis: 10_000, keepAlive: true }
}

const maxTries = 8
const poolSize = 20

/** @param onError hears of idle connections that broke; the pool replaces them. */
export function postgresDatabase(url: string, onError: (error: Error) => void): Db {
  // Whoever waits for a connection, as where many write in one room at once, is patient longer than one that is made.
  const pool = new pg.Pool({ ...postgresClientConfig(url), max: poolSize, idleTimeoutMillis: 30_000, connectionTimeoutMillis: 30_000 })
  pool.on('error', onError)
  const pending = new Set<Promise<unknown>>()
  let closed = false
  const clock = new QueryClock()
  const log = ({ queryDurationMillis }: LogEvent) => clock.add(queryDurationMillis)
  const writer = new Kysely<Tables>({ dialect: new PostgresDialect({ pool }), log })
  return {
    kind: 'postgres',
    target: { kind: 'postgres', url },
    read: new Kysely<Tables>({ dialect: new ReadDialect({ pool }), log }),
    write: async (unit) => {
      refuseInsideUnit('db.write()')
      if (closed) throw new Error('the database is closed')
      const written = withRetries(() => writer.transaction().execute((trx) => inUnit(() => unit(trx))))
      pending.add(written)
      return written.finally(() => pending.delete(written))
    },
    load: () => ({ queries: clock.queries, query_ms: clock.ms, used: pool.totalCount - pool.idleCount, size: poolSize }),
    close: async () => {
      closed = true
      await Promise.allSettled(pending) // the pool would leave those that wait for a connection waiting
      if (!pool.ending) await pool.end()
    },
  }
}

async function withRetries<T>(transaction: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await transaction()
    } catch (error) {
      if (!isRetryable(error) || tries === maxTries) throw error
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 5 * 2 ** tries)) // apart from those it clashed with
    }
  }
}

/** Serialization failure, deadlock: nothing is wrong with the unit, it met another. */
function isRetryable(error: unknown) {
  const { code } = error as { code?: unknown }
  return code === '40001' || code === '40P01'
}

/** A unit that read through another connection could wait for ever for one: all of the pool may be held by units like it. */
class ReadDialect extends PostgresDialect {
  readonly #config: ConstructorParameters<typeof PostgresDialect>[0]

  constructor(config: ConstructorParameters<typeof PostgresDialect>[0]) {
    super(config)
    this.#config = config
  }

  override createDriver() {
    return new ReadDriver(this.#config)
  }
}

class ReadDriver extends PostgresDriver {
  override async acquireConnection() {
    refuseInsideUnit('db.read')
    return super.acquireConnection()
  }
}
