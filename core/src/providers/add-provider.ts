import { CadreError, invalid } from '@cadre/contract/errors'
import type { CreateProvider, Provider } from '@cadre/contract/providers'
import type { Actor } from '../access/actor.ts'
import { seal } from '../access/secrets.ts'
import { audit } from '../audit/audit.ts'
import type { Config } from '../config.ts'
import type { Db } from '../storage/database.ts'
import { isUniqueViolation } from '../storage/unique-violation.ts'
import { withoutSlash } from './addresses.ts'
import { awsFrom, environmentNames, optionsOf, reservedIds, secretText } from './known-providers.ts'
import type { Providers } from './providers.ts'
import { insertProvider } from './providers.store.ts'

/** Stores a provider; its key is sealed and never shown again. An id of the environment's (openai) may be stored, and then counts instead. */
export async function addProvider(
  app: { db: Db; config: Config; providers: Providers; now: () => number },
  actor: Actor,
  input: CreateProvider,
): Promise<Provider> {
  refuseIncomplete(input)
  const { id, type } = input
  if (reservedIds.includes(id))
    throw new CadreError('PROVIDER_ID_TAKEN', `id: '${id}' has a meaning of its own; choose another`, [{ path: 'id', message: 'is reserved' }])
  const configured = app.config.providers.some((each) => each.id === id)
  const secret = secretText(input)
  const options = optionsOf(input)
  const { workspace_id } = actor
  const row = {
    workspace_id,
    id,
    type,
    base_url: withoutSlash(input.base_url),
    api_key: secret === null ? null : seal(app.config, secret, `providers:${id}`, workspace_id),
    default_model: input.default_model ?? null,
    created_by: actor.id,
    created_at: app.now(),
    options: Object.keys(options).length ? JSON.stringify(options) : null,
  }
  try {
    if (configured) throw taken(id)
    await app.db.write(async (trx) => {
      await insertProvider(trx, row)
      await audit(trx, app, actor, { action: 'providers.add', target_type: 'provider', target_id: id, detail: { type } })
    })
  } catch (error) {
    throw isUniqueViolation(error) ? taken(id) : error
  }
  const stored = (await app.providers.list(workspace_id)).find((each) => each.id === id)
  if (!stored) throw new CadreError('PROVIDER_NOT_FOUND', `provider '${id}' was removed in the meantime`)
  return stored
}

/** Names the field; what the other side makes of it is for `test`. */
function refuseIncomplete({ type, base_url, api_key, resource_name, region, ...given }: CreateProvider) {
  if (type === 'custom' && base_url === undefined) throw invalid('base_url', `is needed for type 'custom'`)
  if (type === 'ollama' || type === 'lmstudio' || type === 'gguf' || type === 'custom') return
  if (type === 'bedrock') {
    if (api_key === undefined && awsFrom(given) === null) throw invalid('access_key_id', `is needed with secret_access_key, or else api_key`)
    if (region === undefined && base_url === undefined) throw invalid('region', `is needed for type 'bedrock'`)
    return
  }
  if (type === 'azure' && resource_name === undefined && base_url === undefined)
    throw invalid('resource_name', `or base_url is needed for type 'azure'`)
  if (api_key === undefined && (base_url === undefined || environmentNames[type] === undefined))
    throw invalid('api_key', `is needed for type '${type}' without a base_url of your own`)
}

function taken(id: string) {
  return new CadreError('PROVIDER_ID_TAKEN', `id: there is already a provider '${id}'`, [{ path: 'id', message: 'is taken' }])
}
