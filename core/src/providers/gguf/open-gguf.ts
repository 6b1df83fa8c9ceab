import type { EmbeddingModelV3, LanguageModelV3 } from '@ai-sdk/provider'
import { findLlama } from './find-llama.ts'
import { filesProblem, ggufContext, ggufFile, type GgufOptions } from './gguf-files.ts'
import { GgufFailed } from './gguf-failed.ts'
import { ggufEmbeddingModel, ggufModel, type Run } from './gguf-model.ts'
import { GgufProcess } from './gguf-process.ts'

/** A model that nobody asked for this long gives its memory back. */
const idleMs = 5 * 60_000

export type Gguf = {
  /** Why models of these options cannot be used, and what to do. */
  problemOf: (options: GgufOptions) => string | null
  model: (options: GgufOptions, name: string) => LanguageModelV3
  embeddingModel: (options: GgufOptions, name: string) => EmbeddingModelV3
  /** The processes that hold a model now. */
  processes: () => GgufProcess[]
  close: () => Promise<void>
}

/** @param packages where node-llama-cpp may be installed (DATA/packages). */
export function openGguf(packages: () => string, { idle = idleMs, beside = import.meta.url } = {}): Gguf {
  const processes = new Map<string, GgufProcess>()
  const processFor = (options: GgufOptions, name: string) => {
    const { entry, problem } = findLlama(packages(), beside)
    if (entry === null) throw new GgufFailed('MODEL_REFUSED', problem)
    const unusable = filesProblem(options)
    if (unusable !== null) throw new GgufFailed('MODEL_NOT_FOUND', unusable)
    const { context_size = ggufContext, threads = null, memory_mb = null, gpu = false } = options
    const load = { entry, file: ggufFile(options, name), context_size, threads, memory_mb, gpu }
    const key = JSON.stringify(load)
    const before = processes.get(key)
    if (before?.usable) return before
    const started = new GgufProcess(load, idle)
    processes.set(key, started)
    void started.gone.then(() => processes.get(key) === started && processes.delete(key))
    return started
  }
  const runFor =
    (options: GgufOptions, name: string): Run =>
    async (task, say, signal) =>
      processFor(options, name).run(task, say, signal)
  return {
    problemOf: (options) => findLlama(packages(), beside).problem ?? filesProblem(options),
    model: (options, name) => ggufModel(name, runFor(options, name)),
    embeddingModel: (options, name) => ggufEmbeddingModel(name, runFor(options, name)),
    processes: () => [...processes.values()],
    async close() {
      await Promise.all([...processes.values()].map((each) => each.end()))
    },
  }
}
