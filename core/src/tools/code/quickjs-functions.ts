import makeModule from '@jitl/quickjs-ng-wasmfile-release-sync/emscripten-module'
import { Instance, type WasmInstance, type WasmMemory, type WasmModule } from './web-assembly.ts'

type Functions =
  | '_QTS_ArgvGetJSValueConstPointer'
  | '_QTS_Call'
  | '_QTS_Dump'
  | '_QTS_Eval'
  | '_QTS_ExecutePendingJob'
  | '_QTS_FreeCString'
  | '_QTS_FreeValuePointer'
  | '_QTS_GetArrayBuffer'
  | '_QTS_GetArrayBufferLength'
  | '_QTS_GetString'
  | '_QTS_GetUndefined'
  | '_QTS_IsJobPending'
  | '_QTS_NewArrayBuffer'
  | '_QTS_NewContext'
  | '_QTS_NewError'
  | '_QTS_NewFunction'
  | '_QTS_NewHostRef'
  | '_QTS_NewRuntime'
  | '_QTS_NewString'
  | '_QTS_ResolveException'
  | '_QTS_RuntimeEnableInterruptHandler'
  | '_QTS_RuntimeEnableModuleLoader'
  | '_QTS_RuntimeSetMaxStackSize'
  | '_QTS_RuntimeSetMemoryLimit'
  | '_QTS_SetProp'
  | '_QTS_Throw'
  | '_free'
  | '_malloc'

/** The C functions that are used here. Each number is an address in the WebAssembly memory; handles are addresses of QuickJS values. */
export type Raw = Record<Functions, (...args: number[]) => number> & {
  HEAPU8: Uint8Array
  callbacks: object
}

const make = makeModule as unknown as (options: object) => Promise<Raw>

/** An instance whose memory is given. What its C library would print goes nowhere. */
export function instantiate(wasm: WasmModule, wasmMemory: WasmMemory): Promise<Raw> {
  return make({
    wasmMemory,
    print: () => {},
    printErr: () => {},
    instantiateWasm(imports: object, done: (instance: WasmInstance) => void) {
      done(new Instance(wasm, imports))
      return {}
    },
  })
}
