import type { App } from '../../app.ts'
import type { Role } from '../actor.ts'
import type { Identity } from '../identity.ts'
import type { Touches } from '../touches.ts'
import { selectSessionState, touchSession } from './sessions.store.ts'

const day = 24 * 3_600_000
/** A session that nobody uses ends after two weeks; one in use asks for the password again after ninety days. */
export const idleMs = 14 * day
export const longestMs = 90 * day

/** Whom the token of a cookie stands for; null when its session is over, or its user may no longer come here. */
export async function findSession(app: Pick<App, 'db' | 'now'> & { touches: Touches }, fingerprint: string): Promise<Identity | null> {
  const row = await selectSessionState(app.db.read, fingerprint)
  const now = app.now()
  if (!row || row.disabled_at !== null || row.expires_at <= now || row.last_seen_at + idleMs <= now) return null
  app.touches.note(row.hash, row.last_seen_at, now, () => app.db.write((trx) => touchSession(trx, row.hash, now)))
  return {
    kind: 'user',
    id: row.user_id,
    user_id: row.user_id,
    workspace_id: row.workspace_id,
    role: row.role as Role,
    scopes: null,
    agents: null,
    credential: { type: 'session', id: row.hash },
    expires_at: row.expires_at,
  }
}
