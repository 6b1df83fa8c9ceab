import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { systemIn } from './actor.ts'
import type { Touches } from './touches.ts'

/** That a ForgeHook was given a secret, or a database was opened for it; or that a model was asked with a provider's key. The name, never the value. */
export type SecretUse = { workspace_id: string; name: string } & (
  | { kind: 'secret' | 'connection'; hook_id: string; run_id: string | null }
  | { kind: 'provider' }
)
export type NoteSecretUse = (use: SecretUse) => void

/** Every run asks a model: an entry for each minute would bury the others. */
const providerMs = 3_600_000

/**
 * Writes to the audit log what was used: at most one entry for each secret, ForgeHook and minute, naming the first run of it, and one for
 * each provider and hour. Each process and workspace tells its own.
 */
export function openSecretUses(app: Pick<App, 'db' | 'config' | 'now'>, touches: Touches): NoteSecretUse {
  return (use) => {
    const { workspace_id, kind, name } = use
    const by = use.kind === 'provider' ? null : { hook: use.hook_id, run: use.run_id }
    const entry = { action: 'secrets.use', target_type: kind, target_id: name, ...(by && { detail: by }) }
    const write = () => app.db.write((trx) => audit(trx, app, systemIn({ workspace_id }), entry))
    touches.note(`used ${workspace_id} ${by?.hook} ${kind} ${name}`, null, app.now(), write, by ? undefined : providerMs)
  }
}
