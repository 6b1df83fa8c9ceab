import { CadreError } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/manifest'
import type { Actor } from '../access/actor.ts'
import { runsServer } from '../access/identity.ts'

/**
 * A command that runs on the server's machine, and secrets that its operator set, belong to no workspace: only those who run the server
 * register what uses them. Other builders would get at everything that the walls between workspaces keep from them.
 */
export function refuseReach(actor: Actor, { runtime, permissions }: Manifest) {
  if (runsServer(actor)) return
  if (runtime.type === 'mcp' && runtime.transport.type === 'stdio')
    throw refused('runtime.transport.type', 'starts a command on the machine of the server')
  if (permissions.secrets.length > 0) throw refused('permissions.secrets', 'reads secrets of the server')
}

function refused(path: string, what: string) {
  const message = `${what}; only owners and admins of the first workspace may register that`
  return new CadreError('FORBIDDEN', `${path}: ${message}`, [{ path, message }])
}
