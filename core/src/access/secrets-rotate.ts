import { CadreError } from '@cadre/contract/errors'
import { signHeadAnew } from '../audit/head.ts'
import { audit } from '../audit/audit.ts'
import { ConfigError } from '../config-error.ts'
import type { Db } from '../storage/database.ts'
import { systemActor } from './actor.ts'
import { sealDatabaseKey } from './database-key.ts'
import { checkMasterKey, sealedCheck } from './secrets-check.ts'
import { type SealedColumn, sealedColumns, sealedIn, type SealedTable, withSealed } from './secrets-columns.ts'
import { newMasterKey, readKeyFile, replaceKeyFile } from './secrets-key-file.ts'
import { forgetKeys, hasKey, type KeyConfig, keyIdOf, keyRing, seal, unseal } from './secrets.ts'
import { insertKeyCheck, replaceKeyCheck, replaceSealed, type SealedPlace, selectSealed } from './secrets.store.ts'

export type RotateApp = { db: Db; config: KeyConfig; now: () => number; probe?: (point: string) => void }
export type Rotation = {
  key_id: string
  previous: string[]
  resealed: number
  /** `table:row id` of what no key opens. It stays as it is. */
  unreadable: string[]
  /** Where a key file's old keys are kept, for backups of the database from before. */
  retired_files: string[]
}

const pageSize = 100

/**
 * Seals every secret anew. With a key file: under a new key, and both are in the file until nothing needs the old one. With CADRE_KEY:
 * under that, with CADRE_KEY_PREVIOUS to open what there is. Killed at any point, the next call goes on where it was. No server may be
 * running that knows only the old key: what it seals meanwhile would need that key.
 */
export async function rotateMasterKey(app: RotateApp): Promise<Rotation> {
  const { config, probe = () => {} } = app
  await checkMasterKey(app)
  if (config.key === null) addKey(config)
  else if (!config.key_previous)
    throw new ConfigError('CADRE_KEY: to rotate it, set CADRE_KEY to the new key and CADRE_KEY_PREVIOUS to the one until now')
  probe('key.added')
  const { current, all } = keyRing(config)
  const previous = all.map(({ id }) => id).filter((id) => id !== current.id)

  let resealed = 0
  let pass = await resealAll(app)
  // What somebody stored meanwhile is found by another pass.
  for (; pass.resealed > 0; pass = await resealAll(app)) resealed += pass.resealed
  probe('rows.resealed')
  sealDatabaseKey(config, app.db.target)
  probe('database.sealed')
  await app.db.write(async (trx) => {
    await signHeadAnew(trx, config)
    await audit(trx, app, systemActor, {
      action: 'keys.rotate',
      target_type: 'master_key',
      target_id: current.id,
      detail: { previous, resealed, unreadable: pass.unreadable.length },
    })
  })
  probe('head.signed')
  const retired_files = config.key === null ? retire(config) : []
  return { key_id: current.id, previous, resealed, unreadable: pass.unreadable, retired_files }
}

/** The key is lost: from now on this one counts. @returns what stays unreadable. */
export async function resetMasterKey(app: RotateApp): Promise<{ key_id: string; unreadable: string[] }> {
  const { config } = app
  const { current } = keyRing(config)
  await app.db.write(async (trx) => {
    await insertKeyCheck(trx, sealedCheck(config), app.now())
    await replaceKeyCheck(trx, sealedCheck(config))
    await signHeadAnew(trx, config, { unverified: true })
    await audit(trx, app, systemActor, { action: 'keys.reset', target_type: 'master_key', target_id: current.id })
  })
  return { key_id: current.id, unreadable: (await resealAll(app)).unreadable }
}

/** A file with two keys is a rotation that was interrupted. */
function addKey(config: KeyConfig) {
  const keys = hasKey(config) ? (readKeyFile(config.key_file) ?? []) : []
  if (keys.length === 1) replaceKeyFile(config.key_file, [newMasterKey(), ...keys])
  forgetKeys(config)
}

function retire(config: KeyConfig): string[] {
  const [current, ...old] = readKeyFile(config.key_file) ?? []
  if (!current) return []
  const files = old.map((key) => {
    const path = `${config.key_file}.${key.id}.retired`
    replaceKeyFile(path, [key])
    return path
  })
  replaceKeyFile(config.key_file, [current])
  forgetKeys(config)
  return files
}

async function resealAll(app: RotateApp) {
  const found = { resealed: 0, unreadable: [] as string[] }
  for (const [table, column] of Object.entries(sealedColumns) as [SealedTable, SealedColumn][]) {
    for (let after: SealedPlace | null = { workspace: '', id: '' }; after !== null;) {
      const page: { after: SealedPlace | null; resealed: number; unreadable: string[] } = await resealPage(app, table, column, after)
      after = page.after
      found.resealed += page.resealed
      found.unreadable.push(...page.unreadable)
      app.probe?.('page.resealed')
    }
  }
  return found
}

function resealPage({ db, config }: RotateApp, table: SealedTable, column: SealedColumn, after: SealedPlace) {
  const { current } = keyRing(config)
  return db.write(async (trx) => {
    const rows = await selectSealed(trx, table, column, after, pageSize)
    const page = { after: rows.length < pageSize ? null : (rows.at(-1) ?? null), resealed: 0, unreadable: [] as string[] }
    for (const row of rows) {
      const sealed = sealedIn(column, row.value)
      if (sealed === null || keyIdOf(sealed) === current.id) continue
      const boundTo = `${table}:${row.id}` as const
      try {
        const anew = seal(config, unseal(config, sealed, boundTo, row.workspace), boundTo, row.workspace)
        await replaceSealed(trx, table, column, row, withSealed(column, row.value, anew))
        page.resealed++
      } catch (error) {
        if (!(error instanceof CadreError)) throw error
        page.unreadable.push(boundTo)
      }
    }
    return page
  })
}
