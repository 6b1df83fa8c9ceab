import { type CompiledQuery, type Compilable, type QueryResult, type RawBuilder, sql } from 'kysely'
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

type Scalar = string | number | bigint | boolean | null
type Written = { query: CompiledQuery; fragments: readonly unknown[] }
/** By the database's adapter, which its transactions share, and the place in the source. */
const written = new WeakMap<object, WeakMap<TemplateStringsArray, Written>>()

/**
 * The same for what is written as `sql`: what stands in `${}` is a value, or a fragment without values that is the same object each time.
 */
export function fixed<R>(
  strings: TemplateStringsArray,
  ...given: (Scalar | RawBuilder<unknown>)[]
): { execute(db: Db['read']): Promise<QueryResult<R>> } {
  return {
    async execute(db) {
      const { adapter } = db.getExecutor()
      let ofDatabase = written.get(adapter)
      if (!ofDatabase) written.set(adapter, (ofDatabase = new WeakMap()))
      const parameters = given.filter((each) => !isFragment(each))
      const fragments = given.filter(isFragment)
      let known = ofDatabase.get(strings)
      if (!known) ofDatabase.set(strings, (known = { query: sql<R>(strings, ...given).compile(db), fragments }))
      if (fragments.some((each, i) => each !== known.fragments[i]) || parameters.length !== known.query.parameters.length)
        throw new Error(`a part of this query changes from one time to the next: ${known.query.sql}`)
      return db.executeQuery<R>({ ...(known.query as CompiledQuery<R>), parameters })
    },
  }
}

function isFragment(given: unknown): given is RawBuilder<unknown> {
  return typeof given === 'object' && given !== null
}
