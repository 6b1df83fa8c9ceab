import { text } from 'node:stream/consumers'
import { Email, Password } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import { systemActor } from '@cadre/core/access/actor'
import { noCredential } from '@cadre/core/access/identity'
import { openAccess } from '@cadre/core/access/open-access'
import { makeFirstOwner } from '@cadre/core/access/users/first-owner'
import { setPasswordOf } from '@cadre/core/access/users/set-password'
import { type Config, loadConfig } from '@cadre/core/config'
import { openConfiguredDatabase } from '@cadre/core/open-configured-database'
import { makeDataFolder } from '@cadre/core/storage/data-folder'
import { newId } from '@cadre/core/storage/ids'
import { z } from 'zod'
import { openLog } from './log.ts'

/** What stands on the standard input, so that no password is ever an argument, which everyone on the machine could read. */
export const UsersCommand = z.discriminatedUnion('command', [
  z.strictObject({ command: z.literal('create'), email: Email, name: z.string().trim().min(1).max(200), password: Password }),
  z.strictObject({ command: z.literal('passwd'), email: Email, password: Password }),
])

/**
 * For whoever has the data itself at hand, with or without a server that runs on it: the first owner, and a new password for who has
 * forgotten theirs. What it may is what a text editor on the database may.
 */
export async function runUsersCommand() {
  const config = loadConfig({ env: process.env, cwd: process.cwd(), argv: process.argv.slice(2) })
  const given = UsersCommand.safeParse(JSON.parse(await text(process.stdin)))
  if (!given.success) throw new CadreError('INVALID', `${given.error.issues[0]?.path.join('.')}: ${given.error.issues[0]?.message}`)
  process.stdout.write(`${JSON.stringify(await changeUsers(config, given.data))}\n`)
}

export async function changeUsers(config: Config, given: z.infer<typeof UsersCommand>) {
  makeDataFolder(config.data_dir)
  const db = await openConfiguredDatabase(config)
  try {
    const parts = { db, config, now: Date.now, newId, log: openLog(config.log_level) }
    // Nothing here asks another server.
    const access = openAccess(parts, () => Promise.reject(new Error('no other server is asked')))
    const app = { ...parts, access }
    if (given.command === 'create') return await makeFirstOwner(app, systemActor, given)
    return await setPasswordOf(app, systemActor, given, noCredential)
  } finally {
    await db.close()
  }
}
