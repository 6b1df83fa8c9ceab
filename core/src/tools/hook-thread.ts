import { parentPort } from 'node:worker_threads'
import type { HookHandlers } from '@cadre/contract/forgehook'
import type { Failure, FromThread, ToThread } from './hook-messages.ts'
import { plainJson } from './plain-json.ts'

/**
 * Runs embedded hooks, one call at a time, in a thread that embedded-runtime.ts starts and ends. Input and output cross as JSON text: it is
 * what the output limit counts, and with its check it takes as long as structured clone without one (1 row 0.15 and 0.12 ms, 1000 rows
 * 1.7 and 2.1 ms there and back).
 */
const port = parentPort
if (!port) throw new Error('hook-thread.ts is started as a worker thread by embedded-runtime.ts')

const loaded = new Map<string, HookHandlers>()
let running: { id: number; abort: AbortController } | null = null

port.on('message', (message: ToThread) => {
  if (message.type === 'call') void call(message)
  else if (message.type === 'load') void load(message.entry)
  else if (running?.id === message.id) running.abort.abort(new Error('the call was ended'))
})

function answer(message: FromThread) {
  port?.postMessage(message)
}

async function load(entry: string) {
  try {
    const module = (await import(entry)) as { default?: unknown }
    if (typeof module.default !== 'object' || module.default === null) throw new Error('it has no default export of handlers by endpoint path')
    loaded.set(entry, module.default as HookHandlers)
    answer({ type: 'loaded', entry, error: null })
  } catch (error) {
    answer({ type: 'loaded', entry, error: error instanceof Error ? error.message : String(error) })
  }
}

async function call({ id, entry, path, input, now, key, max_bytes }: ToThread & { type: 'call' }) {
  const abort = new AbortController()
  running = { id, abort }
  try {
    const handlers = loaded.get(entry)
    const handler = handlers && Object.hasOwn(handlers, path) ? handlers[path] : undefined
    if (!handler) throw unfit(`there is no handler for ${path}`)
    const value: unknown = await handler(JSON.parse(input), { signal: abort.signal, now, idempotencyKey: key })
    answer({ type: 'done', id, output: fitting(value, max_bytes) })
  } catch (error) {
    answer({ type: 'failed', id, failure: failureOf(error) })
  } finally {
    running = null
  }
}

function fitting(value: unknown, maxBytes: number) {
  let text: string
  try {
    text = plainJson(value)
  } catch (error) {
    throw unfit((error as Error).message)
  }
  // Each UTF-16 unit is at most three bytes of UTF-8.
  const bytes = text.length * 3 > maxBytes ? Buffer.byteLength(text) : 0
  if (bytes > maxBytes) throw unfit(`the output has ${bytes} bytes; the limit is ${maxBytes} (limits.output_bytes)`)
  return text
}

function unfit(message: string) {
  return Object.assign(new Error(message), { kind: 'unfit' as const })
}

// By its name, since a plugin may bring its own copy of the contract.
function failureOf(error: unknown): Failure {
  if (!(error instanceof Error)) return { kind: 'broke', message: String(error) }
  if ('kind' in error && error.kind === 'unfit') return { kind: 'unfit', message: error.message }
  if (error.name === 'HookError') return { kind: 'said', message: error.message }
  return { kind: 'broke', message: error.message, stack: error.stack }
}
