import { systemActor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import {
  deleteBlobs,
  deleteRuns,
  lockBlobs,
  type Reference,
  selectBegunSince,
  selectLive,
  selectManifests,
  selectOld,
  selectReferences,
  selectRunIds,
} from './retention.store.ts'

type PruneApp = Pick<App, 'db' | 'config' | 'now'>

const dayMs = 86_400_000
/** Small enough for others to write between two of them, and for one statement. */
const atOnce = 200
/** Before the journals of all others are read for what these share with them. */
const inOnePass = 10_000
/** Clocks of several servers may differ by so much. */
const skewMs = 10_000

/**
 * Retention: deletes the runs that ended longer ago, with journal, approvals and what was paid for each call, and the large values that no
 * other run holds. What runs were frozen with at their start stays: processes remember that it is stored, and it is a few rows per agent.
 * A value goes in the transaction of the last run that holds it, so a kill in between leaves nothing behind.
 * @returns how many.
 */
export async function pruneRuns(app: PruneApp, days: number): Promise<number> {
  const before = app.now() - days * dayMs
  let count = 0
  for (let after = ''; ;) {
    const old = await selectOld(app.db.read, { before, after, limit: inOnePass })
    count += await deletePass(app, old, days)
    after = old.at(-1) ?? ''
    if (old.length < inOnePass) return count
  }
}

/** How many runs ended longer ago, up to so many. */
export async function countOldRuns({ db, now }: Pick<PruneApp, 'db' | 'now'>, days: number, upTo: number): Promise<number> {
  return (await selectOld(db.read, { before: now() - days * dayMs, after: '', limit: upTo })).length
}

async function deletePass(app: PruneApp, old: string[], days: number): Promise<number> {
  if (old.length === 0) return 0
  const { db } = app
  const batches = inBatches(old)
  /** Of each value, the last batch that holds it. */
  const held = new Map<string, number>()
  for (const [i, ids] of batches.entries()) for (const hash of hashesIn(await selectReferences(db.read, ids))) held.set(hash, i)
  const since = app.now() - skewMs
  const live = held.size === 0 ? [] : await selectLive(db.read)
  if (held.size > 0) await forgetShared(app, held, new Set(old))

  let count = 0
  for (const [i, ids] of batches.entries()) {
    const last = [...held].flatMap(([hash, batch]) => (batch === i ? [hash] : []))
    count += await db.write(async (trx) => {
      const deleted = await deleteRuns(trx, ids)
      if (last.length > 0) {
        await lockBlobs(trx, db.kind)
        // What came while the others were read: it can only stand in the journals that grew since.
        const grown = new Set([...live, ...(await selectBegunSince(trx, since))])
        const taken = new Set<string>()
        for (const some of inBatches([...grown])) for (const hash of hashesIn(await selectReferences(trx, some))) taken.add(hash)
        const manifests = await selectManifests(trx)
        await deleteBlobs(
          trx,
          last.filter((hash) => !taken.has(hash) && !manifests.some((manifest) => manifest.includes(hash))),
        )
      }
      await audit(trx, app, systemActor, { action: 'runs.prune', detail: { runs: deleted, older_than_days: days } })
      return deleted
    })
  }
  return count
}

/** Leaves out of `held` what runs outside of `old` hold as well. */
async function forgetShared({ db }: PruneApp, held: Map<string, number>, old: ReadonlySet<string>) {
  for (let after = ''; held.size > 0;) {
    const ids = await selectRunIds(db.read, after, atOnce)
    const kept = ids.filter((id) => !old.has(id))
    for (const hash of hashesIn(await selectReferences(db.read, kept))) held.delete(hash)
    after = ids.at(-1) ?? ''
    if (ids.length < atOnce) return
  }
}

function hashesIn(references: Reference[]): string[] {
  return references.flatMap(({ text }) => [...text.matchAll(/"\$blob":"([0-9a-f]{64})"/g)].map(([, hash = '']) => hash))
}

function inBatches(ids: string[]): string[][] {
  return Array.from({ length: Math.ceil(ids.length / atOnce) }, (_, i) => ids.slice(i * atOnce, (i + 1) * atOnce))
}
