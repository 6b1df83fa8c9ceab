import type { ResolvedTool, Runtime, ToolCall } from './resolved-tool.ts'
import { validateInput, validateOutput } from './tool-schema.ts'

type Kinds = ResolvedTool['runtime']
export type Runtimes = { [T in Kinds['type']]: Runtime<Extract<Kinds, { type: T }>> }

/**
 * One call of a tool under its manifest: the input must fit its schema, the call keeps to its limits, and the output must fit its schema
 * where there is one. Throws ToolError in plain words, or the signal's reason when that is aborted first.
 */
export async function invokeTool(runtimes: Runtimes, call: ToolCall): Promise<unknown> {
  const { tool } = call
  call.signal.throwIfAborted()
  validateInput(tool, call.input)
  const runtime = runtimes[tool.runtime.type] as Runtime
  const output = await runtime.call(call, tool.runtime)
  validateOutput(tool, output)
  return output
}

/** What the call would do, without doing it: everything is checked as for the call itself. */
export async function previewTool(runtimes: Runtimes, call: ToolCall): Promise<unknown> {
  const { tool } = call
  validateInput(tool, call.input)
  const runtime = runtimes[tool.runtime.type] as Runtime
  const how = runtime.preview ? await runtime.preview(call, tool.runtime) : { input: call.input }
  return { call: tool.name, runtime: tool.runtime.type, effect: tool.effect, ...how }
}
