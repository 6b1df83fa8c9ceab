import { Agent, request } from 'node:http'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { body } from './job.ts'

/** A closed loop: `concurrency` callers, each asking again as soon as it was answered, for so many seconds or so many calls. */
export type Load = { url: string; concurrency: number; seconds?: number; calls?: number }
export type Measured = { perSecond: number; p50: number; p95: number; calls: number; failed: number; firstFailure: string | undefined }

/** Runs in a thread of its own, so that the one who asks does not slow the one who measures. */
export function load(options: Load): Promise<Measured> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL(import.meta.url), { workerData: options })
    worker.on('message', resolve).on('error', reject)
  })
}

async function run({ url, concurrency, seconds = Infinity, calls = Infinity }: Load): Promise<Measured> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const durations: number[] = []
  let begun = 0
  let failed = 0
  let firstFailure: string | undefined
  const start = performance.now()
  const end = start + seconds * 1000
  await Promise.all(
    Array.from({ length: concurrency }, async () => {
      while (begun < calls && performance.now() < end) {
        begun += 1
        const at = performance.now()
        const failure = await post(agent, url).catch((error: Error) => error.message)
        durations.push(performance.now() - at)
        if (!failure) continue
        failed += 1
        firstFailure ??= failure
      }
    }),
  )
  const elapsed = performance.now() - start
  agent.destroy()
  durations.sort((a, b) => a - b)
  const quantile = (q: number) => durations[Math.min(durations.length - 1, Math.floor(q * durations.length))] ?? NaN
  return {
    perSecond: ((durations.length - failed) / elapsed) * 1000,
    p50: quantile(0.5),
    p95: quantile(0.95),
    calls: durations.length,
    failed,
    firstFailure,
  }
}

/** Undefined where the job was done to its end; else what came instead. */
function post(agent: Agent, url: string): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }
    const asked = request(url, { method: 'POST', agent, headers }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
      response.on('error', reject).on('end', () => {
        const done = response.statusCode === 200 && /"status":"completed"/.test(text)
        resolve(done ? undefined : `${response.statusCode} ${text.slice(0, 300)}`)
      })
    })
    asked.on('error', reject).end(body)
  })
}

if (parentPort) parentPort.postMessage(await run(workerData as Load))
