import type { ChosenDays, KeptFor, RetentionChange, RetentionState, SetRetention } from '@cadre/contract/server'
import type { Actor } from './access/actor.ts'
import type { App } from './app.ts'
import { audit } from './audit/audit.ts'
import { countOldAudit } from './audit/prune-audit.ts'
import { countOldRuns } from './runs/prune-runs.ts'
import { readRetention, retained, storeRetention } from './settings/retention.ts'

type RetentionApp = Pick<App, 'db' | 'config' | 'now'>

/** Enough to be frightened by: more are not counted, for each is read. */
const countedRuns = 10_000

export function getRetention({ db, config }: RetentionApp): Promise<RetentionState> {
  return readRetention(db.read, config)
}

/** Stored for the whole server, whichever process sweeps next; `dry_run` only says what would be deleted. */
export async function setRetention(app: RetentionApp, actor: Actor, { dry_run, ...wanted }: SetRetention): Promise<RetentionChange> {
  if (dry_run) {
    const now = await readRetention(app.db.read, app.config)
    const state = { runs: chosen(now.runs, wanted.runs), audit: chosen(now.audit, wanted.audit) }
    return { ...state, dry_run, deletes: await deletedBy(app, state) }
  }
  const set_at = app.now()
  const state = await app.db.write(async (trx) => {
    const before = await readRetention(trx, app.config)
    for (const what of retained) {
      const days = wanted[what]
      if (days !== undefined) await storeRetention(trx, what, days, { set_by: actor.id, set_at })
    }
    const after = await readRetention(trx, app.config)
    const changed = retained.filter((what) => wanted[what] !== undefined)
    const detail = Object.fromEntries(changed.map((what) => [what, { from: before[what].days, to: after[what].days, source: after[what].source }]))
    await audit(trx, app, actor, { action: 'server.retention', target_type: 'setting', target_id: 'retention', detail })
    return after
  })
  return { ...state, dry_run, deletes: await deletedBy(app, state) }
}

function chosen(now: KeptFor, days: ChosenDays | undefined): KeptFor {
  if (days === undefined) return now
  const { configured } = now
  if (days === 'configured')
    return { days: configured, source: configured === null ? 'default' : 'configured', configured, set_by: null, set_at: null }
  return { days, source: 'stored', configured, set_by: null, set_at: null }
}

async function deletedBy(app: RetentionApp, { runs, audit }: RetentionState): Promise<RetentionChange['deletes']> {
  const [oldRuns, oldEntries] = await Promise.all([
    runs.days === null ? 0 : countOldRuns(app, runs.days, countedRuns + 1),
    audit.days === null ? 0 : countOldAudit(app, audit.days),
  ])
  return { runs: { count: Math.min(oldRuns, countedRuns), more: oldRuns > countedRuns }, audit: { count: oldEntries, more: false } }
}
