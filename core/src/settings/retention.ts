import type { ChosenDays, KeptFor, RetentionState } from '@cadre/contract/server'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { deleteSetting, selectSettings, type SettingRow, upsertSetting } from './settings.store.ts'

/** What is kept for as long as somebody says, and who says so where nothing is stored. */
export const retained = ['runs', 'audit'] as const
export type Retained = (typeof retained)[number]
export type RetentionConfig = Pick<Config, 'run_days' | 'audit_days'>

const nameOf = (what: Retained) => `retention.${what}`

/** How long things are kept at this moment: as somebody set it here, or else as the server was configured. */
export async function readRetention(db: Db['read'] | Trx, config: RetentionConfig): Promise<RetentionState> {
  const rows = await selectSettings(db, retained.map(nameOf))
  const of = (what: Retained, configured: number | null) =>
    keptFor(
      rows.find(({ name }) => name === nameOf(what)),
      configured,
    )
  return { runs: of('runs', config.run_days), audit: of('audit', config.audit_days) }
}

export async function storeRetention(trx: Trx, what: Retained, days: ChosenDays, by: { set_by: string; set_at: number }) {
  if (days === 'configured') await deleteSetting(trx, nameOf(what))
  else await upsertSetting(trx, { name: nameOf(what), value: toJson(days), ...by })
}

function keptFor(row: SettingRow | undefined, configured: number | null): KeptFor {
  if (!row) return { days: configured, source: configured === null ? 'default' : 'configured', configured, set_by: null, set_at: null }
  const days = fromJson(row.value) as number | null
  return { days, source: 'stored', configured, set_by: row.set_by, set_at: new Date(row.set_at).toISOString() }
}
