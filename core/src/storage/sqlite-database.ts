import { type FileHandle, open } from 'node:fs/promises'
import { Kysely } from 'kysely'
import type { Db } from './database.ts'
import { GroupCommit } from './group-commit.ts'
import { openSqlite, sqliteDialect } from './sqlite.ts'
import type { Tables } from './tables.ts'
import { refuseInsideUnit, requireUnit } from './unit-scope.ts'

export function sqliteDatabase(file: string): Db {
  const writer = openSqlite(file)
  writer.exec('pragma busy_timeout = 0') // GroupCommit waits by itself, without stopping the event loop
  const reader = openSqlite(file)
  reader.exec('pragma query_only = on')
  const trx = new Kysely<Tables>({ dialect: sqliteDialect(writer, requireUnit) })
  writer.exec('pragma synchronous = normal') // it flushes by itself as well, as FULL would, beside the event loop
  const log = writeAheadLog(file)
  const commits = new GroupCommit(writer, log.flush)
  return {
    kind: 'sqlite',
    target: { kind: 'sqlite', file },
    read: new Kysely<Tables>({ dialect: sqliteDialect(reader, () => refuseInsideUnit('db.read')) }),
    write: async (unit) => {
      refuseInsideUnit('db.write()')
      return commits.add(() => unit(trx))
    },
    close: async () => {
      await commits.close()
      if (reader.isOpen) reader.close()
      if (writer.isOpen) writer.close()
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
