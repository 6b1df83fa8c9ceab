import { expect, test } from 'vitest'
import { tablePrice } from './price-table.ts'
import { costOf, presentPrice, rateSet, toMicros, type Tokens, worstCostOf } from './prices.ts'

const tokens = (change: Partial<Tokens>): Tokens => ({ input: 0, cached: 0, cache_write: 0, output: 0, reasoning: 0, ...change })
const at = new Date('2026-01-15T12:00:00Z')

test('a call costs what its parts cost, to the micro-dollar', () => {
  const price = { rates: rateSet({ input: 3, cached_input: 0.3, cache_write: 3.75, output: 15, reasoning: 20 }), tiers: [] }
  // 600 plain, 300 cached, 100 written, 50 said, 50 thought
  expect(costOf(price, tokens({ input: 1000, cached: 300, cache_write: 100, output: 100, reasoning: 50 }))).toBe(1800 + 90 + 375 + 750 + 1000)
  expect(costOf(price, tokens({}))).toBe(0)
})

test('rates that are left out are those of plain input and output', () => {
  const price = { rates: rateSet({ input: 1, output: 2 }), tiers: [] }
  expect(costOf(price, tokens({ input: 1000, cached: 500, cache_write: 500, output: 1000, reasoning: 1000 }))).toBe(3000)
})

test('large sums lose no digit, and a provider that counts more parts than the whole makes nothing negative', () => {
  const price = { rates: rateSet({ input: 999_999.999999, output: 0 }), tiers: [] }
  expect(costOf(price, tokens({ input: 2_000_000_000 }))).toBe(1_999_999_999_998_000)
  const plain = { rates: rateSet({ input: 1, output: 1 }), tiers: [] }
  expect(costOf(plain, tokens({ input: 10, cached: 500, cache_write: 500, output: 10, reasoning: 99 }))).toBe(20)
})

test('no call costs more than its worst case', () => {
  let seed = 7
  const random = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below
  for (let i = 0; i < 2000; i++) {
    const rate = () => random(100_000) / 1000
    const set = () => rateSet({ input: rate(), cached_input: rate(), cache_write: rate(), output: rate(), reasoning: rate() })
    const price = { rates: set(), tiers: [{ above: random(1000), rates: set() }] }
    const [input, output] = [random(5000), random(5000)]
    const [cached, cache_write, reasoning] = [random(input + 1), random(input + 1), random(output + 1)]
    const less = tokens({ input: input - random(input + 1), cached, cache_write, output, reasoning })
    expect(costOf(price, less)).toBeLessThanOrEqual(worstCostOf(price, input, output))
  }
})

test('the price list inside the package: by provider type, by address, never by the name of a model alone', async () => {
  const openai = { id: 'mine', type: 'openai' as const, base_url: null }
  const price = await tablePrice(openai, 'gpt-4o-mini', at)
  expect(price && presentPrice('mine', 'gpt-4o-mini', price, 'table').rates).toEqual({
    input: 0.15,
    cached_input: 0.075,
    cache_write: 0.15,
    output: 0.6,
    reasoning: 0.6,
  })
  expect(await tablePrice({ id: 'groq', type: 'custom', base_url: 'https://api.groq.com/openai/v1' }, 'llama-3.3-70b-versatile', at)).not.toBeNull()
  expect(await tablePrice(openai, 'no-such-model', at)).toBeNull()
  // Vectors have no output to pay for.
  expect((await tablePrice(openai, 'text-embedding-3-small', at))?.rates).toMatchObject({ input: 20_000, output: 0 })
  for (const base_url of [
    'http://127.0.0.1:11434/v1',
    'http://[::1]:8080/v1',
    'http://localhost/v1',
    'http://gpu.local/v1',
    'https://llm.example.com/v1',
  ])
    expect(await tablePrice({ id: 'x', type: 'custom', base_url }, 'gpt-4o', at)).toBeNull()
})

test('tiers of the price list hold for the whole call', async () => {
  const price = await tablePrice({ id: 'a', type: 'anthropic', base_url: null }, 'claude-sonnet-4-5', at)
  if (!price) throw new Error('it is in the list')
  expect(costOf(price, tokens({ input: 200_000, output: 1000 }))).toBe(toMicros(0.6 + 0.015))
  expect(costOf(price, tokens({ input: 200_001, output: 1000 }))).toBe(toMicros(1.200006 + 0.0225))
})
