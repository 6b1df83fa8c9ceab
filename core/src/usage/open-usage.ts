import type { Price } from '@cadre/contract/usage'
import type { Provider } from '@cadre/contract/providers'
import type { Config } from '../config.ts'
import type { Db, Trx } from '../storage/database.ts'
import { type BudgetRow, selectBudgets } from './budgets.store.ts'
import { type KnownPrice, type RateSet, rateSet } from './prices.ts'
import { type PriceRow, selectPrices } from './prices.store.ts'
import { tablePrice } from './price-table.ts'

/** Of which workspace a limit was raised, and of which run where one was meant. */
export type Raised = { workspace_id: string; run_id: string | null }
export type Priced = { price: KnownPrice | null; source: Price['source'] }

type ByHand = { provider: string; model: string; priced: Priced }

/** What this process knows of prices and budgets, no older than a second, so that a call reads neither from the database. */
export type Usage = {
  /** Of one workspace. */
  budgets: (workspace: string) => Promise<BudgetRow[]>
  priceOf: (workspace: string, provider: string, model: string) => Promise<Priced>
  /** Prices that were set by hand. */
  prices: () => Promise<ByHand[]>
  /** After a write here: the next call sees it at once. Other processes see it within a second. */
  forget: () => void
  /** Runs in the transaction that raised or removed a limit: whoever lets runs wait wakes them here. */
  onRaised: (trx: Trx, raised: Raised) => Promise<unknown>
  /** After that transaction: whoever was woken in it may be looked for. */
  afterRaise: () => void
}

type UsageApp = { db: Db; config: Config; now: () => number; providers: { list: (workspace: string) => Promise<Provider[]> } }

/** How old what this process knows may be. Changes elsewhere count after it; limits are read anew in every reservation. */
const freshMs = 1000
/** A few listed prices change with the hour, and a provider may have been replaced. */
const listedFreshMs = 60_000

const free: Priced = { price: { rates: rateSet({ input: 0, output: 0 }), tiers: [] }, source: 'builtin' }

export function openUsage(
  app: UsageApp,
  { onRaised = async () => {}, afterRaise = () => {} }: Partial<Pick<Usage, 'onRaised' | 'afterRaise'>> = {},
): Usage {
  let known: { at: number; all: Promise<{ budgets: BudgetRow[]; prices: ByHand[] }> } | undefined
  const listed = new Map<string, { at: number; priced: Promise<Priced> }>()

  const configured: ByHand[] = app.config.prices.map(({ provider, model, ...rates }) => ({
    provider,
    model,
    priced: { price: { rates: rateSet(rates), tiers: [] }, source: 'config' },
  }))
  const load = async () => {
    const stored = (await selectPrices(app.db.read)).map((row) => ({ provider: row.provider, model: row.model, priced: fromRow(row) }))
    return { budgets: await selectBudgets(app.db.read, 'all'), prices: [...stored, ...configured] }
  }
  const fresh = () => {
    const now = performance.now()
    if (!known || now - known.at > freshMs) {
      const loading = { at: now, all: load() }
      loading.all.catch(() => known === loading && (known = undefined))
      known = loading
    }
    return known.all
  }

  const fromTable = async (workspace: string, provider: string, model: string): Promise<Priced> => {
    const place = (await app.providers.list(workspace)).find(({ id }) => id === provider)
    const price = place ? await tablePrice(place, model, new Date(app.now())) : null
    return { price, source: price ? 'table' : 'unknown' }
  }
  const tabled = (workspace: string, provider: string, model: string) => {
    const key = JSON.stringify([workspace, provider, model])
    const now = performance.now()
    const before = listed.get(key)
    if (before && now - before.at < listedFreshMs) return before.priced
    if (listed.size > 1000) listed.clear()
    const priced = fromTable(workspace, provider, model)
    listed.set(key, { at: now, priced })
    priced.catch(() => listed.delete(key))
    return priced
  }

  return {
    budgets: async (workspace) => (await fresh()).budgets.filter(({ workspace_id }) => workspace_id === workspace),
    async priceOf(workspace, provider, model) {
      const byHand = (await fresh()).prices.filter((each) => each.provider === provider)
      const found = byHand.find((each) => each.model === model) ?? byHand.find((each) => each.model === '*')
      if (found) return found.priced
      return provider === 'builtin' ? free : tabled(workspace, provider, model)
    },
    async prices() {
      const { prices: all } = await fresh()
      return all.filter((each, i) => all.findIndex(({ provider, model }) => provider === each.provider && model === each.model) === i)
    },
    forget() {
      known = undefined
      listed.clear()
    },
    onRaised,
    afterRaise,
  }
}

/** Stored rates are micro-dollars already. */
function fromRow({ input, cached_input, cache_write, output, reasoning }: PriceRow): Priced {
  const rates: RateSet = { input, cached_input: cached_input ?? input, cache_write: cache_write ?? input, output, reasoning: reasoning ?? output }
  return { price: { rates, tiers: [] }, source: 'stored' }
}
