import { CadreError, invalid } from '@cadre/contract/errors'
import type { ConfiguredPrice, Price, PriceRef } from '@cadre/contract/usage'
import type { Actor } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import type { Usage } from './open-usage.ts'
import { presentPrice, toMicros } from './prices.ts'
import { deletePriceRow, upsertPrice } from './prices.store.ts'

type PriceApp = { db: Db; usage: Usage; now: () => number }

/** The prices that were set by hand: stored ones, and those of cadre.yaml that none of them stands before. */
export async function listPrices(app: PriceApp, _actor: Actor): Promise<{ items: Price[]; next_cursor: null }> {
  const items = (await app.usage.prices()).map(({ provider, model, priced }) => presentPrice(provider, model, priced.price, priced.source))
  return { items, next_cursor: null }
}

/** What a call of this model would cost now. */
export async function getPrice(app: PriceApp, actor: Actor, { provider, model }: PriceRef): Promise<Price> {
  const { price, source } = await app.usage.priceOf(actor.workspace_id, provider, model)
  return presentPrice(provider, model, price, source)
}

/** Calls from now on cost this; what was counted before stays as it was. */
export async function putPrice(app: PriceApp, actor: Actor, input: ConfiguredPrice): Promise<Price> {
  const { provider, model } = input
  if (provider === 'builtin') throw invalid('provider', 'the built-in planner costs nothing')
  const or = (rate: number | undefined) => (rate === undefined ? null : toMicros(rate))
  await app.db.write((trx) =>
    upsertPrice(trx, {
      provider,
      model,
      input: toMicros(input.input),
      cached_input: or(input.cached_input),
      cache_write: or(input.cache_write),
      output: toMicros(input.output),
      reasoning: or(input.reasoning),
      updated_by: actor.id,
      updated_at: app.now(),
    }),
  )
  app.usage.forget()
  return getPrice(app, actor, input)
}

export async function deletePrice(app: PriceApp, _actor: Actor, { provider, model }: PriceRef) {
  if (!(await app.db.write((trx) => deletePriceRow(trx, provider, model))))
    throw new CadreError('PRICE_NOT_FOUND', `there is no stored price of '${model}' at '${provider}'`)
  app.usage.forget()
  return { provider, model, deleted: true as const }
}
