import { copyFileSync, lstatSync, openSync, readSync, closeSync, realpathSync, rmSync, type Stats } from 'node:fs'
import { basename, join } from 'node:path'
import { DatabaseSync, type DatabaseSyncOptions } from 'node:sqlite'
import { pathToFileURL } from 'node:url'
import { scratchFolder } from './scratch.ts'
import { SqlRefusal } from './sql-refusal.ts'

/** A copy is made in the rare case below only. */
const mostCopied = 2_000_000_000
const mostTries = 3

/**
 * Opens a database file, hands it to `use`, and leaves no trace: not a byte, a time or a file beside it. In WAL mode (byte 18 is 2) SQLite
 * would make `-wal` and `-shm` files even for a reader, and would delete them beside an empty file. Therefore:
 * - both are there (somebody writes, or crashed): their wal-index is read and not written (`readonly_shm`);
 * - there is no `-wal` with anything in it: all is in the file, which is read as one that does not change; if it did, it is read again;
 * - a `-wal` without its `-shm` (copied from elsewhere): read from a copy of both.
 */
export function withSqliteFile<T>(file: string, options: DatabaseSyncOptions, use: (db: DatabaseSync) => T): T {
  for (let tries = 1; ; tries++) {
    const before = lookAt(file)
    const copy = before.wal > 0 && before.shm === null && before.main.size > 0 ? copied(file) : null
    const walMode = before.format === 2 || before.wal >= 0
    const calm = copy === null && (before.main.size === 0 || (walMode && before.wal <= 0))
    const url = pathToFileURL(copy === null ? file : join(copy, 'copy.db'))
    if (calm) url.searchParams.set('immutable', '1')
    else if (copy === null && walMode) url.searchParams.set('readonly_shm', '1')
    try {
      let failure: unknown
      let result: T | undefined
      try {
        const db = new DatabaseSync(url, { ...options, readOnly: copy === null, timeout: 2_000 })
        try {
          result = use(db)
        } finally {
          db.close()
        }
      } catch (error) {
        failure = error
      }
      const changed = (calm || failure !== undefined) && copy === null && isOther(before, lookAt(file))
      if (changed && tries < mostTries) continue
      if (changed && calm) throw new SqlRefusal('the database was written to while it was read; try again')
      if (failure !== undefined) throw failure
      return result as T
    } finally {
      if (copy !== null) rmSync(copy, { recursive: true, force: true })
    }
  }
}

type Look = { format: number; main: Stats; wal: number; shm: number | null }

function lookAt(file: string): Look {
  // What was located must be what is opened: a link in its place would lead elsewhere.
  if (realpathSync(file) !== file) throw new SqlRefusal('the file was replaced meanwhile')
  const main = lstatSync(file)
  const [wal, shm] = [sizeOf(`${file}-wal`), sizeOf(`${file}-shm`)]
  sizeOf(`${file}-journal`)
  const head = Buffer.alloc(20)
  const handle = openSync(file, 'r')
  try {
    readSync(handle, head, 0, 20, 0)
  } finally {
    closeSync(handle)
  }
  return { format: head[18] === 2 || head[19] === 2 ? 2 : 1, main, wal: wal ?? -1, shm }
}

function sizeOf(path: string): number | null {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  if (!stats) return null
  if (!stats.isFile()) throw new SqlRefusal(`'${basename(path)}' beside the database is no plain file`)
  return stats.size
}

const isOther = (a: Look, b: Look) =>
  a.main.mtimeMs !== b.main.mtimeMs ||
  a.main.size !== b.main.size ||
  a.main.ino !== b.main.ino ||
  a.format !== b.format ||
  a.wal > 0 !== b.wal > 0 ||
  (a.shm === null) !== (b.shm === null)

function copied(file: string): string {
  const bytes = lstatSync(file).size + (sizeOf(`${file}-wal`) ?? 0)
  if (bytes > mostCopied)
    throw new SqlRefusal('the database was not closed by its program (there is a -wal file without its -shm file); open it with its program first')
  const folder = scratchFolder()
  copyFileSync(file, join(folder, 'copy.db'))
  copyFileSync(`${file}-wal`, join(folder, 'copy.db-wal'))
  return folder
}
