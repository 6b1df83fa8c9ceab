import type { Role, User } from '@cadre/contract/access'
import type { UserIn } from './users.store.ts'

export function showUser(row: UserIn): User {
  return {
    id: row.id,
    email: row.email,
    name: row.name,
    role: row.role as Role | null,
    disabled: row.disabled_at !== null,
    has_password: row.password !== null,
    external_issuer: row.external_issuer,
    created_at: new Date(row.created_at).toISOString(),
    updated_at: new Date(row.updated_at).toISOString(),
  }
}
