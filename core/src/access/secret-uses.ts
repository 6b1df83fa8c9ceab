import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { systemIn } from './actor.ts'
import type { Touches } from './touches.ts'

/** That a ForgeHook was given a secret, or a database was opened for it. The name, never the value. */
export type SecretUse = { workspace_id: string; hook_id: string; run_id: string | null; kind: 'secret' | 'connection'; name: string }
export type NoteSecretUse = (use: SecretUse) => void

/** Writes to the audit log which ForgeHook used which secret: at most one entry for each of them and minute, naming the first run of it. */
export function openSecretUses(app: Pick<App, 'db' | 'config' | 'now'>, touches: Touches): NoteSecretUse {
  return ({ workspace_id, hook_id, run_id, kind, name }) => {
    const entry = { action: 'secrets.use', target_type: kind, target_id: name, detail: { hook: hook_id, run: run_id } }
    touches.note(`used ${workspace_id} ${hook_id} ${kind} ${name}`, null, app.now(), () =>
      app.db.write((trx) => audit(trx, app, systemIn({ workspace_id }), entry)),
    )
  }
}
