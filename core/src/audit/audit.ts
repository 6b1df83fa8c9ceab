import { canonicalJson } from '@cadre/contract/canonical-json'
import type { Actor } from '../access/actor.ts'
import type { KeyConfig } from '../access/secrets.ts'
import type { Db, Trx } from '../storage/database.ts'
import { type AuditHead, insertEntry, insertHead, lockHead, updateHead } from './audit.store.ts'
import { beginning, hashOf, signHead } from './head.ts'

export type AuditApp = { db: Pick<Db, 'kind'>; config: KeyConfig; now: () => number }
export type NewEntry = {
  /** `noun.verb`: `connections.add`. */
  action: string
  target_type?: string
  target_id?: string
  /** What changed, in a few words: ids and names. Never a secret, and of people only their ids: entries are for good. */
  detail?: Record<string, unknown>
}

/**
 * Appends an entry in the caller's transaction: it is there exactly if what it tells of is. Call it last in the transaction: on Postgres
 * it holds the head of the log until the commit, and every other entry waits for that.
 */
export async function audit(trx: Trx, app: AuditApp, actor: Actor, entry: NewEntry): Promise<void> {
  const head = await headFor(trx, app)
  const row = {
    seq: head.seq + 1,
    at: app.now(),
    workspace_id: actor.workspace_id,
    actor_kind: actor.kind,
    actor_id: actor.id,
    action: entry.action,
    target_type: entry.target_type ?? null,
    target_id: entry.target_id ?? null,
    detail: entry.detail === undefined ? null : canonicalJson(entry.detail),
    ip: actor.ip,
    request_id: actor.request_id,
    previous_hash: head.hash,
    hash: '',
  }
  row.hash = hashOf(row)
  await insertEntry(trx, row)
  await updateHead(trx, signHead(app.config, { seq: row.seq, hash: row.hash, first_seq: head.first_seq, first_hash: head.first_hash }))
}

async function headFor(trx: Trx, app: AuditApp): Promise<AuditHead> {
  const there = await lockHead(trx, app.db.kind)
  if (there) return there
  await insertHead(trx, signHead(app.config, { seq: 0, hash: beginning, first_seq: 1, first_hash: beginning }))
  const made = await lockHead(trx, app.db.kind)
  if (!made) throw new Error('the audit log has no head')
  return made
}
