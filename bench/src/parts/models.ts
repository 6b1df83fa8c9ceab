import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { CreateProvider } from '@cadre/contract/providers'
import { explainModelError } from '@cadre/core/providers/explain-error'
import { estimating, tokenCounter } from '@cadre/core/runs/context/count-tokens'
import { newWorld, owner, type World } from '@cadre/core/test/world'
import { startDouble } from '../job.ts'
import { type Figure, median, ms, printTable, ratio } from '../report.ts'
import { failingRuns, failover } from './models-failing.ts'

/** What stands around a model call: what it costs, and what it is worth when providers fail. */
export async function models(): Promise<Figure[]> {
  const figures = [...(await overhead()), ...(await failover()), ...(await failingRuns())]
  return [...figures, ...(await tokens())]
}

const prompt: LanguageModelV3CallOptions['prompt'] = [
  { role: 'system', content: 'You are a test.' },
  { role: 'user', content: [{ type: 'text', text: 'Say hello.' }] },
]

/** The same question to the same double, in a process of its own, by every road from the bare library to a stored run. */
async function overhead(): Promise<Figure[]> {
  const double = await startDouble()
  const base_url = `${double.url}/text/v1`
  const world = await newWorld()
  try {
    await world.api.providers.add(owner, CreateProvider.parse({ id: 'bench', type: 'custom', base_url, default_model: 'double' }))
    const { languageModel } = await world.app.providers.resolveModel('default', 'bench', 'double')
    const bare = createOpenAICompatible({ name: 'bare', baseURL: base_url })('double')
    const agent = await world.agent({ provider: 'bench', model: 'double', tools: [] })
    const candidate = { provider: 'bench', model: 'double' }
    const never = new AbortController().signal
    const roads = {
      'library with fetch': () => bare.doGenerate({ prompt, maxOutputTokens: 100 }),
      'bare call to the provider': () => languageModel.doGenerate({ prompt, maxOutputTokens: 100 }),
      'the same within ModelCalls': () =>
        world.app.calls.call(
          { workspace_id: 'default', candidates: [candidate], strategy: 'failover', max_retries: 2, timeout_ms: 60_000, tokens: 100, signal: never },
          {
            ask: async (_, abortSignal) => languageModel.doGenerate({ prompt, maxOutputTokens: 100, abortSignal }),
            tokensOf: () => 100,
            explain: (error) => explainModelError(error, 'bench'),
            waiting: async () => {},
            failed: () => {},
          },
        ),
      'a whole run with one call, stored': () => completed(world, agent),
    }
    const times = await inTurns(roads, 250)
    const base = times['bare call to the provider'] ?? NaN
    printTable(
      ['one after the other', 'median', 'of the bare call'],
      Object.entries(times).map(([name, time]) => [name, ms(time), ratio(time / base)]),
    )
    const of = (name: keyof typeof roads) => (times[name] ?? NaN) / base
    return [
      { name: 'a model call in its wrapper over the bare call', value: ratio(of('the same within ModelCalls')) },
      { name: 'a whole stored run of one call over the bare call', value: ratio(of('a whole run with one call, stored')) },
      { name: 'the bare call over the library with fetch', value: ratio(1 / of('library with fetch')) },
    ]
  } finally {
    await world.close()
    await double.stop()
  }
}

/** Each road in turn, so that a slow moment of the machine is shared by all. Medians of milliseconds, without the first calls. */
async function inTurns(roads: Record<string, () => PromiseLike<unknown>>, rounds: number): Promise<Record<string, number>> {
  const times = Object.fromEntries(Object.keys(roads).map((name) => [name, [] as number[]]))
  for (let round = 0; round < rounds + 50; round++) {
    for (const [name, call] of Object.entries(roads)) {
      const began = performance.now()
      await call()
      if (round >= 50) times[name]?.push(performance.now() - began)
    }
  }
  return Object.fromEntries(Object.entries(times).map(([name, each]) => [name, median(each)]))
}

async function completed(world: World, agent: { id: string }) {
  const run = await world.run(agent)
  if (run.status !== 'completed') throw new Error(`a run ended as ${run.status}: ${run.error?.message}`)
}

const sentence = 'The quick brown fox jumps over the lazy dog, and 42 of 1,000 rows in {"orders.csv": true} were refused on 2024-03-05. '

async function tokens(): Promise<Figure[]> {
  const began = performance.now()
  const counter = await tokenCounter('openai', 'gpt-4o')
  counter.count('warm')
  const loaded = performance.now() - began
  const perSentence = counter.count(sentence.repeat(100)) / 100
  const text = (seed: number) => `${seed} ${sentence.repeat(Math.round(100_000 / perSentence))}`
  const times = { exact: [] as number[], 'the same text again': [] as number[], estimate: [] as number[] }
  let counted = 0
  for (let round = 0; round < 7; round++) {
    const given = text(round)
    counted = timed(times.exact, () => counter.count(given))
    timed(times['the same text again'], () => counter.count(given))
    timed(times.estimate, () => estimating.count(given))
  }
  printTable(
    [`${counted} tokens`, 'median'],
    Object.entries(times).map(([name, each]) => [name, ms(median(each))]),
  )
  console.log(`  the tables of the tokenizer were loaded in ${ms(loaded)}, once`)
  return [{ name: 'counting 100,000 tokens, exact and estimated', value: `${ms(median(times.exact))}, ${ms(median(times.estimate))}` }]
}

function timed<T>(times: number[], work: () => T): T {
  const began = performance.now()
  const result = work()
  times.push(performance.now() - began)
  return result
}
