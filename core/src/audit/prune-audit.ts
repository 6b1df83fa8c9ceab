import { systemActor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { audit, type AuditApp } from './audit.ts'
import { deleteBelow, lockHead, selectHead, selectLastBefore, updateHead } from './audit.store.ts'
import { signHead } from './head.ts'

const pageSize = 1000
const dayMs = 86_400_000

/** How many entries are older. They are a chain without a gap, so nobody has to count them. */
export async function countOldAudit({ db, now }: { db: Db; now: () => number }, days: number): Promise<number> {
  const [last, head] = await Promise.all([selectLastBefore(db.read, now() - days * dayMs), selectHead(db.read)])
  return last && head ? Math.max(0, last.seq - head.first_seq + 1) : 0
}

/**
 * Retention: deletes the entries that are older, from the old end. The head then says at which entry the log begins and what the hash
 * before it was, signed; an entry of its own tells what went. Killed in between, the next call deletes the rest.
 * @returns how many were deleted.
 */
export async function pruneAudit(app: AuditApp & { db: Db }, days: number): Promise<number> {
  const last = await selectLastBefore(app.db.read, app.now() - days * dayMs)
  const first_seq = await app.db.write(async (trx) => {
    const head = await lockHead(trx, app.db.kind)
    if (!head) return 0
    if (!last || last.seq < head.first_seq) return head.first_seq
    const { key_id: _, mac: __, ...rest } = head
    await updateHead(trx, signHead(app.config, { ...rest, first_seq: last.seq + 1, first_hash: last.hash }))
    await audit(trx, app, systemActor, {
      action: 'audit.prune',
      detail: { from_seq: head.first_seq, to_seq: last.seq, last_hash: last.hash, older_than_days: days },
    })
    return last.seq + 1
  })
  let deleted = 0
  for (let some = pageSize; some === pageSize; deleted += some) some = await app.db.write((trx) => deleteBelow(trx, first_seq, pageSize))
  return deleted
}
