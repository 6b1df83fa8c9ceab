import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { CadreError } from '@cadre/contract/errors'
import { ConfigError } from '../config-error.ts'
import type { Target } from '../storage/database.ts'
import type { Cipher } from '../storage/open-sqlite.ts'
import { sqliteDriver } from '../storage/sqlite-driver.ts'
import { defaultWorkspace } from './actor.ts'
import { writeAnew, writeOnce } from './secrets-key-file.ts'
import { hasKey, type KeyConfig, keyIdOf, keyRing, seal, sourceOf, unseal } from './secrets.ts'

/**
 * The key of an encrypted database is random and never changes: it lies beside the file, sealed by the master key. So a new master key
 * rewrites a hundred bytes and not the database, and can be cut short anywhere.
 */
export const keyFileOf = (database: string) => `${database}.key`
const bound = 'file:database key'

export const hasDatabaseKey = (database: string) => read(keyFileOf(database)) !== null

/** With what the database file is opened. @param make a new key where there is none; without it that is an error. */
export function databaseCipher(config: KeyConfig, database: string, make: boolean): Cipher {
  const driver = sqliteDriver(join(dirname(database), 'packages'))
  const path = keyFileOf(database)
  let sealed = read(path)
  if (sealed === null && make) {
    writeOnce(path, `${seal(config, randomBytes(32).toString('base64'), bound, defaultWorkspace)}\n`)
    sealed = read(path)
  }
  if (sealed === null)
    throw new ConfigError(`the database ${database} is encrypted, and its key ${path} is missing; put that file back from a backup`)
  return { key: open(config, sealed, path), driver }
}

/** After the master key was changed. */
export function sealDatabaseKey(config: KeyConfig, target: Target) {
  if (target.kind !== 'sqlite' || !target.cipher) return
  const path = keyFileOf(target.file)
  const sealed = read(path)
  if (sealed !== null && keyIdOf(sealed) === keyRing(config).current.id) return
  writeAnew(path, `${seal(config, Buffer.from(target.cipher.key).toString('base64'), bound, defaultWorkspace)}\n`)
}

function open(config: KeyConfig, sealed: string, path: string): Uint8Array {
  const needed = keyIdOf(sealed)
  if (needed === null) throw new ConfigError(`${path} is damaged: it holds no sealed key; put that file back from a backup`)
  const lost = 'without it the database cannot be read'
  // Looking for a key file that is gone must not make another one.
  if (!hasKey(config))
    throw new ConfigError(
      `CADRE_KEY_FILE: there is no key in ${config.key_file}, and the database was encrypted under the key ${needed}; put that file back (${lost})`,
    )
  const { all } = keyRing(config)
  if (!all.some(({ id }) => id === needed)) {
    const [name, previous] = config.key === null ? [config.key_file, 'as a second line of that file'] : ['CADRE_KEY', 'as CADRE_KEY_PREVIOUS']
    const ids = all.map(({ id }) => id).join(', ')
    throw new ConfigError(
      `${name}: this is the key ${ids}, and the database was encrypted under the key ${needed}; bring that one back, or give it ${previous} (${lost})`,
    )
  }
  try {
    return Buffer.from(unseal(config, sealed, bound, defaultWorkspace), 'base64')
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    throw new ConfigError(`${path} does not open with ${sourceOf(config)}, which sealed it: it was changed; put that file back from a backup`)
  }
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ConfigError(`the key of the database ${path} cannot be read: ${(error as Error).message}`)
  }
}
