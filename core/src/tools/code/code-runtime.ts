import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import type { Capabilities } from '../capabilities.ts'
import type { ThreadKind } from '../embedded/embedded-thread.ts'
import { ThreadPool } from '../embedded/thread-pool.ts'
import type { CodeRuntime, Runtime } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { makeBase, type SandboxBase } from './sandbox.ts'
import { compile, type WasmModule } from './web-assembly.ts'

export type CodeOptions = {
  capabilities: Capabilities
  log: { error: (context: object, message: string) => void }
  max_threads?: number
  idle_ms?: number
}

const wasmFile = createRequire(import.meta.url).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')
let parts: Promise<{ wasm: WasmModule; base: SandboxBase }> | undefined

/** Threads that run code in QuickJS. Its machine code and its first memory are made once for all of them. */
export async function sandboxThreads(): Promise<ThreadKind> {
  parts ??= readFile(wasmFile).then(async (bytes) => {
    const wasm = await compile(bytes)
    return { wasm, base: await makeBase(wasm) }
  })
  return {
    entry: new URL('./code-thread-entry.mjs', import.meta.url),
    name: 'cadre-code',
    limits: { maxOldGenerationSizeMb: 256, stackSizeMb: 16 },
    data: await parts,
    silent: true,
    plain: true,
  }
}

/** `standBy`: calls with this memory limit are likely to come. A thread takes 50 ms to start, and more where the machine is busy. */
export type CodeThreads = Runtime<CodeRuntime> & { standBy: (memory_mb: number) => void }

/**
 * Runs code that users registered: QuickJS in WebAssembly in a thread that can be ended from outside at any moment. One core stays free for
 * the server, and one ForgeHook never takes every thread.
 */
export function openCodeRuntime({ capabilities, log, max_threads, idle_ms = 30_000 }: CodeOptions): CodeThreads {
  const most = max_threads ?? Math.max(1, availableParallelism() - 1)
  const nameOf = sourceNames()
  let pool: Promise<ThreadPool> | undefined
  let closed = false
  const open = async () => {
    const kind = await sandboxThreads()
    return new ThreadPool({
      capabilities,
      onDefect: (tool, failure) => log.error({ tool, ...failure }, `tool ${tool} failed in an unforeseen way`),
      max_threads: most,
      max_per_hook: Math.max(1, most - 1),
      idle_ms,
      grace_ms: 50,
      load_ms: 5_000,
      max_loaded: 20,
      max_calls: 10_000,
      kind: () => kind,
    })
  }
  return {
    call: async (call, { source }) => {
      if (closed) throw new ToolError('Cadre is shutting down', { retryable: true })
      const threads = await (pool ??= open())
      return threads.call(call, { entry: nameOf(source), source })
    },
    standBy(memory_mb) {
      if (closed) return
      pool ??= open()
      pool.then((threads) => threads.standBy(memory_mb)).catch((err: unknown) => log.error({ err }, 'no thread for code can be started'))
    },
    close: async () => {
      closed = true
      await (await pool)?.close()
    },
  }
}

/** A short name for each source, so that a thread that knows it need not be sent it again. */
function sourceNames() {
  const names = new Map<string, string>()
  let last = 0
  return (source: string): string => {
    let name = names.get(source)
    if (name === undefined) {
      if (names.size >= 200) names.clear()
      names.set(source, (name = `source ${++last}`))
    }
    return name
  }
}
