import { CadreError, invalid } from '@cadre/contract/errors'
import type { ModelAlias, ProviderType, SetAlias } from '@cadre/contract/providers'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { builtinAliases } from './aliases.ts'
import { type AliasRow, deleteAlias, selectAliases, upsertAlias } from './providers.store.ts'

/** By name; a stored one stands in the place of a built-in one. */
export async function listAliases(app: { db: Db }, actor: Actor): Promise<{ items: ModelAlias[]; next_cursor: null }> {
  const stored = (await selectAliases(app.db.read, actor.workspace_id)).map(fromRow)
  const builtin = builtinAliases
    .filter(({ alias }) => !stored.some((each) => each.alias === alias))
    .map((each): ModelAlias => ({ ...each, source: 'builtin', updated_at: null }))
  return { items: [...stored, ...builtin].sort((a, b) => (a.alias < b.alias ? -1 : 1)), next_cursor: null }
}

export async function getAlias(app: { db: Db }, actor: Actor, alias: string): Promise<ModelAlias> {
  const found = (await listAliases(app, actor)).items.find((each) => each.alias === alias)
  if (!found) throw new CadreError('MODEL_ALIAS_NOT_FOUND', `there is no model alias '${alias}'`)
  return found
}

export async function setAlias(
  app: { db: Db; now: () => number },
  actor: Actor,
  { alias, ...input }: { alias: string } & SetAlias,
): Promise<ModelAlias> {
  if (alias === 'auto') throw invalid('alias', `'auto' has a meaning of its own`)
  const row = { workspace_id: actor.workspace_id, alias, ...input, updated_at: app.now() }
  await app.db.write((trx) => upsertAlias(trx, row))
  return fromRow(row)
}

export async function removeAlias(app: { db: Db }, actor: Actor, alias: string): Promise<{ alias: string; deleted: true }> {
  if (await app.db.write((trx) => deleteAlias(trx, actor.workspace_id, alias))) return { alias, deleted: true }
  const builtin = builtinAliases.some((each) => each.alias === alias)
  throw new CadreError(
    'MODEL_ALIAS_NOT_FOUND',
    builtin ? `'${alias}' is built in; set it to something else with PUT` : `there is no model alias '${alias}'`,
  )
}

function fromRow({ alias, model, provider_type, updated_at }: AliasRow): ModelAlias {
  return { alias, model, provider_type: provider_type as ProviderType | null, source: 'api', updated_at: new Date(updated_at).toISOString() }
}
