import { CadreError, invalid } from '@cadre/contract/errors'
import type { CreateProvider, Provider } from '@cadre/contract/providers'
import { type Actor, requireOwner } from '../access/actor.ts'
import { seal } from '../access/secrets.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { reservedIds, withoutSlash } from './known-providers.ts'
import type { Providers } from './providers.ts'
import { insertProvider } from './providers.store.ts'

/** Stores a provider; its key is sealed and never shown again. An id of the environment's (openai) may be stored, and then counts instead. */
export async function addProvider(
  app: { db: Db; config: Config; providers: Providers; now: () => number },
  actor: Actor,
  input: CreateProvider,
): Promise<Provider> {
  requireOwner(actor)
  if (input.type === 'custom' && input.base_url === undefined) throw invalid('base_url', `is needed for type 'custom'`)
  const { id, type } = input
  if (type !== 'custom' && input.api_key === undefined && input.base_url === undefined)
    throw invalid('api_key', `is needed for type '${type}' without a base_url of your own`)
  if (reservedIds.includes(id))
    throw new CadreError('PROVIDER_ID_TAKEN', `id: '${id}' has a meaning of its own; choose another`, [{ path: 'id', message: 'is reserved' }])
  const configured = app.config.providers.some((each) => each.id === id)
  const api_key = input.api_key === undefined ? null : seal(app.config, input.api_key, `providers:${id}`)
  const row = {
    id,
    type,
    base_url: withoutSlash(input.base_url),
    api_key,
    default_model: input.default_model ?? null,
    created_by: actor.id,
    created_at: app.now(),
  }
  try {
    if (configured) throw taken(id)
    await app.db.write((trx) => insertProvider(trx, row))
  } catch (error) {
    throw isUniqueViolation(error) ? taken(id) : error
  }
  const stored = (await app.providers.list()).find((each) => each.id === id)
  if (!stored) throw new CadreError('PROVIDER_NOT_FOUND', `provider '${id}' was removed in the meantime`)
  return stored
}

function taken(id: string) {
  return new CadreError('PROVIDER_ID_TAKEN', `id: there is already a provider '${id}'`, [{ path: 'id', message: 'is taken' }])
}
