import { type FileHandle, open } from 'node:fs/promises'
import { Kysely } from 'kysely'
import type { Db } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { type Cipher, openSqlite, type SqliteFile } from './open-sqlite.ts'
import { QueryClock } from './query-clock.ts'
import { sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { refuseInsideUnit, requireUnit } from './unit-scope.ts'

/**
 * FULL: what was answered survives a power cut; group-commit.ts makes that affordable. The caches are small because the operating system
 * caches the file as well. Temporary tables and journals stay in memory: on disk, SQLite would write them as they are. Foreign keys are
 * off: nothing here declares any.
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

function connect(file: string, cipher: Cipher | undefined): SqliteFile {
  const raw = openSqlite(file, cipher)
  try {
    raw.exec(pragmas)
  } catch (error) {
    raw.close()
    throw error
  }
  return raw
}

export function sqliteDatabase(file: string, cipher?: Cipher): Db {
  const writer = connect(file, cipher)
  writer.exec('pragma busy_timeout = 0') // GroupCommit waits by itself, without stopping the event loop
  const reader = connect(file, cipher)
  reader.exec('pragma query_only = on')
  const clock = new QueryClock()
  const trx = new Kysely<Tables>({ dialect: sqliteDialect(writer, requireUnit, clock) })
  writer.exec('pragma synchronous = normal') // it flushes by itself as well, as FULL would, beside the event loop
  const log = writeAheadLog(file)
  const commits = new GroupCommit(writer, log.flush)
  return {
    kind: 'sqlite',
    target: { kind: 'sqlite', file, cipher },
    read: new Kysely<Tables>({ dialect: sqliteDialect(reader, () => refuseInsideUnit('db.read'), clock) }),
    write: async (unit) => {
      refuseInsideUnit('db.write()')
      return commits.add(() => unit(trx))
    },
    load: () => ({ queries: clock.queries, query_ms: clock.ms, used: commits.isBusy ? 1 : 0, size: 1 }),
    close: async () => {
      await commits.close()
      if (reader.isOpen()) reader.close()
      if (writer.isOpen()) writer.close()
      await log.close()
    },
  }
}

/**
 * SQLite's write-ahead log. Flushing it after a commit is the whole difference between synchronous=NORMAL and FULL (sqlite.org/pragma.html).
 * The file stays the same while a connection is open.
 */
function writeAheadLog(file: string) {
  let opening: Promise<FileHandle> | undefined
  return {
    flush: async () => (await (opening ??= open(`${file}-wal`, 'r+'))).datasync(),
    close: async () => (await opening)?.close(),
  }
}
