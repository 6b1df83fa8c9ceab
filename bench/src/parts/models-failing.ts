import { CreateProvider } from '@cadre/contract/providers'
import type { RunEvent } from '@cadre/contract/run-events'
import type { Run } from '@cadre/contract/runs'
import { chat } from '@cadre/core/providers/test/openai-dialects'
import { type Answer, type Dialect, type Script, sse, startWire } from '@cadre/core/providers/test/wire'
import { newWorld, owner, type World } from '@cadre/core/test/world'
import { type Figure, median, ms, printTable } from '../report.ts'

const broken = 'one two three four five'
/** Says `broken` as far as its middle and then that it failed with 500. */
const failingInStream: Dialect = {
  ...chat,
  pieces: (answer, asked) => {
    const pieces = chat.pieces(answer, asked)
    if (answer.text !== broken) return pieces
    return [...pieces.slice(0, 3), sse({ error: { message: 'internal error', type: 'server_error', code: 500 } })]
  },
}

const callTimeoutMs = 250
const tries = 15

/** From the start of a streamed run to its end where the first provider fails in a way of its own each time, beside runs where it answers. */
export async function failover(): Promise<Figure[]> {
  const ways: Record<string, Answer> = {
    'answers (no failover)': { text: 'hello' },
    resets: { reset: 'before' },
    'resets in mid-stream': { text: broken, reset: 'middle' },
    'says 500 in mid-stream': { text: broken },
    'answers 500': { status: 500 },
    'hangs before its answer': { hang: 'before' },
    'hangs in mid-stream': { text: broken, hang: 'middle' },
  }
  const world = await newWorld()
  let way: Answer = {}
  const first = await double(world, 'first', () => way, failingInStream)
  const second = await double(world, 'second', () => ({ text: 'hello' }))
  const rows: [string, number][] = []
  try {
    for (const [name, answer] of [['warm-up', { text: 'hello' }] as [string, Answer], ...Object.entries(ways)]) {
      way = answer
      const times: number[] = []
      for (let i = 0; i < tries; i++) {
        // A model of its own each time: the breaker, which would make it quicker, never opens.
        const config = { fallbacks: [{ provider: 'second', model: 'double' }], call_timeout_ms: callTimeoutMs, max_retries: 0 }
        const agent = await world.agent({ provider: 'first', model: `${name}-${i}`, tools: [], config })
        const began = performance.now()
        const { status, output_text } = await streamed(world, agent.id)
        times.push(performance.now() - began)
        if (status !== 'completed' || output_text !== 'hello') throw new Error(`where the first ${name}, a run ended as ${status}: ${output_text}`)
      }
      if (name !== 'warm-up') rows.push([name, median(times)])
    }
  } finally {
    await world.close()
    await Promise.all([first.close(), second.close()])
  }
  const base = rows[0]?.[1] ?? NaN
  const extra = ([name, time]: [string, number]) => time - base - (name.startsWith('hangs') ? callTimeoutMs : 0)
  printTable(
    ['the first provider', 'run', 'more than without'],
    rows.map((row) => [
      row[0],
      ms(row[1]),
      `${row[0].startsWith('hangs') ? `call_timeout_ms (${callTimeoutMs} ms) and ` : ''}${ms(Math.max(0, extra(row)))}`,
    ]),
  )
  const worst = (hangs: boolean) =>
    Math.max(
      ...rows
        .slice(1)
        .filter(([name]) => name.startsWith('hangs') === hangs)
        .map(extra),
    )
  return [
    { name: 'failover where the first resets or says 500', value: `${ms(worst(false))} at most` },
    { name: 'failover where it hangs, after call_timeout_ms', value: `${ms(Math.max(0, worst(true)))} at most` },
  ]
}

const many = 1_000
const atOnce = 32
const share = 0.3
const troubles: Answer[] = [
  { status: 429, headers: { 'retry-after': '0' } },
  { status: 429 },
  { status: 500 },
  { status: 503, headers: { 'retry-after': '1' } },
  { status: 401 },
  { status: 404 },
  { reset: 'before' },
  { text: broken, reset: 'middle' },
  { text: broken, reset: 'politely' },
  { text: broken },
  { hang: 'before' },
  { text: broken, hang: 'middle' },
  { body: '<html>Bad gateway</html>' },
  { body: '{"choices": [{"mess' },
]

/**
 * Runs with one effect each, half of them streamed, on four models of a double that fails three calls of ten in every way that it knows. The witness
 * of how often an effect took place is the service outside.
 */
export async function failingRuns(): Promise<Figure[]> {
  const world = await newWorld({ concurrency: atOnce })
  const random = seeded(20_240_305)
  const failed: Record<string, number> = {}
  let calls = 0
  const wire = await double(
    world,
    'flaky',
    ({ body, stream }) => {
      calls++
      if (random() < share) {
        const trouble = troubles[Math.floor(random() * troubles.length)] ?? {}
        const name = JSON.stringify(trouble)
        failed[name] = (failed[name] ?? 0) + 1
        // What is told in a stream only is another thing where nothing is streamed.
        return !stream && (trouble.reset === 'politely' || trouble.text === broken) ? { reset: 'middle', text: broken } : trouble
      }
      const done = JSON.stringify(body['messages']).includes('done')
      return done ? { text: 'finished' } : { calls: [{ tool: 'effects__once', input: { n: calls } }] }
    },
    failingInStream,
  )
  try {
    const models = ['b', 'c', 'd'].map((model) => ({ provider: 'flaky', model }))
    const config = { fallbacks: models, strategy: 'least_busy' as const, call_timeout_ms: 500, max_retries: 10, timeout_ms: 60_000 }
    const agent = await world.agent({ provider: 'flaky', model: 'a', tools: ['effects'], config })
    const began = performance.now()
    const runs: Run[] = []
    let begun = 0
    const work = async () => {
      while (begun < many) runs.push(begun++ % 2 ? await world.run(agent) : await streamed(world, agent.id))
    }
    await Promise.all(Array.from({ length: atOnce }, work))
    const took = performance.now() - began
    const right = runs.filter(({ status, output_text }) => status === 'completed' && output_text === 'finished').length
    const wrong = runs.find(({ status, output_text }) => status !== 'completed' || output_text !== 'finished')
    const arrived = new Map<string, number>()
    for (const { run_id } of world.effects.arrivals) arrived.set(run_id, (arrived.get(run_id) ?? 0) + 1)
    const repeated = [...arrived.values()].filter((count) => count > 1).length
    const failures = Object.values(failed).reduce((sum, count) => sum + count, 0)
    console.log(`  ${many} runs in ${ms(took)}: ${calls} model calls, ${failures} of them failed in ${Object.keys(failed).length} ways`)
    if (wrong) console.log(`  one that did not end right: ${wrong.status} ${wrong.error?.code ?? wrong.output_text} ${wrong.error?.message ?? ''}`)
    return [
      { name: 'runs that end right where 30 % of model calls fail', value: `${right} of ${many}`, target: `${many}`, reached: right === many },
      { name: 'runs that never ended', value: `${many - runs.length}`, target: '0', reached: runs.length === many },
      {
        name: 'effects that took place twice, or never',
        value: `${repeated}, ${many - arrived.size}`,
        target: '0, 0',
        reached: repeated === 0 && arrived.size === many,
      },
    ]
  } finally {
    await world.close()
    await wire.close()
  }
}

async function double(world: World, id: string, script: Script, dialect: Dialect = chat) {
  const wire = await startWire(dialect, script)
  await world.api.providers.add(owner, CreateProvider.parse({ id, type: 'custom', base_url: `${wire.url}/v1`, default_model: 'double' }))
  return wire
}

async function streamed(world: World, agentId: string): Promise<Run> {
  const signal = AbortSignal.timeout(60_000)
  const events = await world.api.runs.start(owner, { idOrSlug: agentId, input: 'go', stream: true, wait: 0 }, { signal })
  if (!('run_id' in events) || !(Symbol.asyncIterator in events)) throw new Error('there was no stream')
  for await (const event of events as AsyncIterable<RunEvent>) if (event.type === 'run.ended') break
  return world.api.runs.get(owner, { runId: events.run_id })
}

/** Numbers in [0, 1) that are the same in every run of the bench (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
