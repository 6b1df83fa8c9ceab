import { createRequire } from 'node:module'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

/** With what the database file is encrypted: 32 random bytes, and where the driver is that can (see sqlite-driver.ts). Plain data. */
export type Cipher = { key: Uint8Array; driver: string }

/** One connection to a SQLite file, by whichever driver. Its errors have the `errcode` of SQLite where somebody asks for it. */
export type SqliteFile = {
  isOpen: () => boolean
  isTransaction: () => boolean
  exec: (sql: string) => void
  prepare: (sql: string) => SqliteStatement
  close: () => void
}
export type SqliteStatement = {
  givesRows: boolean
  all: (values: SQLInputValue[]) => unknown[]
  run: (values: SQLInputValue[]) => { changes: number | bigint; lastInsertRowid: number | bigint }
  iterate: (values: SQLInputValue[]) => Iterable<unknown>
}

/** How long a connection waits for another process before it gives up, in milliseconds. */
export const busyTimeout = 5000

/** What is used of better-sqlite3-multiple-ciphers. It cannot be imported by its name: it may be in DATA/packages, and its exports hide its types. */
type Cipherer = new (
  file: string,
  options: { timeout: number },
) => {
  open: boolean
  inTransaction: boolean
  pragma: (sql: string) => unknown
  key: (key: Buffer) => void
  rekey: (key: Buffer) => void
  exec: (sql: string) => void
  close: () => void
  prepare: (sql: string) => {
    reader: boolean
    all: (...values: SQLInputValue[]) => unknown[]
    run: (...values: SQLInputValue[]) => { changes: number; lastInsertRowid: number }
    iterate: (...values: SQLInputValue[]) => Iterable<unknown>
  }
}
const load = (driver: string) => createRequire(import.meta.url)(driver) as Cipherer

/**
 * The one place that opens a database file. It imports nothing of ours, since the heartbeat's thread loads it too. */
export function openSqlite(file: string, cipher: Cipher | undefined, timeout = busyTimeout): SqliteFile {
  return cipher ? encrypted(file, timeout, cipher) : plain(file, timeout)
}

function plain(file: string, timeout: number): SqliteFile {
  const raw = new DatabaseSync(file, { timeout })
  return {
    isOpen: () => raw.isOpen,
    isTransaction: () => raw.isTransaction,
    exec: (sql) => raw.exec(sql),
    close: () => raw.close(),
    prepare(sql) {
      const statement = raw.prepare(sql)
      return {
        givesRows: statement.columns().length > 0,
        all: (values) => statement.all(...values),
        run: (values) => statement.run(...values),
        iterate: (values) => statement.iterate(...values),
      }
    },
  }
}

/** Every page is sealed with AEGIS-256 and a nonce of its own, in the file and in its log. The key is used as it is: it is random already. */
function encrypted(file: string, timeout: number, { key, driver }: Cipher): SqliteFile {
  const Database = load(driver)
  const raw = new Database(file, { timeout })
  raw.pragma("cipher = 'aegis'")
  raw.key(rawKey(key))
  return {
    isOpen: () => raw.open,
    isTransaction: () => raw.inTransaction,
    exec: (sql) => numbered(() => raw.exec(sql)),
    close: () => raw.close(),
    prepare(sql) {
      const statement = numbered(() => raw.prepare(sql))
      return {
        givesRows: statement.reader,
        all: (values) => numbered(() => statement.all(...values)),
        run: (values) => numbered(() => statement.run(...values)),
        iterate: (values) => statement.iterate(...values),
      }
    },
  }
}

/** Encrypts a file that is plain (`from` is undefined), or the other way. Nobody else may have it open; when this is cut short it is lost. */
export function changeKey(file: string, driver: string, from: Uint8Array | undefined, to: Uint8Array | undefined) {
  const Database = load(driver)
  const raw = new Database(file, { timeout: 0 })
  try {
    raw.pragma("cipher = 'aegis'")
    if (from) raw.key(rawKey(from))
    raw.exec('pragma journal_mode = off; pragma synchronous = off')
    raw.rekey(to ? rawKey(to) : Buffer.alloc(0))
  } finally {
    raw.close()
  }
}

const rawKey = (key: Uint8Array) => Buffer.from(`raw:${Buffer.from(key).toString('hex')}`)

/** The words of this driver for what Node's has numbers for, of what somebody asks for. */
const errcodes: Record<string, number> = { BUSY: 5, NOTADB: 26, CONSTRAINT_PRIMARYKEY: 1555, CONSTRAINT_UNIQUE: 2067 }

function numbered<T>(ask: () => T): T {
  try {
    return ask()
  } catch (error) {
    const { code } = error as { code?: unknown }
    const errcode =
      errcodes[
        String(code)
          .replace(/^SQLITE_/, '')
          .replace(/^BUSY_.*/, 'BUSY')
      ]
    throw errcode === undefined ? error : Object.assign(error as Error, { code: 'ERR_SQLITE_ERROR', errcode })
  }
}
