import { type Compilable, type CompiledQuery, type Insertable, type QueryResult, type RawBuilder, type Selectable, sql } from 'kysely'
import type { Db } from './database.ts'
import type { Tables } from './tables.ts'

/**
 * A query whose SQL is written once for each database: writing it takes kysely longer than SQLite takes to answer. For what every request
 * asks, and nothing else.
 * @param build with any value where a parameter goes; they are given in the order of their places.
 */
export function prepared<R>(build: (db: Db['read']) => Compilable<R>): (db: Db['read'], ...parameters: unknown[]) => Promise<R[]> {
  const known = new WeakMap<object, CompiledQuery<R>>()
  return async (db, ...parameters) => {
    const { adapter } = db.getExecutor()
    let query = known.get(adapter)
    if (!query) known.set(adapter, (query = build(db).compile()))
    if (parameters.length !== query.parameters.length)
      throw new Error(`this query has ${query.parameters.length} parameters, not ${parameters.length}`)
    return (await db.executeQuery<R>({ ...query, parameters })).rows
  }
}

type Row<T extends keyof Tables> = Selectable<Tables[T]>

/**
 * The same for inserting a row.
 * @param columns as in SQL, always all of them: null where a row lacks one.
 * @throws when a row has another one.
 */
export function preparedInsert<T extends keyof Tables & string, R extends keyof Row<T> & string>(
  table: T,
  columns: string,
  returning: R,
): (db: Db['read'], row: Insertable<Tables[T]>) => Promise<Row<T>[R]> {
  const names = columns.split(/,\s+/)
  const places = Object.fromEntries(names.map((name) => [name, '']))
  const insert = prepared<Row<T>>((db) => {
    const query = db.insertInto(table).values(places as never)
    return query.returning(returning as never) as unknown as Compilable<Row<T>>
  })
  return async (db, row) => {
    const given = row as Record<string, unknown>
    for (const name in given) if (!Object.hasOwn(places, name)) throw new Error(`the statement that inserts into ${table} knows no column ${name}`)
    const [inserted] = await insert(db, ...names.map((name) => given[name] ?? null))
    return (inserted as Row<T>)[returning]
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
