import { loadConfig } from '@cadre/core/config'
import { openConfiguredDatabase } from '@cadre/core/open-configured-database'
import { checkMasterKey } from '@cadre/core/access/secrets-check'
import { resetMasterKey, rotateMasterKey } from '@cadre/core/access/secrets-rotate'
import { lockDataFolder } from '@cadre/core/storage/data-folder'

const usage = `keys: there are
  keys check    is the master key the one of this database
  keys rotate   a new master key; every stored secret is sealed anew
  keys reset    the old master key is lost: go on with this one`

/** The operator's commands about the master key. They have the data folder to themselves: no server may run meanwhile. */
export async function runKeys([verb = '', ...argv]: string[]): Promise<void> {
  if (!['check', 'rotate', 'reset'].includes(verb)) throw new Error(usage)
  const config = loadConfig({ env: process.env, cwd: process.cwd(), argv })
  const lock = lockDataFolder(config.data_dir, 'server')
  try {
    const db = await openConfiguredDatabase(config)
    const app = { db, config, now: Date.now }
    const say = (line: string) => process.stdout.write(`${line}\n`)
    try {
      if (verb === 'check') {
        for (const warning of await checkMasterKey(app)) say(warning)
        say('The master key is the one of this database.')
      } else if (verb === 'rotate') {
        const { key_id, previous, resealed, unreadable, retired_files } = await rotateMasterKey(app)
        say(`${resealed} secrets are sealed with the key ${key_id} now.`)
        for (const row of unreadable) say(`No key opens the secret of ${row}; it stays as it is until it is stored anew.`)
        for (const file of retired_files) say(`Backups from before need the key that is kept in ${file}; delete it when they are gone.`)
        if (config.key !== null) say(`Nothing here needs CADRE_KEY_PREVIOUS (${previous.join(', ')}) any more; backups from before do.`)
      } else {
        const { key_id, unreadable } = await resetMasterKey(app)
        say(`From now on the key ${key_id} counts.`)
        for (const row of unreadable) say(`The secret of ${row} is lost; store it anew.`)
      }
    } finally {
      await db.close()
    }
  } finally {
    lock.release()
  }
}
