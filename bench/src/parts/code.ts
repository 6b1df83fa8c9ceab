import { createServer } from 'node:http'
import { enableCompileCache } from 'node:module'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { openCodeRuntime } from '@cadre/core/tools/code/code-runtime'
import type { ResolvedTool } from '@cadre/core/tools/resolved-tool'
import { type Figure, median, ms, printTable } from '../report.ts'

const adder = `import { defineHook } from '@cadre/contract/forgehook'
export default defineHook({ '/x': { description: 'Adds', input: { type: 'object' }, handler: ({ a, b }) => ({ sum: a + b }) } })`

/** Each in its own way: the interpreter, natives that ask nobody, memory, messages, and output that is much work to take over. */
const hostile = [
  'for (;;);',
  'for (;;) await null',
  '/^(a+)+$/.test("a".repeat(60) + "b")',
  'Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)',
  'const a = []; for (;;) a.push(new Array(1000).fill(1.5))',
  'for (;;) try { "a".repeat(2 ** 29) } catch {}',
  'for (;;) console.log("x".repeat(2000))',
  'for (;;) await Promise.allSettled(Array.from({ length: 100 }, () => context.store.get("k")))',
  'for (;;) await context.store.set("k", Array(1e5).fill([])).catch(() => {})',
  'return Array(2.9e5).fill([])',
  'return "x".repeat(9e6)',
  'const again = () => setTimeout(again); again(); await new Promise(() => {})',
  'for (;;) JSON.parse(JSON.stringify(Array(1e4).fill({ a: 1 })))',
  'for (;;) [3, 2, 1].sort(() => Math.random() - 0.5)',
  'let s = "x"; for (;;) s = s.length > 1e6 ? "x" : s + s',
  'const f = () => { try { f() } finally { f() } }; f()',
]

/** A call in a thread that is ready, a call that starts its thread, and how long /healthz waits while all threads run hostile code. */
export async function code(): Promise<Figure[]> {
  // As the server does.
  enableCompileCache(join(import.meta.dirname, '../../../node_modules/.cache/cadre'))
  const [warm, cold, ready] = [await warmCalls(), await coldCalls(), await firstCalls()]
  const waited = await healthzBesideHostile()
  const quantile = (values: number[], q: number) => values.toSorted((a, b) => a - b)[Math.floor(q * values.length)] ?? NaN
  printTable(
    ['code', 'median', 'p95', 'worst'],
    Object.entries({ 'warm call': warm, 'cold call': cold, 'first call of a run': ready, '/healthz beside 16 hostile calls': waited }).map(
      ([name, times]) => [name, ms(median(times)), ms(quantile(times, 0.95)), ms(Math.max(...times))],
    ),
  )
  const worst = Math.max(...waited)
  return [
    { name: 'warm code call', value: ms(median(warm)), target: '< 1 ms', reached: median(warm) < 1 },
    { name: 'cold code call (new thread)', value: ms(median(cold)), target: '< 50 ms', reached: median(cold) < 50 },
    { name: 'cold code call (first of a run: a thread stands by)', value: ms(median(ready)), target: '< 50 ms', reached: median(ready) < 50 },
    { name: '/healthz beside 16 hostile calls, worst', value: ms(worst), target: '< 250 ms', reached: worst < 250 },
  ]
}

function open() {
  return openCodeRuntime({ capabilities: () => Promise.resolve(null), log: { error: () => {} } })
}

const tool: ResolvedTool = {
  name: 'bench__x',
  hook_id: 'bench',
  action: 'x',
  path: '/x',
  description: '',
  effect: 'read',
  input: { type: 'object' },
  output: undefined,
  limits: { timeout_ms: 3_000, memory_mb: 512, output_bytes: 10_000_000 },
  grants: { network: [], files: [], secrets: [], databases: [], store: true },
  settings: {},
  runtime: { type: 'code', source: adder },
}

function call(runtime: ReturnType<typeof open>, source: string, hook_id = 'bench') {
  const signal = new AbortController().signal
  const given = {
    tool: { ...tool, hook_id },
    input: { a: 1, b: 2 },
    workspace_id: 'default',
    idempotency_key: 'bench',
    run_id: null,
    now: Date.now(),
    signal,
  }
  return runtime.call(given, { type: 'code', source })
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

async function warmCalls(): Promise<number[]> {
  const runtime = open()
  const times: number[] = []
  for (let i = 0; i < 2_200; i++) times.push(await timed(() => call(runtime, adder)))
  await runtime.close()
  return times.slice(200)
}

async function coldCalls(): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 22; i++) {
    const runtime = open()
    times.push(await timed(() => call(runtime, adder)))
    await runtime.close()
  }
  // The first two fill the caches that a server keeps on disk.
  return times.slice(2)
}

/** What a run sees: its tools are looked up before it asks its model, which takes no less than 200 ms. */
async function firstCalls(): Promise<number[]> {
  const times: number[] = []
  for (let i = 0; i < 12; i++) {
    const runtime = open()
    runtime.standBy(tool.limits.memory_mb)
    await delay(200)
    times.push(await timed(() => call(runtime, adder)))
    await runtime.close()
  }
  return times.slice(2)
}

async function healthzBesideHostile(): Promise<number[]> {
  const runtime = open()
  const server = createServer((_, response) => response.end('ok'))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const asker = new Worker(new URL(import.meta.url), {
    workerData: { healthz: `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz` },
  })
  const times = new Promise<number[]>((resolve, reject) => asker.on('message', resolve).on('error', reject))
  await new Promise((resolve) => asker.once('online', resolve))
  await Promise.allSettled(
    hostile.map((body, i) => call(runtime, `export default { '/x': async (input, context) => { ${body} } }`, `hostile-${i % 4}`)),
  )
  asker.postMessage('stop')
  const waited = await times
  server.close()
  await runtime.close()
  return waited
}

/** In a thread of its own: asks every 5 ms until it is told to stop. */
async function askHealthz(url: string, port: NonNullable<typeof parentPort>) {
  const times: number[] = []
  let going = true
  port.on('message', () => (going = false))
  while (going) {
    times.push(await timed(() => fetch(url).then((response) => response.text())))
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  port.postMessage(times)
  port.close()
}

const given = workerData as { healthz?: string } | null
if (parentPort && given?.healthz) await askHealthz(given.healthz, parentPort)
