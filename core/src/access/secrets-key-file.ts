import { createHash, randomBytes } from 'node:crypto'
import { chmodSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ConfigError } from '../config-error.ts'
import { flushNames } from '../storage/convert-sqlite.ts'

export type MasterKey = { id: string; bytes: Buffer }

/** The first eight hex digits of a hash: tells keys apart and says nothing about them. */
export function masterKey(bytes: Buffer): MasterKey {
  return { id: createHash('sha256').update('cadre master key\0').update(bytes).digest('hex').slice(0, 8), bytes }
}

export function newMasterKey(): MasterKey {
  return masterKey(randomBytes(32))
}

export function parseKey(text: string, where: string): MasterKey {
  const trimmed = text.trim()
  const key = /^[0-9a-f]{64}$/i.test(trimmed) ? Buffer.from(trimmed, 'hex') : Buffer.from(trimmed, 'base64')
  if (key.length === 32 && /^[\w+/=-]+$/.test(trimmed)) return masterKey(key)
  throw new ConfigError(`${where}: must be 32 bytes as base64 or as 64 hex digits; \`openssl rand -base64 32\` makes one`)
}

/** The keys of a key file, one a line: the first seals, the others open what was sealed before. Null where there is no file. */
export function readKeyFile(path: string): MasterKey[] | null {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ConfigError(`CADRE_KEY_FILE: ${path} cannot be read: ${(error as Error).message}`)
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return (lines.length > 0 ? lines : ['']).map((line) => parseKey(line, path))
}

/** Written aside and linked into place: of two processes that make it at once, one wins and both use the winner's. */
export function makeKeyFile(path: string): MasterKey[] {
  mkdir(path)
  writeOnce(path, linesOf([newMasterKey()]))
  return readKeyFile(path) ?? []
}

/** Whoever reads it, at whatever moment the process is killed, finds all of the old keys or all of the new. */
export function replaceKeyFile(path: string, keys: MasterKey[]) {
  writeAnew(path, linesOf(keys))
}

const linesOf = (keys: MasterKey[]) => keys.map(({ bytes }) => `${bytes.toString('base64')}\n`).join('')

/** For our eyes only, and on disk as a whole. Where there is a file already, that one stays. */
export function writeOnce(path: string, text: string) {
  writeAside(path, text, (aside) => {
    try {
      linkSync(aside, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
  })
}

/** The same in place of what is there. */
export function writeAnew(path: string, text: string) {
  writeAside(path, text, (aside) => renameSync(aside, path))
}

/**
 * A key that others can read is one that others have. Our own file is made 0600; one that is not ours (a mounted secret) is left alone,
 * unless others may write it: then whoever they are chooses the key.
 * @returns what to tell, or null.
 */
export function guardKeyFile(path: string): string | null {
  if (process.platform === 'win32') return null // no such rights there
  const { mode, uid } = statSync(path)
  if ((mode & 0o077) === 0) return null
  const rights = `0${(mode & 0o777).toString(8)}`
  if (uid === process.getuid?.()) {
    try {
      chmodSync(path, 0o600)
      return `CADRE_KEY_FILE: ${path} could be read by other users (mode ${rights}); it is 0600 now. If others use this machine, rotate the key.`
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EROFS')
        throw new ConfigError(`CADRE_KEY_FILE: ${path} has mode ${rights} and cannot be made 0600`)
    }
  }
  if ((mode & 0o022) !== 0) throw new ConfigError(`CADRE_KEY_FILE: ${path} may be changed by other users (mode ${rights}); make it 0600`)
  return `CADRE_KEY_FILE: ${path} may be read by other users (mode ${rights}); give it mode 0400 or 0600`
}

function writeAside(path: string, text: string, place: (aside: string) => void) {
  const aside = `${path}.${process.pid}.${randomBytes(4).toString('hex')}`
  try {
    writeFileSync(aside, text, { mode: 0o600, flag: 'wx', flush: true })
    place(aside)
    flushNames(path)
  } catch (error) {
    throw new ConfigError(`the key file ${path} cannot be written: ${(error as Error).message}`)
  } finally {
    rmSync(aside, { force: true })
  }
}

function mkdir(path: string) {
  try {
    mkdirSync(dirname(path), { recursive: true })
  } catch (error) {
    throw new ConfigError(`CADRE_KEY_FILE: ${path} cannot be made: ${(error as Error).message}`)
  }
}
