import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Email, GrantLevel, Password, Role, Scope, User } from './access.ts'
import { Instant } from './page.ts'

const id = z.string().min(1).max(100)
const workspaceRef = z.object({ id: z.string(), name: z.string(), slug: z.string() })

/** Who the caller is, here and now. */
export const Me = z.object({
  kind: z.enum(['user', 'key', 'system', 'public']),
  /** Of the user or the key; `local` for the owner of a server without users, `owner` for CADRE_API_KEY. */
  id: z.string(),
  /** Null for `local` and `owner`. */
  user: z.object({ id: z.string(), email: z.string().nullable(), name: z.string() }).nullable(),
  workspace: workspaceRef,
  role: Role.nullable(),
  /** Of a key; null: all that its role may, on all agents. */
  scopes: z.array(Scope).nullable(),
  agents: z.array(z.string()).nullable(),
  /**
   * What the caller may call here, by the names of this contract: `agents.create`. Whatever else is asked for is refused. A call that is
   * listed may still be refused for single things, as a conversation that the caller does not take part in.
   */
  permissions: z.object({
    calls: z.array(z.string()),
    /** What grants add for single agents, by their ids. */
    on_agents: z.record(z.string(), z.array(z.string())),
    /** What was granted on single conversations and projects, by their ids. */
    on_rooms: z.record(z.string(), GrantLevel),
  }),
  /** Where the user may go by `sessions.switch`. */
  workspaces: z.array(workspaceRef.extend({ role: Role })),
})
export type Me = z.infer<typeof Me>

export const Login = z.strictObject({
  email: Email,
  password: z.string().min(1).max(1_000),
  /** Id or slug; without it the first that the user is in. */
  workspace: id.optional(),
})
export type Login = z.infer<typeof Login>

export const Session = z.object({
  id: z.string(),
  current: z.boolean(),
  workspace_id: z.string(),
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  created_at: Instant,
  last_seen_at: Instant,
  /** At the latest; a session that is not used ends sooner. */
  expires_at: Instant,
})
export type Session = z.infer<typeof Session>

export const sessions = {
  login: oc.route({ method: 'POST', path: '/sessions', summary: 'Log in; the answer sets a cookie' }).input(Login).output(Me),
  me: oc.route({ method: 'GET', path: '/me', summary: 'Who the caller is' }).output(Me),
  logout: oc
    .route({ method: 'POST', path: '/sessions/logout', summary: 'End the session of this cookie' })
    .output(z.object({ ended: z.literal(true) })),
  switch: oc
    .route({ method: 'POST', path: '/sessions/switch', summary: 'Go to another workspace with this session' })
    .input(z.strictObject({ workspace: id }))
    .output(Me),
  list: oc
    .route({ method: 'GET', path: '/sessions', summary: "List the caller's own sessions" })
    .output(z.object({ items: z.array(Session), next_cursor: z.null() })),
  revoke: oc
    .route({ method: 'DELETE', path: '/sessions/{id}', summary: "End one of the caller's own sessions" })
    .input(z.strictObject({ id }))
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  revokeAll: oc
    .route({ method: 'DELETE', path: '/sessions', summary: "End all of the caller's own sessions and tokens, this one too" })
    .output(z.object({ ended: z.number().int() })),
}

/** What a page has to know before anybody is logged in. */
export const SetupState = z.object({
  /** Nobody may anything yet: `setup.owner` makes the first owner. */
  needs_owner: z.boolean(),
  /** Where a browser begins a login at an OpenID Connect server; null where there is none. */
  outside_login: z.string().nullable(),
})
export type SetupState = z.infer<typeof SetupState>

export const setup = {
  state: oc.route({ method: 'GET', path: '/setup', summary: 'Whether the server needs its first owner, and how people log in' }).output(SetupState),
  owner: oc
    .route({ method: 'POST', path: '/setup', summary: 'Create the first owner with the token that the server printed', successStatus: 201 })
    .input(z.strictObject({ token: z.string().min(1).max(200), email: Email, name: z.string().trim().min(1).max(200), password: Password }))
    .output(User),
}

export const CreateKey = z.strictObject({
  name: z.string().trim().min(1).max(200),
  /** At most the caller's own, which it is without this. */
  role: Role.optional(),
  /** Null: all that the role may. */
  scopes: z.array(Scope).max(50).nullable().default(null),
  /** Ids of the only agents it may use; null: any. */
  agents: z.array(id).max(1_000).nullable().default(null),
  expires_at: Instant.nullable().default(null),
})
export type CreateKey = z.infer<typeof CreateKey>

export const ApiKey = z.object({
  id: z.string(),
  name: z.string(),
  /** The beginning of the key, by which it is told from others. */
  prefix: z.string(),
  user_id: z.string(),
  role: Role,
  scopes: z.array(Scope).nullable(),
  agents: z.array(z.string()).nullable(),
  expires_at: Instant.nullable(),
  /** To the minute. */
  last_used_at: Instant.nullable(),
  revoked_at: Instant.nullable(),
  created_at: Instant,
})
export type ApiKey = z.infer<typeof ApiKey>

export const keys = {
  list: oc
    .route({ method: 'GET', path: '/keys', summary: "List API keys: one's own, for admins all of the workspace" })
    .output(z.object({ items: z.array(ApiKey), next_cursor: z.null() })),
  create: oc
    .route({ method: 'POST', path: '/keys', summary: 'Create an API key; it is shown this once', successStatus: 201 })
    .input(CreateKey)
    .output(ApiKey.extend({ key: z.string() })),
  revoke: oc
    .route({ method: 'DELETE', path: '/keys/{id}', summary: 'Revoke an API key; it stops at once' })
    .input(z.strictObject({ id }))
    .output(ApiKey),
}

export const tokens = {
  create: oc
    .route({ method: 'POST', path: '/tokens', summary: 'A signed token of fifteen minutes for the caller (JWT)', successStatus: 201 })
    .output(z.object({ token: z.string(), token_type: z.literal('Bearer'), expires_at: Instant })),
}

export const SigningKey = z.object({ id: z.string(), algorithm: z.string(), created_at: Instant, retired_at: Instant.nullable() })
export type SigningKey = z.infer<typeof SigningKey>

export const signingKeys = {
  list: oc
    .route({ method: 'GET', path: '/access/signing-keys', summary: 'List the keys that sign tokens' })
    .output(z.object({ items: z.array(SigningKey), next_cursor: z.null() })),
  rotate: oc
    .route({
      method: 'POST',
      path: '/access/signing-keys/rotate',
      summary: 'Sign with a new key; tokens of the old one stay good until they are over',
    })
    .output(SigningKey),
}
