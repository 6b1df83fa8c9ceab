import { CadreError } from '@cadre/contract/errors'
import type { Actor } from '@cadre/core/access/actor'
import { authorize, type EndpointName } from '@cadre/core/access/policies'
import type { Resolved } from '@cadre/core/access/resolve-actor'

/** Who it is and what they may: what a stream was begun with has to stay as it was. */
export function standingOf({ kind, id, workspace_id, role, scopes, agents }: Actor): string {
  return JSON.stringify([kind, id, workspace_id, role, scopes, agents])
}

export function isRefusal(error: unknown): error is CadreError & { code: 'UNAUTHORIZED' | 'FORBIDDEN' } {
  return error instanceof CadreError && (error.code === 'UNAUTHORIZED' || error.code === 'FORBIDDEN')
}

/** A server without an owner does nothing for anybody but to take one. */
export function mayCall({ actor, mode }: Pick<Resolved, 'actor' | 'mode'>, name: string) {
  if (mode === 'locked' && !name.startsWith('setup.'))
    throw new CadreError('UNAUTHORIZED', 'This server has no owner yet: make one by POST /api/v1/setup with the token that it printed at its start.')
  authorize(actor, name as EndpointName)
}
