import { once } from 'node:events'
import { basename } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import { answerChat, type Loaded, TooLong } from './answer-chat.ts'
import { contextOf } from './gguf-files.ts'
import type { EmbeddingContext, Llama, LlamaPackage } from './llama-api.ts'
import type { Done, EmbedTask, Failure, FromChild, Load, Task, ToChild } from './protocol.ts'

/**
 * Holds one model and answers one task after the other, in a process that gguf-process.ts starts and ends. llama.cpp ends its process on
 * what it does not expect; here that is this one.
 */
class CannotLoad extends Error {}

type Base = Pick<Loaded, 'library' | 'llama' | 'model'> & { load: Load }

// The package for Apple's processors has no other build (3.22); gpuLayers below says whether the card is used.
const onlyMetal = process.platform === 'darwin' && process.arch === 'arm64'

const watch = new Worker(new URL('../../tools/sql/sql-watch.ts', import.meta.url), {
  env: {},
  argv: [],
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 16 },
})
const watching = once(watch, 'online')
const said: string[] = []
const running = new Map<number, AbortController>()
let memoryLimit = Number.POSITIVE_INFINITY
let loading: Promise<Base> | undefined
let chatting: Promise<Loaded> | undefined
let embedding: Promise<EmbeddingContext> | undefined

process.on('disconnect', () => process.exit(0))
process.on('message', (message: ToChild) => {
  if ('load' in message) {
    const { memory_mb } = message.load
    memoryLimit = memory_mb === null ? Number.POSITIVE_INFINITY : memory_mb * 1_000_000
    loading = loaded(message.load)
    loading.catch(() => undefined) // each task says it
  } else if ('abort' in message) {
    running.get(message.abort)?.abort()
  } else {
    void run(message.id, message.task)
  }
})

async function run(id: number, task: Task) {
  const controller = new AbortController()
  running.set(id, controller)
  let reply: FromChild
  try {
    reply = { id, done: await answer(id, task, controller.signal) }
  } catch (error) {
    reply = { id, failure: controller.signal.aborted ? { kind: 'aborted' } : failureOf(error) }
  }
  running.delete(id)
  watch.postMessage(null)
  send(reply)
}

async function answer(id: number, task: Task, signal: AbortSignal): Promise<Done> {
  await watching
  watch.postMessage(memoryLimit)
  if (loading === undefined) throw new CannotLoad('it was not told what to load')
  const base = await loading
  signal.throwIfAborted()
  if (task.kind === 'embed') return embed(base, task, signal)
  chatting ??= readyToChat(base) // a model for embeddings is never asked for that
  return answerChat(await chatting, task, signal, (kind, text) => send({ id, piece: { kind, text } }))
}

async function loaded(load: Load): Promise<Base> {
  let library: LlamaPackage
  let llama: Llama
  try {
    library = (await import(load.entry)) as LlamaPackage
    llama = await library.getLlama({
      build: 'never', // neither compiled nor downloaded: what is installed is what there is
      skipDownload: true,
      gpu: load.gpu || onlyMetal ? 'auto' : false,
      progressLogs: false,
      logLevel: 'error',
      logger: (_, message) => void said.push(message.trim()),
      ...(load.threads === null ? {} : { maxThreads: load.threads }),
    })
  } catch (error) {
    throw new CannotLoad(`llama.cpp cannot be used: ${messageOf(error)}; install the package for this machine as docs/user/models.md says`)
  }
  return {
    library,
    llama,
    load,
    model: await orCannot(load, () => llama.loadModel({ modelPath: load.file, ...(load.gpu ? {} : { gpuLayers: 0 }) })),
  }
}

async function readyToChat({ load, ...base }: Base): Promise<Loaded> {
  const context = await orCannot(load, () => base.model.createContext({ ...roomOf(base, load), sequences: 1, failedCreationRemedy: false }))
  return { ...base, context, sequence: context.getSequence(), wrapper: base.library.resolveChatWrapper(base.model) }
}

function roomOf({ model }: Pick<Base, 'model'>, load: Load) {
  return { contextSize: contextOf(load, model.trainContextSize), ...(load.threads === null ? {} : { threads: load.threads }) }
}

async function orCannot<T>(load: Load, doing: () => Promise<T>): Promise<T> {
  try {
    return await doing()
  } catch (error) {
    await setImmediate() // what llama.cpp says comes by another road
    const [reason = messageOf(error)] = said
      .filter((each) => /error|fail/i.test(each))
      .map((each) => each.replace(/^(\w+: )?(error loading model: )?/, ''))
    throw new CannotLoad(`${basename(load.file)} cannot be loaded: ${reason}`)
  }
}

async function embed({ load, ...base }: Base, { texts }: EmbedTask, signal: AbortSignal): Promise<Done> {
  const room = roomOf(base, load)
  const counts = texts.map((text) => base.model.tokenize(text).length + 2) // with a beginning and an end
  const longest = Math.max(0, ...counts)
  if (longest > room.contextSize) throw new TooLong(longest, room.contextSize)
  embedding ??= orCannot(load, () => base.model.createEmbeddingContext(room))
  const context = await embedding
  const vectors: number[][] = []
  for (const text of texts) {
    signal.throwIfAborted()
    vectors.push([...(await context.getEmbeddingFor(text)).vector])
  }
  return { kind: 'embed', vectors, tokens: counts.reduce((sum, each) => sum + each, 0) }
}

function failureOf(error: unknown): Failure {
  if (error instanceof TooLong) return { kind: 'too_long', tokens: error.tokens, context_size: error.context_size }
  return { kind: error instanceof CannotLoad ? 'load' : 'call', message: messageOf(error) }
}

function messageOf(error: unknown) {
  return error instanceof Error ? error.message : String(error)
}

function send(message: FromChild) {
  if (process.connected) process.send?.(message)
}
