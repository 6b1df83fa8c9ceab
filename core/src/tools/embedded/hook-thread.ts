import { parentPort } from 'node:worker_threads'
import { type HookCapabilities, type HookContext, HookError, type HookHandlers } from '@cadre/contract/forgehook'
import type { CallMessage, Failure, FromThread, Reply, ToThread } from './hook-messages.ts'
import { plainJson } from '../plain-json.ts'

/**
 * Runs embedded hooks, one call at a time, in a thread that embedded-runtime.ts starts and ends. Input and output cross as JSON text: it is
 * what the output limit counts, and with its check it takes as long as structured clone without one (1 row 0.15 and 0.12 ms, 1000 rows
 * 1.7 and 2.1 ms there and back).
 */
const port = parentPort
if (!port) throw new Error('hook-thread.ts is started as a worker thread by embedded-runtime.ts')

const loaded = new Map<string, HookHandlers>()
let running: { id: number; abort: AbortController; replies: Map<number, (reply: Reply) => void> } | null = null

port.on('message', (message: ToThread) => {
  if (message.type === 'call') void call(message)
  else if (message.type === 'load') void load(message.entry)
  else if (running?.id !== message.id) return
  else if (message.type === 'abort') running.abort.abort(new Error('the call was ended'))
  else running.replies.get(message.seq)?.(message)
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

async function call({ id, entry, path, input, now, key, max_bytes, settings }: CallMessage) {
  const abort = new AbortController()
  running = { id, abort, replies: new Map() }
  try {
    const handlers = loaded.get(entry)
    const handler = handlers && Object.hasOwn(handlers, path) ? handlers[path] : undefined
    if (!handler) throw unfit(`there is no handler for ${path}`)
    const context: HookContext = {
      signal: abort.signal,
      now,
      idempotencyKey: key,
      settings,
      log: (message) => void ask(id, 'log', [String(message)]),
      ...capabilities(id),
    }
    const value: unknown = await handler(JSON.parse(input), context)
    answer({ type: 'done', id, output: fitting(value, max_bytes) })
  } catch (error) {
    answer({ type: 'failed', id, failure: failureOf(error) })
  } finally {
    running = null
  }
}

/** Each is a message to the server and its reply: what may be done is decided there, by the manifest. */
function capabilities(id: number): HookCapabilities {
  const way =
    (what: string) =>
    (...args: unknown[]) =>
      ask(id, what, args) as Promise<never>
  return {
    fetch: way('fetch'),
    files: { list: way('files.list'), stat: way('files.stat'), read: way('files.read') },
    sql: way('sql'),
    secret: way('secret'),
    store: { get: way('store.get'), set: way('store.set'), delete: way('store.delete'), keys: way('store.keys') },
  }
}

let lastSeq = 0
function ask(id: number, what: string, args: unknown[]): Promise<unknown> {
  const call = running
  if (call?.id !== id) return Promise.reject(new Error(`${what} was used after its call had ended`))
  return new Promise((resolve, reject) => {
    const seq = ++lastSeq
    call.replies.set(seq, ({ value, error }) => {
      call.replies.delete(seq)
      if (error === null) resolve(value)
      else reject(new HookError(error))
    })
    answer({ type: 'ask', id, seq, ask: { what, args } })
  })
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
