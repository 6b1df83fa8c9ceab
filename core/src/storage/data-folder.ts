import { accessSync, constants, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export type DataFolderLock = { release: () => void }

/**
 * Makes the data folder, for its owner only, and keeps other servers out until `release` or the end of this process, however it ends: the
 * lock is one of the operating system on the file `server.lock`, so there is nothing to clean up after a kill. (It is held by SQLite
 * because Node has no file locks. Whoever opens and closes that file otherwise in this process loses the lock.)
 */
export function lockDataFolder(dir: string, purpose: 'server'): DataFolderLock {
  makeDataFolder(dir)
  const lock = new DatabaseSync(join(dir, `${purpose}.lock`), { timeout: 0 })
  const pidFile = join(dir, `${purpose}.pid`)
  try {
    lock.exec('pragma locking_mode = exclusive; begin exclusive')
  } catch (error) {
    lock.close()
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw refusal(dir, 'locked', error)
    const pid = holder(pidFile)
    throw new Error(`another Cadre ${purpose}${pid ? ` (pid ${pid})` : ''} already uses ${dir}; stop it or set CADRE_DATA_DIR`, { cause: error })
  }
  writeFileSync(`${pidFile}.new`, `${process.pid}\n`)
  renameSync(`${pidFile}.new`, pidFile)
  return {
    release() {
      if (!lock.isOpen) return
      rmSync(pidFile, { force: true })
      lock.close()
    },
  }
}

const sqliteBusy = 5

/** Makes the folder where it is missing. @throws one sentence for a person when it cannot be read and written. */
export function makeDataFolder(dir: string) {
  try {
    makeFolder(dir)
  } catch (error) {
    throw refusal(dir, 'made', error)
  }
  try {
    if (!statSync(dir).isDirectory()) throw new Error('a file is in its place')
    accessSync(dir, constants.R_OK | constants.W_OK | constants.X_OK)
    // The rights may allow what a read-only file system does not.
    writeFileSync(join(dir, '.writable'), '')
    rmSync(join(dir, '.writable'), { force: true })
  } catch (error) {
    throw refusal(dir, 'read and written', error)
  }
}

/** Not mkdirSync's `recursive`: it never returns where the system answers ENOENT below a folder that exists, as in /proc (Node 24.21). */
function makeFolder(dir: string) {
  if (existsSync(dir)) return
  if (dirname(dir) !== dir) makeFolder(dirname(dir))
  try {
    mkdirSync(dir, 0o700)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error // another process was quicker
  }
}

function refusal(dir: string, what: string, error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException
  const reasons: Record<string, string> = {
    ENOTDIR: 'a file is in its place',
    ENOENT: 'the system refuses',
    EACCES: 'this user may not',
    EPERM: 'this user may not',
    EROFS: 'its disk is read-only',
    ENOSPC: 'its disk is full',
  }
  return new Error(`the data folder ${dir} cannot be ${what} (${reasons[code ?? ''] ?? message}); set CADRE_DATA_DIR to one that can`, {
    cause: error,
  })
}

/** Who holds the lock. It may not have said so yet. */
function holder(pidFile: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(pidFile, 'utf8'), 10) || undefined
  } catch {
    return undefined
  }
}
