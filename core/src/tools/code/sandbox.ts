import { readFileSync } from 'node:fs'
import { captureMemory, type MemoryImage, restoreMemory } from './memory-image.ts'
import { GuestError, type Host, type Places, QuickJs } from './quickjs.ts'
import type { WasmModule } from './web-assembly.ts'

const read = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8')

const contract = '@cadre/contract/forgehook'
const contractSource = `const { HookError, defineHook } = globalThis.forgehook
delete globalThis.forgehook
export const definition = 'definition'
export { HookError, defineHook }`
/** How stack traces name the user's source. */
const toolFile = 'tool.js'
const preludeFile = 'cadre:prelude'

/** The memory of a QuickJS with the prelude in it, and where to find what in it. */
export type SandboxBase = { places: Places; enter: number; image: MemoryImage }

/** Made once: it takes 20 ms, and every thread begins with a copy. Only our own code runs in it. */
export async function makeBase(wasm: WasmModule): Promise<SandboxBase> {
  const nothing = { called: () => null, interrupted: () => false, longest: () => 1_000_000, resolve }
  const js = await QuickJs.open(wasm, 64, nothing)
  const parts = js.call(js.script(read('guest-prelude.js'), preludeFile), [js.hostFunction()])
  const enter = js.call(js.script(read('guest-globals.js'), 'cadre:globals'), [parts])
  js.module(contractSource, contract)
  return { places: js.places, enter, image: captureMemory(js.heap) }
}

/**
 * QuickJS for the code of users. Every call finds the memory as it was when its source had been compiled and nothing of it had run.
 */
export class Sandbox {
  readonly #js: QuickJs
  readonly #base: SandboxBase
  readonly #memoryMb: number
  /** Source that was compiled once, or the memory with it. */
  readonly #compiled = new Map<string, string | MemoryImage>()
  #untouched = true
  /** Whose image the memory is now, as long as nothing has run in it. */
  #ready: string | null = null

  static async open(wasm: WasmModule, base: SandboxBase, memoryMb: number, host: Omit<Host, 'resolve'>): Promise<Sandbox> {
    return new Sandbox(await QuickJs.open(wasm, memoryMb, { ...host, resolve }, base.places), base, memoryMb)
  }

  private constructor(js: QuickJs, base: SandboxBase, memoryMb: number) {
    this.#js = js
    this.#base = base
    this.#memoryMb = memoryMb
    for (const { at, bytes } of base.image) js.heap.set(bytes, at)
  }

  get heap(): Uint8Array {
    return this.#js.heap
  }

  /** Compiles the source of a module. Throws Error in words, with the line. */
  load(entry: string, source: string) {
    if (!this.#untouched) restoreMemory(this.#js.heap, this.#base.image)
    this.#ready = null
    try {
      this.#js.limitMemory(this.#memoryMb * 1_048_576)
      this.#js.compile(source, toolFile)
    } catch (error) {
      restoreMemory(this.#js.heap, this.#base.image)
      throw error instanceof GuestError ? new Error(inWords(error)) : error
    }
    this.#untouched = false
    this.#compiled.set(entry, source)
    this.#ready = entry
  }

  has(entry: string) {
    return this.#compiled.has(entry)
  }

  /** To be called before anything of a source runs, and again, at leisure, after it ran. */
  prepare(entry: string) {
    if (this.#ready === entry) return
    const known = this.#compiled.get(entry)
    if (known === undefined) throw new Error(`${entry} is not loaded`)
    if (typeof known === 'object') {
      restoreMemory(this.#js.heap, known)
      this.#ready = entry
    } else {
      // The image is made at leisure: the very first call is not to wait 4 ms for it.
      this.load(entry, known)
      this.#compiled.set(entry, captureMemory(this.#js.heap))
    }
  }

  /** Calls the prelude. Throws GuestError where even that could not go on, and Broken where WebAssembly gave up. */
  enter(kind: string, text: string, bytes?: Uint8Array) {
    this.#ready = null
    this.#js.call(this.#base.enter, bytes ? [kind, text, bytes] : [kind, text])
  }
  runJobs(most: number): boolean {
    return this.#js.runJobs(most)
  }
}

function resolve(from: string, specifier: string): string {
  if (specifier === contract || (specifier === toolFile && from === preludeFile)) return specifier
  throw new Error(`'${specifier.slice(0, 200)}' cannot be imported here: code has '${contract}' and no other module`)
}

/** An error of compiling, which the prelude did not see. */
function inWords({ message: text }: GuestError): string {
  const { name = 'Error', message = text, stack = '' } = parsed(text)
  const [, line, column] = /:(\d+):(\d+)\)?\s*$/.exec(stack.trimEnd().split('\n')[0] ?? '') ?? []
  return `${name === 'Error' ? '' : `${name}: `}${message}${line ? ` (line ${line}, column ${column})` : ''}`
}

function parsed(text: string): { name?: string; message?: string; stack?: string } {
  try {
    return JSON.parse(text) as object
  } catch {
    return {}
  }
}
