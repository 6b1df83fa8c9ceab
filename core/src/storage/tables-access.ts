/** Who there is, what they hold and may, and what was done: a part of tables.ts. */
export type AccessTables = {
  users: UsersTable
  workspaces: { id: string; name: string; slug: string; created_at: number }
  memberships: { workspace_id: string; user_id: string; role: string; created_at: number }
  sessions: SessionsTable
  api_keys: ApiKeysTable
  grants: GrantsTable
  /** `hash` is the SHA-256 of what was handed out. */
  login_tokens: { hash: string; purpose: string; user_id: string | null; expires_at: number; used_at: number | null }
  /** `public_key` is a JWK as JSON; `private_key` the other one, sealed by access/secrets.ts. */
  signing_keys: { id: string; algorithm: string; public_key: string; private_key: string; created_at: number; retired_at: number | null }
  audit_log: AuditLogTable
}

type UsersTable = {
  id: string
  /** In lower case. */
  email: string | null
  name: string
  /** The PHC string of a hash; null for those who come from outside only. */
  password: string | null
  external_issuer: string | null
  external_subject: string | null
  disabled_at: number | null
  /** Tokens that were signed before this are over. */
  credentials_at: number
  created_at: number
  updated_at: number
}

type SessionsTable = {
  /** SHA-256 of the cookie's token. */
  hash: string
  user_id: string
  workspace_id: string
  created_at: number
  last_seen_at: number
  expires_at: number
  ip: string | null
  user_agent: string | null
}

type ApiKeysTable = {
  id: string
  workspace_id: string
  /** `local` where the owner of a server without users made it. */
  user_id: string
  name: string
  /** What is shown of a key. */
  prefix: string
  hash: string
  role: string
  /** JSON lists; null: no limit. */
  scopes: string | null
  agents: string | null
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  created_at: number
}

type GrantsTable = {
  workspace_id: string
  user_id: string
  resource_type: string
  resource_id: string
  level: string
  created_by: string
  created_at: number
}

type AuditLogTable = {
  seq: number
  at: number
  workspace_id: string
  actor_kind: string
  actor_id: string
  action: string
  target_type: string | null
  target_id: string | null
  detail: string | null
  ip: string | null
  request_id: string | null
  previous_hash: string
  hash: string
}
