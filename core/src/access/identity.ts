import { type Actor, defaultWorkspace, type From, type Role, roles } from './actor.ts'

/** What a credential stands for at this moment: an actor but for where the request came from. */
export type Identity = Omit<Actor, keyof From> & {
  credential: Credential
  /** When it ends by itself. */
  expires_at: number | null
}

/** By what the caller came in; verbs about sessions and tokens want to know. `id`: of the key, of the session's row, of the signing key. */
export type Credential = { type: 'none' | 'server_key' | 'key' | 'token' | 'session'; id: string | null }

export const noCredential: Credential = { type: 'none', id: null }

export function toActor({ kind, id, user_id, workspace_id, role, scopes, agents }: Identity, { ip, user_agent, request_id }: From): Actor {
  return { kind, id, user_id, workspace_id, role, scopes, agents, ip, user_agent, request_id }
}

/** The weaker of two roles. */
export function weaker(a: Role, b: Role): Role {
  return roles.indexOf(a) > roles.indexOf(b) ? a : b
}

export function isAtLeast(role: Role | null, least: Role): boolean {
  return role !== null && roles.indexOf(role) <= roles.indexOf(least)
}

/** Those who run the server: the owners and admins of the first workspace. They see every workspace and every user. */
export function runsServer(actor: Actor): boolean {
  return actor.kind === 'system' || (actor.workspace_id === defaultWorkspace && isAtLeast(actor.role, 'admin'))
}
