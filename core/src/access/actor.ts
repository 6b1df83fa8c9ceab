/** `request_id`: of the call, as its answer and the log have it. */
export type From = { ip: string | null; user_agent: string | null; request_id: string | null }

/** Who asks. Doors make it from the credential of each request; policies and verbs decide by it. */
export type Actor = From & {
  kind: 'user' | 'key' | 'public' | 'system'
  /** A user's id, `local` for the owner of a server without users, a key's id, `public`, `system`. */
  id: string
  /** Whose: the user, or the one who made the key. */
  user_id: string | null
  workspace_id: string
  /** Null: none, which is everything for `system` and next to nothing for `public`. */
  role: Role | null
  /** What a key may at most; null: all that its role may. */
  scopes: readonly string[] | null
  /** The ids of the only agents that a key may use; null: any. */
  agents: readonly string[] | null
}
/** From the strongest to the weakest. */
export const roles = ['owner', 'admin', 'builder', 'member', 'viewer'] as const
export type Role = (typeof roles)[number]

/** Everything belongs to a workspace; the first start makes this one. */
export const defaultWorkspace = 'default'

const nowhere: From = { ip: null, user_agent: null, request_id: null }
const unlimited = { workspace_id: defaultWorkspace, scopes: null, agents: null }

/** What Cadre does by itself. */
export const systemActor: Actor = { kind: 'system', id: 'system', user_id: null, role: null, ...unlimited, ...nowhere }

/** What Cadre does for something that belongs to a workspace. */
export const systemIn = ({ workspace_id }: { workspace_id: string }): Actor => ({ ...systemActor, workspace_id })

/** The one person of a server that only its own machine can reach. */
export const localOwner = (from: Partial<From> = nowhere): Actor => ({
  kind: 'user',
  id: 'local',
  user_id: 'local',
  role: 'owner',
  ...unlimited,
  ...nowhere,
  ...from,
})

/** The API key that somebody asks with. */
export const keyOf = ({ kind, id }: Actor): string | null => (kind === 'key' ? id : null)

export const publicActor = (from: Partial<From> = nowhere): Actor => ({
  kind: 'public',
  id: 'public',
  user_id: null,
  role: null,
  ...unlimited,
  ...nowhere,
  ...from,
})
