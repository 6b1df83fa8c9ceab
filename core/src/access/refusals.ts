import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import type { Actor } from './actor.ts'
import { addressBlock } from './limits/client-address.ts'
import type { Touches } from './touches.ts'

/** `endpoint`: what was asked for, where that is known. `reason`: the code of the answer. */
export type Refusal = { endpoint?: string; reason: 'UNAUTHORIZED' | 'FORBIDDEN' }
export type NoteRefusal = (actor: Actor, refusal: Refusal) => void

const minuteMs = 60_000
/** Of all callers together: whoever tries from many addresses fills no disk. */
const mostAMinute = 120

/**
 * Writes to the audit log that somebody was refused: a credential that is none, a call that their role, scopes or grants do not allow. At most
 * one entry for each caller and minute, after the answer.
 */
export function openRefusals(app: Pick<App, 'db' | 'config' | 'now'>, touches: Touches): NoteRefusal {
  let minute = 0
  let count = 0
  return (actor, refusal) => {
    const now = app.now()
    const who = actor.kind === 'public' ? `address ${addressBlock(actor.ip)}` : `${actor.kind} ${actor.id}`
    if (now - minute >= minuteMs) [minute, count] = [now, 0]
    if (count >= mostAMinute) return
    touches.note(`refused ${who}`, null, now, () => {
      count++
      const { endpoint, reason } = refusal
      const detail = endpoint === undefined ? { reason } : { reason, endpoint }
      return app.db.write((trx) => audit(trx, app, actor, { action: 'access.refused', detail }))
    })
  }
}
