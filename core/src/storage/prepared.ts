import type { CompiledQuery, Compilable } from 'kysely'
import type { Db } from './database.ts'

/**
 * A query whose SQL is written once for each database: writing it takes kysely longer than SQLite takes to answer. For what every request
 * asks, and nothing else.
 * @param build with any value where a parameter goes; they are given in the order of their places.
 */
export function prepared<R>(build: (db: Db['read']) => Compilable<R>): (db: Db['read'], ...parameters: unknown[]) => Promise<R[]> {
  const known = new WeakMap<Db['read'], CompiledQuery<R>>()
  return async (db, ...parameters) => {
    let query = known.get(db)
    if (!query) known.set(db, (query = build(db).compile()))
    if (parameters.length !== query.parameters.length)
      throw new Error(`this query has ${query.parameters.length} parameters, not ${parameters.length}`)
    return (await db.executeQuery<R>({ ...query, parameters })).rows
  }
}
