import type { Price, Rates } from '@cadre/contract/usage'

/** Micro-dollars per million tokens, with nothing left out. */
export type RateSet = { input: number; cached_input: number; cache_write: number; output: number; reasoning: number }
export type TierSet = { above: number; rates: RateSet }
/** What a model costs. The last tier that the input of a call exceeds holds for the whole call. */
export type KnownPrice = { rates: RateSet; tiers: TierSet[] }

/** As providers count: `cached` and `cache_write` are parts of `input`, `reasoning` is a part of `output`. */
export type Tokens = { input: number; cached: number; cache_write: number; output: number; reasoning: number }
export const noTokens: Tokens = { input: 0, cached: 0, cache_write: 0, output: 0, reasoning: 0 }

/** A dollar amount as whole micro-dollars. */
export function toMicros(usd: number): number {
  return Math.round(usd * 1e6)
}

export function toUsd(micros: number): number {
  return micros / 1e6
}

export function rateSet(rates: Rates): RateSet {
  const input = toMicros(rates.input)
  const output = toMicros(rates.output)
  const or = (given: number | null | undefined, otherwise: number) => (given === null || given === undefined ? otherwise : toMicros(given))
  return {
    input,
    cached_input: or(rates.cached_input, input),
    cache_write: or(rates.cache_write, input),
    output,
    reasoning: or(rates.reasoning, output),
  }
}

/** Micro-dollars of a call, rounded once at the end. */
export function costOf(price: KnownPrice, tokens: Tokens): number {
  const rates = ratesFor(price, tokens.input)
  const cached = Math.min(tokens.cached, tokens.input)
  const written = Math.min(tokens.cache_write, tokens.input - cached)
  const reasoning = Math.min(tokens.reasoning, tokens.output)
  return perMillion([
    [tokens.input - cached - written, rates.input],
    [cached, rates.cached_input],
    [written, rates.cache_write],
    [tokens.output - reasoning, rates.output],
    [reasoning, rates.reasoning],
  ])
}

/** No call with at most so many tokens costs more: whatever it is made of, and in whichever tier it ends. */
export function worstCostOf(price: KnownPrice, input: number, output: number): number {
  const sets = [price.rates, ...price.tiers.filter(({ above }) => input > above).map(({ rates }) => rates)]
  return Math.max(
    ...sets.map((rates) =>
      perMillion([
        [input, Math.max(rates.input, rates.cached_input, rates.cache_write)],
        [output, Math.max(rates.output, rates.reasoning)],
      ]),
    ),
  )
}

function ratesFor({ rates, tiers }: KnownPrice, input: number): RateSet {
  return tiers.findLast(({ above }) => input > above)?.rates ?? rates
}

// Tokens times a rate may pass 2^53; a sum of money must not lose its last digits there.
function perMillion(parts: [tokens: number, rate: number][]): number {
  const sum = parts.reduce((total, [tokens, rate]) => total + BigInt(tokens) * BigInt(rate), 0n)
  return Number((sum + 500_000n) / 1_000_000n)
}

export function presentPrice(provider: string, model: string, price: KnownPrice | null, source: Price['source']): Price {
  return {
    provider,
    model,
    rates: price && presentRates(price.rates),
    tiers: (price?.tiers ?? []).map(({ above, rates }) => ({ above, rates: presentRates(rates) })),
    source,
  }
}

function presentRates(rates: RateSet): Required<Rates> {
  return {
    input: toUsd(rates.input),
    cached_input: toUsd(rates.cached_input),
    cache_write: toUsd(rates.cache_write),
    output: toUsd(rates.output),
    reasoning: toUsd(rates.reasoning),
  }
}
