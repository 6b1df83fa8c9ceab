import type { AuditEntry, ListAudit } from '@cadre/contract/audit'
import { CadreError } from '@cadre/contract/errors'
import type { Page } from '@cadre/contract/page'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { type AuditRow, selectEntries } from './audit.store.ts'

/** The entries of the actor's workspace, newest first. */
export async function listAudit({ db }: { db: Db }, actor: Actor, { limit, cursor, from, to, ...filter }: ListAudit): Promise<Page<AuditEntry>> {
  const range = { from: from === undefined ? undefined : Date.parse(from), to: to === undefined ? undefined : Date.parse(to) }
  const before = cursor === undefined ? null : readPlace(cursor)
  const rows = await selectEntries(db.read, { ...filter, ...range, workspace_id: actor.workspace_id }, before, limit + 1)
  const items = rows.slice(0, limit)
  const last = items.at(-1)
  return { items: items.map(showEntry), next_cursor: rows.length > limit && last ? Buffer.from(`audit ${last.seq}`).toString('base64url') : null }
}

export function showEntry({ at, detail, ...row }: AuditRow): AuditEntry {
  return { ...row, at: new Date(at).toISOString(), detail: detail === null ? null : (fromJson(detail) as Record<string, unknown>) }
}

function readPlace(cursor: string): number {
  const [, seq] = /^audit (\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? []
  if (seq === undefined)
    throw new CadreError('BAD_REQUEST', 'cursor: is not one that a list gave', [{ path: 'cursor', message: 'is not one that a list gave' }])
  return Number(seq)
}
