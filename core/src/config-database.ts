import { dirname, relative } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'

const yes = [true, 'true', 'yes', '1']
const no = [false, 'false', 'no', '0']
const flag = z.literal([...yes, ...no], 'must be true or false').transform((value) => yes.includes(value))

/** The line of the table in config.ts that is about the database file. */
export const databaseSettings = {
  CADRE_ENCRYPT_DATABASE: { yaml: 'encrypt_database', schema: flag, secret: false },
} as const

type Placed = { data_dir: string; database_url: string | null; key: string | null; key_file: string }

/** A key beside what it opens protects nothing. */
export function requireKeyElsewhere({ data_dir, key, key_file }: Pick<Placed, 'data_dir' | 'key' | 'key_file'>) {
  const way = relative(data_dir, dirname(key_file))
  if (key === null && !/^\.\.([\\/]|$)/.test(way) && !/^([a-z]:)?[\\/]/i.test(way))
    throw new ConfigError(
      `CADRE_KEY_FILE: ${key_file} lies in the data folder, beside the database that it would open; set it to a file elsewhere, or set CADRE_KEY`,
    )
}

/** Is the database file to be encrypted? */
export function encryptDatabase(given: boolean | undefined, placed: Placed): boolean {
  if (!given) return false
  if (placed.database_url !== null)
    throw new ConfigError('CADRE_ENCRYPT_DATABASE: is for the SQLite file; for Postgres encrypt the volume that it is on, and leave this out')
  requireKeyElsewhere(placed)
  return true
}
