export type WasmModule = { readonly kind: 'module' }
export type WasmMemory = { readonly buffer: ArrayBuffer }
export type WasmInstance = { readonly exports: object }

type Api = {
  compile: (bytes: Uint8Array) => Promise<WasmModule>
  Memory: new (pages: { initial: number; maximum: number }) => WasmMemory
  Instance: new (module: WasmModule, imports: object) => WasmInstance
}

/** The part of the API that is used here: its types otherwise come with those of a browser only. */
export const { compile, Memory, Instance } = (globalThis as unknown as { WebAssembly: Api }).WebAssembly
