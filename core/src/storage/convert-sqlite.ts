import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { changeKey, type Cipher, openSqlite } from './open-sqlite.ts'

/** `unreadable`: not what begins a plain file, so it is encrypted, or no database. */
export function sqliteState(file: string): 'none' | 'plain' | 'unreadable' {
  let open: number
  try {
    open = openSync(file, 'r')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'none'
    throw error
  }
  try {
    const begin = Buffer.alloc(16)
    const length = readSync(open, begin)
    return length === 0 ? 'none' : begin.toString('latin1') === 'SQLite format 3\0' ? 'plain' : 'unreadable'
  } finally {
    closeSync(open)
  }
}

export type Conversion = { driver: string; from: Uint8Array | undefined; to: Uint8Array | undefined; probe?: ((point: string) => void) | undefined }

const copyOf = (file: string) => `${file}.new`

/**
 * Encrypts a database file that is plain, or the other way. A copy is made, changed, checked and put in its place; killed at any point,
 * the file is the one or the other as a whole. It takes the room of the file once more.
 * @throws when another process has it open.
 */
export function convertSqlite(file: string, { driver, from, to, probe = () => {} }: Conversion) {
  removeUnfinished(file)
  const copy = copyOf(file)
  copyAlone(file, from && { key: from, driver }, copy)
  probe('copied')
  changeKey(copy, driver, from, to)
  probe('changed')
  const changed = openSqlite(copy, to && { key: to, driver }, 0)
  try {
    const [answer] = changed.prepare('pragma quick_check(1)').all([]) as { quick_check: string }[]
    if (answer?.quick_check !== 'ok') throw new Error(`the copy of ${file} is damaged (${answer?.quick_check}); the database was left as it is`)
  } finally {
    changed.close()
  }
  flush(copy, 'r+')
  probe('checked')
  renameSync(copy, file)
  flushNames(file)
  probe('replaced')
}

/** What a conversion left that was killed. A plain copy would lie beside an encrypted file. */
export function removeUnfinished(file: string) {
  for (const end of ['', '-journal', '-wal', '-shm']) rmSync(copyOf(file) + end, { force: true })
}

/** Everything is taken out of the write-ahead log first, which only works for who is alone; and nobody else comes in before the end. */
function copyAlone(file: string, cipher: Cipher | undefined, copy: string) {
  const raw = openSqlite(file, cipher, 0)
  try {
    raw.exec('pragma temp_store = memory; pragma locking_mode = exclusive; pragma journal_mode = delete; begin exclusive; commit')
    const [answer] = raw.prepare('pragma journal_mode').all([]) as { journal_mode: string }[]
    if (answer?.journal_mode !== 'delete') throw new Error('its log could not be taken in')
    raw.prepare('vacuum into ?').run([copy])
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteBusy) throw error
    throw new Error(`another process has ${file} open; stop all servers and workers`, { cause: error })
  } finally {
    raw.close()
  }
}

/** A backup as of this moment, encrypted as the file is; servers may go on meanwhile. @throws when there is a file already. */
export function copySqlite(file: string, cipher: Cipher | undefined, copy: string) {
  const raw = openSqlite(file, cipher)
  try {
    raw.exec('pragma temp_store = memory')
    raw.prepare('vacuum into ?').run([copy])
  } finally {
    raw.close()
  }
  flush(copy, 'r+')
  flushNames(copy)
}

const sqliteBusy = 5

/** That a file has this name is written to its folder. Windows flushes no folders. */
export function flushNames(file: string) {
  if (process.platform !== 'win32') flush(dirname(file), 'r')
}

function flush(path: string, mode: 'r+' | 'r') {
  const open = openSync(path, mode)
  try {
    fsyncSync(open)
  } finally {
    closeSync(open)
  }
}
