import type { Provider } from '@cadre/contract/providers'
import { type KnownPrice, type RateSet, rateSet } from './prices.ts'

type Place = Pick<Provider, 'id' | 'type' | 'base_url'>
/** Provider types that the list calls otherwise. */
const listedAs: Record<string, string> = { bedrock: 'aws', 'amazon-bedrock': 'aws', gemini: 'google' }

type Amount = number | { base: number; tiers: { start: number; price: number }[] } | undefined

/**
 * What the price list inside the package @pydantic/genai-prices says of a model now (a few prices change with the hour). Nothing is
 * fetched: its `updatePrices`, which would, is never called. Loading takes 44 ms and 20 MB, so it waits for the first provider that may
 * be in it, and a server on this machine or in this network is not.
 * @returns null where the list does not have it. A model is never priced by its name alone: the same weights cost nothing at home.
 */
export async function tablePrice(place: Place, model: string, at: Date): Promise<KnownPrice | null> {
  if (place.base_url !== null && isPrivate(place.base_url)) return null
  const { calcPrice, findProvider } = await import('@pydantic/genai-prices')
  const byAddress = place.base_url === null ? undefined : findProvider({ providerApiUrl: place.base_url })
  const provider = byAddress ?? findProvider({ providerId: listedAs[place.type] ?? place.type })
  if (!provider) return null
  const found = calcPrice({ input_tokens: 1 }, model, { provider, timestamp: at })
  const table = found?.model_price as Record<string, Amount> | undefined
  // A model for embeddings answers with no tokens, and the list names no price for them.
  return table ? toKnown(/embed/.test(model) ? { output_mtok: 0, ...table } : table) : null
}

function toKnown(table: Record<string, Amount>): KnownPrice | null {
  const amounts = [table['input_mtok'], table['cache_read_mtok'], table['cache_write_mtok'], table['output_mtok']]
  if (amounts[0] === undefined || amounts[3] === undefined) return null // priced by the image, the second, the page
  const starts = [...new Set(amounts.flatMap((amount) => (typeof amount === 'object' ? amount.tiers.map(({ start }) => start) : [])))]
  const setAt = (input: number): RateSet => {
    const [plain, cached_input, cache_write, output] = amounts.map((amount) => amountAt(amount, input))
    return rateSet({ input: plain ?? 0, cached_input, cache_write, output: output ?? 0 })
  }
  return { rates: setAt(0), tiers: starts.sort((a, b) => a - b).map((above) => ({ above, rates: setAt(above + 1) })) }
}

function amountAt(amount: Amount, input: number): number | undefined {
  if (typeof amount !== 'object') return amount
  return amount.tiers.findLast(({ start }) => input > start)?.price ?? amount.base
}

/** An address, `localhost`, or a name without a dot: no provider with a price list. */
function isPrivate(url: string): boolean {
  const host = new URL(url).hostname
  return /^\[|^[\d.]+$|^[^.]+$|\.(local|internal|localhost|lan|home)$/.test(host)
}
