import { join } from 'node:path'
import { databaseCipher, hasDatabaseKey } from './access/database-key.ts'
import { ConfigError } from './config-error.ts'
import type { Config } from './config.ts'
import { sqliteState } from './storage/convert-sqlite.ts'
import type { Db } from './storage/database.ts'
import { openDatabase } from './storage/open-database.ts'

type Placed = Pick<Config, 'data_dir' | 'database_url' | 'encrypt_database' | 'key' | 'key_previous' | 'key_file'>

export const databaseFile = (config: Pick<Config, 'data_dir'>) => join(config.data_dir, 'cadre.db')

/** The database that the settings name. Whether its file is encrypted and whether it should be must agree: nothing is converted unasked. */
export async function openConfiguredDatabase(config: Placed): Promise<Db> {
  if (config.database_url !== null) return openDatabase({ url: config.database_url })
  const file = databaseFile(config)
  const state = sqliteState(file)
  if (!config.encrypt_database) {
    if (state === 'unreadable' && hasDatabaseKey(file))
      throw new ConfigError(`the database ${file} is encrypted; set CADRE_ENCRYPT_DATABASE=true, or take it back by \`cadre db decrypt\``)
    return openDatabase({ file })
  }
  if (state === 'plain')
    throw new ConfigError(
      `CADRE_ENCRYPT_DATABASE: the database ${file} is not encrypted yet; stop all servers and workers and run \`cadre db encrypt\`, which does it`,
    )
  return openDatabase({ file, cipher: databaseCipher(config, file, state === 'none') })
}
