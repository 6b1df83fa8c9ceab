import type { Db } from './database.ts'
import { migrate } from './migrate.ts'
import type { Cipher } from './open-sqlite.ts'
import { postgresDatabase } from './postgres-database.ts'
import { sqliteDatabase } from './sqlite-database.ts'

export type OpenDatabase = {
  /** `postgres://...`; goes before `file`. */
  url?: string
  /** The SQLite file; made where there is none. */
  file?: string
  /** With what that file is encrypted. */
  cipher?: Cipher | undefined
  /** Hears of idle Postgres connections that broke; they are replaced. */
  onError?: (error: Error) => void
}

/** Opens the database with its schema up to date. Throws an Error of one sentence when it cannot. */
export async function openDatabase({ url, file, cipher, onError = (error) => process.emitWarning(error) }: OpenDatabase): Promise<Db> {
  const db = connect(url, file, cipher, onError)
  try {
    await migrate(db)
  } catch (error) {
    await db.close()
    if (!url || !isUnreachable(error)) throw error
    throw new Error(`cannot reach Postgres at ${place(url)}: ${reasonOf(error)}`, { cause: error })
  }
  return db
}

function connect(url: string | undefined, file: string | undefined, cipher: Cipher | undefined, onError: (error: Error) => void): Db {
  if (url) return postgresDatabase(url, onError)
  if (!file) throw new Error('openDatabase needs a Postgres url or a SQLite file')
  try {
    return sqliteDatabase(file, cipher)
  } catch (error) {
    const wrongKey = cipher && (error as { errcode?: number }).errcode === sqliteNotADatabase
    const reason = wrongKey ? `it does not open with the key in ${file}.key; one of the two is damaged, or of another database` : reasonOf(error)
    throw new Error(`cannot open the SQLite database ${file}: ${reason}`, { cause: error })
  }
}

const sqliteNotADatabase = 26

/** Network errors, and what Postgres says before a session begins: wrong password, no such database, starting up, too many connections. */
function isUnreachable(error: unknown) {
  const { code } = error as { code?: unknown }
  return (
    error instanceof AggregateError ||
    (typeof code === 'string' && /^(E[A-Z]+|08...|28...|3D000|57P03|53300)$/.test(code)) ||
    /timeout/i.test(reasonOf(error))
  )
}

/** Without the password. */
function place(url: string) {
  const { host, pathname, searchParams } = new URL(url)
  return `${searchParams.get('host') ?? host}${pathname}`
}

function reasonOf(error: unknown) {
  if (error instanceof AggregateError) return error.errors.map(String).join('; ')
  return error instanceof Error ? error.message : String(error)
}
