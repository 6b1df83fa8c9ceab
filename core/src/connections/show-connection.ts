import { CadreError } from '@cadre/contract/errors'
import type { Connection } from '@cadre/contract/connections'
import { type KeyConfig, unseal } from '../access/secrets.ts'
import { placeOf } from './connection-place.ts'
import type { ConnectionRow } from './connections.store.ts'

/** To what the sealed URL of a connection is bound. */
export const boundTo = (name: string) => `connections:${name}` as const

export function showConnection(config: KeyConfig, { workspace_id, name, url, created_at }: ConnectionRow): Connection {
  const rest = { name, type: 'postgres' as const, created_at: new Date(created_at).toISOString() }
  try {
    return { ...rest, ...placeOf(unseal(config, url, boundTo(name), workspace_id)), problem: null }
  } catch (error) {
    if (!(error instanceof CadreError)) throw error
    return { ...rest, host: '', port: 0, database: '', user: null, problem: error.message }
  }
}
