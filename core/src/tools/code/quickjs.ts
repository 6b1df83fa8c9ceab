import { instantiate, type Raw } from './quickjs-functions.ts'
import { Memory, type WasmMemory, type WasmModule } from './web-assembly.ts'

/** What the guest can reach of the host: one function, and the word of whether it may go on. */
export type Host = {
  /** Strings and bytes go back to the guest; it must not throw. */
  called: (kind: string, text: string, bytes: Uint8Array | null) => string | Uint8Array | null
  interrupted: () => boolean
  /** The name by which a loaded module is found. Throws words for the author. */
  resolve: (from: string, specifier: string) => string
  /** Longer text from the guest is cut off before it is taken over. */
  longest: () => number
}

/** WebAssembly itself gave up: this instance is beyond use. */
export class Broken extends Error {
  override name = 'Broken'
}
/** The guest threw, and nothing inside caught it. */
export class GuestError extends Error {
  override name = 'GuestError'
}

export type Places = { runtime: number; context: number }

const pageBytes = 65_536
/** What QuickJS occupies before it runs anything: its static data, its 5 MB stack, its own built-ins. */
const ownBytes = 16_777_216
/**
 * Of QuickJS's own stack. With it, nested calls, source, JSON and regular expressions end in an error of QuickJS's, as long as V8 has a stack
 * of 8 MB for the same frames (with 4 MB, 100,000 brackets break the instance); the threads have 16 (code-runtime.ts).
 */
const stackBytes = 256_000

const flags = { script: 0, module: 1, compileOnly: 32 }

/**
 * One QuickJS in one WebAssembly instance, by its C functions: the guest sees nothing but QuickJS and `Host.called`. Plain calls instead of
 * quickjs-emscripten-core's objects, since the whole memory is put back after each call (memory-image.ts) and no object outlives that.
 */
export class QuickJs {
  readonly memory: WasmMemory
  readonly #raw: Raw
  readonly #host: Host
  readonly #runtime: number
  readonly #context: number

  /** @param at where its runtime and context are, in a memory that is to be put in place (restoreMemory); new ones without it. */
  static async open(wasm: WasmModule, memoryMb: number, host: Host, at?: Places): Promise<QuickJs> {
    const maximum = Math.min(32_768, (ownBytes + memoryMb * 1_048_576) / pageBytes)
    const memory = new Memory({ initial: ownBytes / pageBytes, maximum })
    const raw = await instantiate(wasm, memory)
    return new QuickJs(raw, memory, host, at)
  }

  private constructor(raw: Raw, memory: WasmMemory, host: Host, at?: Places) {
    this.memory = memory
    this.#raw = raw
    this.#host = host
    raw.callbacks = {
      callFunction: (_: unknown, _context: number, _this: number, count: number, args: number) => this.#called(count, args),
      shouldInterrupt: () => (host.interrupted() ? 1 : 0),
      normalizeModule: (_: unknown, _runtime: number, _context: number, from: string, specifier: string) => this.#resolved(from, specifier),
      // Reached when a name was refused, too: the refusal stands.
      loadModuleSource: () => 0,
      freeHostRef: () => {},
    }
    if (at) {
      this.#runtime = at.runtime
      this.#context = at.context
      return
    }
    this.#runtime = raw._QTS_NewRuntime()
    raw._QTS_RuntimeSetMaxStackSize(this.#runtime, stackBytes)
    raw._QTS_RuntimeEnableInterruptHandler(this.#runtime)
    raw._QTS_RuntimeEnableModuleLoader(this.#runtime, 1)
    this.#context = raw._QTS_NewContext(this.#runtime, 0)
  }

  get places(): Places {
    return { runtime: this.#runtime, context: this.#context }
  }

  limitMemory(bytes: number) {
    this.#raw._QTS_RuntimeSetMemoryLimit(this.#runtime, Math.min(bytes, 2_000_000_000))
  }

  get heap(): Uint8Array {
    return this.#raw.HEAPU8
  }

  /** Evaluates a script and gives a handle of its value. */
  script(source: string, name: string): number {
    return this.#evaluate(source, name, flags.script)
  }
  /** Evaluates a module. */
  module(source: string, name: string) {
    this.#evaluate(source, name, flags.module)
  }
  /** Compiles a module, which the guest can then import by its name. None of it runs. */
  compile(source: string, name: string) {
    this.#evaluate(source, name, flags.module | flags.compileOnly)
  }

  /** A handle of the one function by which the guest reaches the host. */
  hostFunction(): number {
    const name = this.#text('host')
    return this.#raw._QTS_NewFunction(this.#context, name, 3, 0, this.#raw._QTS_NewHostRef(this.#context, 1))
  }

  /** Calls a function of the guest. */
  call(handle: number, args: (string | Uint8Array | number)[]): number {
    const raw = this.#raw
    return this.#guarded(() => {
      const handles = args.map((arg) => (typeof arg === 'number' ? arg : this.#value(arg)))
      const list = this.#allocate(handles.length * 4)
      new Uint32Array(this.memory.buffer, list, handles.length).set(handles)
      const result = raw._QTS_Call(this.#context, handle, raw._QTS_GetUndefined(), handles.length, list)
      args.forEach((arg, at) => {
        if (typeof arg !== 'number') raw._QTS_FreeValuePointer(this.#context, handles[at] ?? 0)
      })
      raw._free(list)
      return result
    })
  }

  /** Runs some of the jobs that wait; whether any is left. */
  runJobs(most: number): boolean {
    const raw = this.#raw
    if (!raw._QTS_IsJobPending(this.#runtime)) return false
    const context = this.#allocate(4)
    this.#guarded(() => raw._QTS_ExecutePendingJob(this.#runtime, most, context))
    raw._free(context)
    return raw._QTS_IsJobPending(this.#runtime) !== 0
  }

  #evaluate(source: string, name: string, flag: number): number {
    return this.#guarded(() => {
      const [code, file] = [this.#text(source), this.#text(name)]
      const value = this.#raw._QTS_Eval(this.#context, code, Buffer.byteLength(source), file, 0, flag)
      this.#raw._free(code)
      this.#raw._free(file)
      return value
    })
  }

  #guarded(work: () => number): number {
    let value: number
    let thrown: number
    let text = ''
    try {
      value = work()
      thrown = this.#raw._QTS_ResolveException(this.#context, value)
      if (thrown) text = this.#take(this.#raw._QTS_Dump(this.#context, thrown)) ?? ''
    } catch (error) {
      if (error instanceof GuestError) throw error
      throw new Broken(error instanceof Error ? error.message : String(error))
    }
    if (thrown) throw new GuestError(text)
    return value
  }

  // Host function: QuickJS hands over `this`, and addresses of the arguments. 0 is undefined.
  #called(count: number, args: number): number {
    try {
      const raw = this.#raw
      const at = (n: number) => raw._QTS_ArgvGetJSValueConstPointer(args, n)
      const text = (n: number) => (n < count ? this.#take(raw._QTS_GetString(this.#context, at(n))) : null)
      const [kind, words] = [text(0), text(1)]
      if (kind === null || words === null) return 0
      const answer = this.#host.called(kind, words, count > 2 ? this.#bytes(at(2)) : null)
      return answer === null ? 0 : this.#value(answer)
    } catch {
      // Thrown through WebAssembly it would break the instance. The guest is told that there was no answer.
      return 0
    }
  }

  #bytes(handle: number): Uint8Array | null {
    const at = this.#raw._QTS_GetArrayBuffer(this.#context, handle)
    const size = this.#raw._QTS_GetArrayBufferLength(this.#context, handle)
    return at && size <= this.#host.longest() ? this.heap.slice(at, at + size) : null
  }

  #resolved(from: string, specifier: string): number {
    try {
      return this.#text(this.#host.resolve(from, specifier))
    } catch (error) {
      return this.#throw((error as Error).message)
    }
  }

  #throw(message: string): number {
    const raw = this.#raw
    const error = raw._QTS_NewError(this.#context)
    raw._QTS_SetProp(this.#context, error, this.#value('message'), this.#value(message))
    raw._QTS_Throw(this.#context, error)
    return 0
  }

  /** A C string of the guest's, which is then given back; null where it is none, or too long. */
  #take(at: number): string | null {
    if (!at) return null
    const end = this.heap.indexOf(0, at)
    const text = end - at > this.#host.longest() ? null : Buffer.from(this.memory.buffer, at, end - at).toString()
    this.#raw._QTS_FreeCString(this.#context, at)
    return text
  }

  #value(value: string | Uint8Array): number {
    if (typeof value === 'string') {
      const text = this.#text(value)
      const handle = this.#raw._QTS_NewString(this.#context, text)
      this.#raw._free(text)
      return handle
    }
    const at = this.#allocate(value.length)
    this.heap.set(value, at)
    return this.#raw._QTS_NewArrayBuffer(this.#context, at, value.length)
  }

  #text(text: string): number {
    const size = Buffer.byteLength(text)
    const at = this.#allocate(size + 1)
    Buffer.from(this.memory.buffer, at, size).write(text)
    this.heap[at + size] = 0
    return at
  }

  #allocate(size: number): number {
    const at = this.#raw._malloc(Math.max(1, size))
    if (!at) throw new GuestError('{"name":"InternalError","message":"out of memory"}')
    return at
  }
}
