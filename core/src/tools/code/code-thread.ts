import { parentPort, workerData } from 'node:worker_threads'
import type { Failure, FromThread, Inspect, Reply, ToThread } from '../embedded/hook-messages.ts'
import { hostFunctions } from './host-functions.ts'
import { Broken } from './quickjs.ts'
import { Sandbox, type SandboxBase } from './sandbox.ts'
import { weightOf } from './taking-over.ts'
import type { WasmModule } from './web-assembly.ts'

/**
 * Runs code of users, one call at a time, in a thread that code-runtime.ts starts and ends. What the guest sends is taken for hostile: it
 * can only ask what any handler may ask, and that is checked by capabilities.ts.
 */
const port = parentPort
if (!port) throw new Error('code-thread.ts is started as a worker thread by code-runtime.ts')
const { wasm, base, memory_mb, stop } = workerData as { wasm: WasmModule; base: SandboxBase; memory_mb: number; stop: Int32Array }

type Outcome = { output: string } | { failure: Failure }
type Running = {
  id: number
  entry: string
  max_bytes: number
  outcome: Outcome | null
  /** Those that are not answered yet, each with its weight. */
  asks: Map<number, number>
  asked: number
  lines: number
  timers: Map<number, NodeJS.Timeout>
  /** Once it is told to stop: until when it may still run. */
  until: number
}
let running: Running | null = null
let worn = false

const mostAsks = 100
const mostAsked = 10_000
const mostLines = 1_000
/** See weightOf: of an output, and of all that waits for an answer. Text counts too, by the hundred characters. */
const heaviestOutput = 300_000
const heaviestAsks = 200_000
/** What a handler that is told to stop has for it. */
const stopMs = 10
/** A memory never shrinks: a thread that holds on to more is ended. */
const mostMemory = 80_000_000

const sandbox = await Sandbox.open(wasm, base, memory_mb, {
  called: (kind, text, bytes) => (running ? called(running, kind, text, bytes) : null),
  interrupted: () => running !== null && isOver(running),
  longest: () => Math.max(17_000_000, (running?.max_bytes ?? 0) * 3),
})

port.on('message', (message: ToThread | Inspect) => {
  if (message.type === 'load') load(message.entry, message.source ?? '')
  else if (message.type === 'call') {
    const { path, input, now, key, settings, max_bytes: max } = message
    begin(message, 'call', JSON.stringify({ path, input, now, key, settings: JSON.stringify(settings), max }))
  } else if (message.type === 'inspect') begin(message, 'inspect', '')
  else if (running?.id !== message.id) return
  else if (message.type === 'abort') abort(running)
  else reply(running, message.seq, message)
})

function answer(message: FromThread) {
  port?.postMessage(message)
}

function isOver({ id, outcome, until }: Running) {
  return outcome !== null || performance.now() > until || (until === Infinity && Atomics.load(stop, 0) === id)
}

function load(entry: string, source: string) {
  try {
    if (!sandbox.has(entry)) sandbox.load(entry, source)
    answer({ type: 'loaded', entry, error: null })
  } catch (error) {
    answer({ type: 'loaded', entry, error: error instanceof Broken ? 'it is nested too deeply, or too large' : (error as Error).message })
  }
}

function begin({ id, entry, max_bytes }: { id: number; entry: string; max_bytes: number }, kind: string, text: string) {
  running = { id, entry, max_bytes, outcome: null, asks: new Map(), asked: 0, lines: 0, timers: new Map(), until: Infinity }
  sandbox.prepare(entry)
  enter(running, kind, text)
}

/** Lets the guest work until it waits for something, and ends the call where there is nothing to wait for. */
function enter(run: Running, kind: string, text: string, bytes?: Uint8Array) {
  try {
    sandbox.enter(kind, text, bytes)
    while (!isOver(run) && sandbox.runJobs(100));
  } catch (error) {
    if (error instanceof Broken) {
      worn = true
      run.outcome ??= failed('it nested too deeply, or ran out of memory')
    } else if (!isOver(run) || kind === 'call')
      run.outcome ??= failed((error as Error).message.includes('out of memory') ? tooMuch : 'it could not go on')
  }
  if (run.outcome === null && isOver(run)) run.outcome = failed('it was stopped')
  if (run.outcome === null && run.asks.size === 0 && run.timers.size === 0) run.outcome = failed(isFull() ? tooMuch : neverSettles)
  if (run.outcome) end(run, run.outcome)
}

const neverSettles = 'the handler never settles: it waits for a promise that nothing can resolve any more'
const tooMuch = `it needed more than its limit of ${memory_mb} MB (limits.memory_mb)`

// QuickJS without memory for an error throws null, or loses what was to go on.
function isFull() {
  return sandbox.heap.length > 5_300_000 + memory_mb * 900_000
}

function failed(message: string): Outcome {
  return { failure: { kind: 'unfit', message } }
}

function end(run: Running, outcome: Outcome) {
  worn ||= sandbox.heap.length > mostMemory || isFull()
  running = null
  for (const timer of run.timers.values()) clearTimeout(timer)
  answer('output' in outcome ? { type: 'done', id: run.id, ...outcome, worn } : { type: 'failed', id: run.id, ...outcome, worn })
  // After the answer, so that nobody waits for it: the next call is most often one of the same source.
  if (!worn) sandbox.prepare(run.entry)
}

function abort(run: Running) {
  run.until = performance.now() + stopMs
  enter(run, 'abort', '')
  if (running === run) end(run, failed('it was stopped'))
}

function reply(run: Running, seq: number, { value, error }: Reply) {
  if (!run.asks.delete(seq)) return
  const bytes = value instanceof Uint8Array ? value : undefined
  const body = (value as { body?: unknown } | null)?.body
  if (bytes) enter(run, 'reply', JSON.stringify({ seq, value: null, error, shape: 'bytes' }), bytes)
  else if (body instanceof Uint8Array)
    enter(run, 'reply', JSON.stringify({ seq, value: { ...(value as object), body: null }, error, shape: 'body' }), body)
  else enter(run, 'reply', JSON.stringify({ seq, value: value ?? null, error }))
}

/** What the guest hands out. Thrown errors are caught by quickjs.ts, and change nothing. */
function called(run: Running, kind: string, text: string, bytes: Uint8Array | null): string | Uint8Array | null {
  if (run.outcome) return null
  if (kind === 'done') done(run, text)
  else if (kind === 'failed') run.outcome = broken(JSON.parse(text) as { kind: string; message: string; stack?: string })
  else if (kind === 'ask') ask(run, text, bytes)
  else if (kind === 'log') log(run, text)
  else if (kind === 'timer') startTimer(run, text)
  else if (kind === 'untimer') stopTimer(run, Number(text))
  else return pure(kind, text, bytes)
  return null
}

function pure(kind: string, text: string, bytes: Uint8Array | null): string | Uint8Array | null {
  const work = Object.hasOwn(hostFunctions, kind) ? hostFunctions[kind] : undefined
  if (!work) return null
  try {
    const value = work(JSON.parse(text), bytes)
    return value instanceof Uint8Array ? value : `=${JSON.stringify(value)}`
  } catch (error) {
    return `!${(error as Error).message.toWellFormed()}`
  }
}

function done(run: Running, output: string) {
  const problem = problemWith(output, run.max_bytes)
  run.outcome = problem === null ? { output } : failed(problem)
}

// Read here as the server will read it: what that costs, and what is wrong with it, is known before it gets there.
function problemWith(output: string, mostBytes: number): string | null {
  const bytes = Buffer.byteLength(output)
  if (bytes > mostBytes) return `the output has ${bytes} bytes; the limit is ${mostBytes} (limits.output_bytes)`
  try {
    if (weightOf(JSON.parse(output), heaviestOutput) <= heaviestOutput) return null
  } catch {
    return 'the output is no JSON'
  }
  return `the output has too many values: at most ${heaviestOutput}, where each name of a field counts as 5`
}

function broken({ kind, message, stack }: { kind: string; message: string; stack?: string }): Outcome {
  if (kind === 'memory' || (message === 'null' && isFull())) return failed(tooMuch)
  const known = kind === 'said' || kind === 'unfit' ? kind : 'broke'
  return { failure: { kind: known, message: String(message), stack: stack === undefined ? undefined : String(stack) } }
}

function ask(run: Running, text: string, bytes: Uint8Array | null) {
  const space = text.indexOf(' ')
  const seq = Number(text.slice(0, space))
  const { what, args } = JSON.parse(text.slice(space)) as { what: string; args: unknown[] }
  if (run.asks.size >= mostAsks || !Number.isSafeInteger(seq) || typeof what !== 'string' || !Array.isArray(args)) return
  const weight = weightOf(args, heaviestAsks) + Math.ceil(text.length / 100)
  const waiting = [...run.asks.values()].reduce((sum, each) => sum + each, weight)
  if (++run.asked > mostAsked) run.outcome = failed(`it asked the server more than ${mostAsked} times`)
  else if (waiting > heaviestAsks)
    run.outcome = failed(`it hands ${what} too much at once: at most ${heaviestAsks} values, or 16 MB of text, may wait`)
  else {
    run.asks.set(seq, weight)
    if (bytes && what === 'fetch') args[1] = { ...(args[1] as object), body: bytes }
    answer({ type: 'ask', id: run.id, seq, ask: { what, args } })
  }
}

// Lines are not answered: nobody waits for them.
function log({ id, entry, lines }: Running, line: string) {
  if (entry === '' || lines > mostLines) return
  if (running) running.lines++
  const said = lines === mostLines ? `further lines are left out: a call may write ${mostLines}` : line
  answer({ type: 'ask', id, seq: 0, ask: { what: 'log', args: [said] } })
}

function startTimer(run: Running, text: string) {
  const [id = 0, ms = 0] = text.split(' ').map(Number)
  stopTimer(run, id)
  if (run.timers.size >= 1_000) return
  const fire = () => {
    run.timers.delete(id)
    if (running === run) enter(run, 'timer', String(id))
  }
  run.timers.set(id, setTimeout(fire, Math.min(ms, 2_147_483_647)))
}

function stopTimer({ timers }: Running, id: number) {
  clearTimeout(timers.get(id))
  timers.delete(id)
}
