import type { Connector } from './connector.ts'
import type { EmbeddedPool } from './embedded-runtime.ts'
import { callHttp } from './http-runtime.ts'
import type { ToolCall } from './resolved-tool.ts'
import { validateInput, validateOutput } from './tool-schema.ts'

export type Runtimes = { embedded: EmbeddedPool; connector: Connector }

/**
 * One call of a tool under its manifest: the input must fit its schema, the call keeps to its limits, and the output must fit its schema
 * where there is one. Throws ToolError in plain words, or the signal's reason when that is aborted first.
 */
export async function invokeTool(runtimes: Runtimes, call: ToolCall): Promise<unknown> {
  const { tool } = call
  call.signal.throwIfAborted()
  validateInput(tool, call.input)
  const output =
    tool.runtime.type === 'embedded' ? await runtimes.embedded.call(call, tool.runtime) : await callHttp(runtimes.connector, call, tool.runtime)
  validateOutput(tool, output)
  return output
}
