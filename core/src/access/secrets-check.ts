import { CadreError } from '@cadre/contract/errors'
import { ConfigError } from '../config-error.ts'
import type { Db } from '../storage/database.ts'
import { defaultWorkspace } from './actor.ts'
import { checkKey, hasKey, type KeyConfig, keyIdOf, keyRing, seal, unseal } from './secrets.ts'
import { insertKeyCheck, selectKeyCheck } from './secrets.store.ts'

const known = 'cadre'
export const sealedCheck = (config: KeyConfig) => seal(config, known, 'key_check:master', defaultWorkspace)

/**
 * At every start: is the master key the one of this database? The first start says which it is. Throws ConfigError of one sentence.
 * @returns what to tell the operator.
 */
export async function checkMasterKey({ db, config, now }: { db: Db; config: KeyConfig; now: () => number }): Promise<string[]> {
  const stored = await selectKeyCheck(db.read)
  if (stored !== null) return checkAgainst(config, stored)
  const warnings = checkKey(config)
  await db.write((trx) => insertKeyCheck(trx, sealedCheck(config), now()))
  const first = await selectKeyCheck(db.read)
  return first === null ? warnings : [...warnings, ...checkAgainst(config, first)]
}

function checkAgainst(config: KeyConfig, stored: string): string[] {
  const needed = keyIdOf(stored)
  const lost = '`cadre master-key reset` goes on without it, and without what it sealed'
  if (!hasKey(config))
    throw new ConfigError(
      `CADRE_KEY_FILE: there is no key in ${config.key_file}, and the secrets of this database were sealed with the key ${needed}; put that file back (${lost})`,
    )
  const warnings = checkKey(config)
  const { current, all } = keyRing(config)
  try {
    unseal(config, stored, 'key_check:master', defaultWorkspace)
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    const [name, previous] = config.key === null ? [config.key_file, 'as a second line of that file'] : ['CADRE_KEY', 'as CADRE_KEY_PREVIOUS']
    const ids = all.map(({ id }) => id).join(', ')
    throw new ConfigError(
      all.some(({ id }) => id === needed)
        ? `the check value in the table key_check does not open with the key ${needed} that made it: it was changed; restore the database from a backup`
        : `${name}: this is the key ${ids}, and the secrets of this database were sealed with the key ${needed}; bring that one back, or give it ${previous} (${lost})`,
    )
  }
  if (needed !== current.id)
    warnings.push(`secrets are still sealed with the key ${needed}, not with ${current.id}: \`cadre master-key rotate\` seals them anew`)
  return warnings
}
