import type { Capabilities } from '../capabilities.ts'
import type { CodeRuntime, Runtime } from '../resolved-tool.ts'

export type CodeOptions = { capabilities: Capabilities; log: { error: (context: object, message: string) => void } }

export function openCodeRuntime(_options: CodeOptions): Runtime<CodeRuntime> {
  return { call: () => Promise.reject(new Error('not there yet')), close: () => Promise.resolve() }
}
