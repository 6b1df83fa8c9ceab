import { copyFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { databaseCipher, keyFileOf } from '@cadre/core/access/database-key'
import { type Config, loadConfig } from '@cadre/core/config'
import { requireKeyElsewhere } from '@cadre/core/config-database'
import { databaseFile } from '@cadre/core/open-configured-database'
import { convertSqlite, copySqlite, sqliteState } from '@cadre/core/storage/convert-sqlite'
import { lockDataFolder } from '@cadre/core/storage/data-folder'

const usage = `database: there are
  database encrypt       encrypt the database file
  database decrypt       take that back
  database copy <file>   a backup, also while a server runs`

type Surroundings = { env: Record<string, string | undefined>; cwd: string; say: (line: string) => void }
const here: Surroundings = { env: process.env, cwd: process.cwd(), say: (line) => void process.stdout.write(`${line}\n`) }

/** The operator's commands about the SQLite file. */
export function runDatabase([verb = '', ...argv]: string[], { env, cwd, say }: Surroundings = here) {
  const place = verb === 'copy' && !argv[0]?.startsWith('--') ? argv.shift() : undefined
  if (!['encrypt', 'decrypt'].includes(verb) && place === undefined) throw new Error(usage)
  const settings = loadConfig({ env, cwd, argv })
  if (settings.database_url !== null) throw new Error('DATABASE_URL: the database is on Postgres; this is for the SQLite file')
  if (place !== undefined) return copy(settings, resolve(cwd, place), say)
  // What the settings say of it is what is about to change.
  const lock = lockDataFolder(settings.data_dir, 'server')
  try {
    convert(settings, verb === 'encrypt', say)
  } finally {
    lock.release()
  }
}

function convert(config: Config, encrypt: boolean, say: Surroundings['say']) {
  const file = databaseFile(config)
  const state = sqliteState(file)
  if (state === 'none') throw new Error(`there is no database ${file} yet; set CADRE_ENCRYPT_DATABASE=true, and the first start makes it encrypted`)
  const encrypted = state === 'unreadable'
  if (encrypt && !encrypted) {
    requireKeyElsewhere(config)
    const { key, driver } = databaseCipher(config, file, true)
    convertSqlite(file, { driver, from: undefined, to: key })
  } else if (!encrypt && encrypted) {
    const { key, driver } = databaseCipher(config, file, false)
    convertSqlite(file, { driver, from: key, to: undefined })
  }
  const key_file = keyFileOf(file)
  if (encrypt) {
    say(`${file} is encrypted. ${config.encrypt_database ? 'Keep' : 'Set CADRE_ENCRYPT_DATABASE=true, and keep'} ${key_file} with it.`)
    say('What it held before may still be found on its disk, and in backups from before.')
  } else {
    say(`${file} is not encrypted.${config.encrypt_database ? ' Take CADRE_ENCRYPT_DATABASE away.' : ''}`)
    say(`Backups from before need ${key_file}; delete it when they are gone.`)
  }
}

function copy(config: Config, place: string, say: Surroundings['say']) {
  const file = databaseFile(config)
  const state = sqliteState(file)
  if (state === 'none') throw new Error(`there is no database ${file}`)
  copySqlite(file, state === 'plain' ? undefined : databaseCipher(config, file, false), place)
  if (state === 'plain') return say(`${place} is a copy of ${file}.`)
  copyFileSync(keyFileOf(file), keyFileOf(place))
  say(`${place} is an encrypted copy of ${file}; it needs ${keyFileOf(place)} and the master key.`)
}
