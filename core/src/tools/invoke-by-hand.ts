import { CadreError } from '@cadre/contract/errors'
import { type Actor, requireOwner } from '../access/actor.ts'
import type { ResolvedTool, ToolCall } from './resolved-tool.ts'
import { ToolError } from './tool-error.ts'
import { compileSchema } from './tool-schema.ts'

type ByHandApp = {
  hooks: { findTools(names: string[]): Promise<ResolvedTool[]>; invoke(call: ToolCall): Promise<unknown> }
  newId: (prefix: string) => string
  now: () => number
}

/** One call of one tool outside of any run: how an owner tries a plugin. */
export async function invokeByHand(
  app: ByHandApp,
  actor: Actor,
  { tool: name, input }: { tool: string; input: Record<string, unknown> },
): Promise<{ output: unknown; duration_ms: number }> {
  requireOwner(actor)
  const [tool] = await app.hooks.findTools([name])
  if (!tool) throw new CadreError('TOOL_NOT_FOUND', `there is no tool '${name}'; GET /api/v1/plugins lists them`)
  const problems = compileSchema(tool.input)(input).map(({ path, message }) => ({ path: path === '' ? 'input' : `input.${path}`, message }))
  if (problems.length > 0) throw new CadreError('INVALID', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), problems)
  const began = performance.now()
  try {
    const output = await app.hooks.invoke({
      tool,
      input,
      idempotency_key: app.newId('call'),
      run_id: null,
      now: app.now(),
      signal: new AbortController().signal,
    })
    return { output: output ?? null, duration_ms: Math.round(performance.now() - began) }
  } catch (error) {
    if (error instanceof ToolError) throw new CadreError('TOOL_FAILED', error.message)
    throw error
  }
}
