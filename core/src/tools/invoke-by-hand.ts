import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { ResolvedTool, ToolCall } from './resolved-tool.ts'
import { ToolError } from './tool-error.ts'

type InvokeApp = {
  hooks: { findTools: (names: string[]) => Promise<ResolvedTool[]>; invoke: (call: ToolCall) => Promise<unknown> }
  newId: (prefix: string) => string
  now: () => number
}

/** Calls one tool outside of any run, to try it. @throws TOOL_NOT_FOUND, TOOL_FAILED with the tool's own words. */
export async function invokeByHand(app: InvokeApp, actor: Actor, input: { tool: string; input: Record<string, unknown> }): Promise<{ output: unknown; duration_ms: number }> {
  requireOwner(actor)
  const [tool] = await app.hooks.findTools([input.tool])
  if (!tool) throw new CadreError('TOOL_NOT_FOUND', `there is no tool '${input.tool}'`)
  const began = performance.now()
  try {
    const signal = AbortSignal.timeout(tool.limits.timeout_ms + 1000)
    const output = await app.hooks.invoke({ tool, input: input.input, idempotency_key: app.newId('call'), run_id: null, now: app.now(), signal })
    return { output: output ?? null, duration_ms: Math.round(performance.now() - began) }
  } catch (error) {
    if (error instanceof ToolError) throw new CadreError('TOOL_FAILED', error.message)
    throw error
  }
}
