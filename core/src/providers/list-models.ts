import { CadreError } from '@cadre/contract/errors'
import type { Model } from '@cadre/contract/providers'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { type Alias, aliasTable, defaultModels, modelNamed } from './aliases.ts'
import { explainModelError } from './explain-error.ts'
import type { Known } from './known-providers.ts'
import { cardOf } from './model-cards.ts'
import type { Providers } from './providers.ts'
import { type CardRow, selectAliases, selectCards } from './providers.store.ts'
import { canList, NotAList, type Reported } from './server-models.ts'

type Answer = { items: Model[]; problems: { provider: string; error: string }[]; next_cursor: null }

/** Asks every usable provider for its models, side by side; one that does not answer is named and takes nothing from the others. */
export async function listAllModels(app: { db: Db; providers: Providers }, actor: Actor, only: string | undefined): Promise<Answer> {
  const { workspace_id } = actor
  const known = await app.providers.known(workspace_id)
  if (only !== undefined && !known.some(({ id }) => id === only)) throw new CadreError('PROVIDER_NOT_FOUND', `there is no provider '${only}'`)
  const [aliases, cards] = await Promise.all([selectAliases(app.db.read, workspace_id), selectCards(app.db.read, workspace_id)])
  const table = aliasTable(aliases as Alias[])
  const asked = known.filter(({ id, problem }) => (only === undefined ? problem === null : id === only))
  const answers = await Promise.all(asked.map((each) => modelsOf(app.providers, actor.workspace_id, each, table, cards)))
  return { items: answers.flatMap(({ items }) => items), problems: answers.flatMap(({ problems }) => problems), next_cursor: null }
}

async function modelsOf(
  providers: Providers,
  workspace: string,
  known: Known,
  table: ReturnType<typeof aliasTable>,
  cards: CardRow[],
): Promise<Omit<Answer, 'next_cursor'>> {
  const { id: provider, type } = known
  if (known.problem !== null) return { items: [], problems: [{ provider, error: known.problem }] }
  const byDefault = known.default_model ?? defaultModels[type]
  const named = byDefault === undefined ? undefined : modelNamed(table, type, byDefault)
  let found: Reported[] = []
  const problems: Answer['problems'] = []
  try {
    if (canList(type)) found = await providers.askModels(workspace, known)
  } catch (error) {
    const message = error instanceof NotAList && error.status === 200 ? error.message : explainModelError(error, provider, type).message
    problems.push({ provider, error: message })
  }
  // What is set up by name is there, whether or not the server lists it.
  const names = new Set([...(named === undefined ? [] : [named]), ...cards.filter((each) => each.provider_id === provider).map((each) => each.model)])
  const all = [...found, ...[...names].filter((name) => !found.some(({ id }) => id === name)).map((id): Reported => ({ id, card: {} }))]
  const items = await Promise.all(
    all.map(async ({ id, card }): Promise<Model> => {
      const row = cards.find((each) => each.provider_id === provider && each.model === id)
      const aliases = [...table.values()].filter(
        ({ alias, provider_type }) => provider_type === type && alias !== id && modelNamed(table, type, alias) === id,
      )
      return {
        provider,
        type,
        model: id,
        is_default: id === named,
        aliases: aliases.map(({ alias }) => alias),
        card: await cardOf(known, id, card, row),
      }
    }),
  )
  return { items, problems }
}
