import { CadreError } from '@cadre/contract/errors'
import type { Effect } from '@cadre/contract/manifest'
import type { Actor } from '../access/actor.ts'
import type { ResolvedTool } from '../tools/resolved-tool.ts'
import { ToolError } from '../tools/tool-error.ts'
import { compileSchema } from '../tools/tool-schema.ts'
import type { HookHost } from './hook-host.ts'
import { needPlugin } from './list-plugins.ts'

type InvokeApp = { hooks: HookHost; newId: (prefix: string) => string; now: () => number }
type Invocation = { id: string; path: string; input: Record<string, unknown>; dry_run: boolean }
export type Invoked = { tool: string; effect: Effect; dry_run: boolean; output: unknown; would: unknown; duration_ms: number }

/** One call of one endpoint outside of any run: how an owner tries a plugin. A dry run checks all and does nothing. */
export async function invokeEndpoint(app: InvokeApp, actor: Actor, { id, path, input, dry_run }: Invocation): Promise<Invoked> {
  const tool = await findEndpoint(app, actor, id, path)
  const problems = compileSchema(tool.input)(input).map(({ path: at, message }) => ({ path: at === '' ? 'input' : `input.${at}`, message }))
  if (problems.length > 0) throw new CadreError('INVALID', problems.map((each) => `${each.path}: ${each.message}`).join('; '), problems)
  const { signal } = new AbortController()
  const { workspace_id } = actor
  const call = { tool, workspace_id, input, idempotency_key: app.newId('call'), run_id: null, now: app.now(), signal }
  const began = performance.now()
  try {
    const output = dry_run ? null : await app.hooks.invoke(call)
    const would = dry_run ? await app.hooks.preview(call) : null
    return { tool: tool.name, effect: tool.effect, dry_run, output: output ?? null, would, duration_ms: Math.round(performance.now() - began) }
  } catch (error) {
    if (error instanceof ToolError) throw new CadreError('TOOL_FAILED', error.detail ?? error.message)
    throw error
  }
}

async function findEndpoint(app: InvokeApp, actor: Actor, id: string, path: string): Promise<ResolvedTool> {
  const { manifest } = await needPlugin(app, actor, id)
  const tools = await app.hooks.resolveTools(actor.workspace_id, [id])
  const wanted = path.replace(/^\//, '')
  const tool = tools.find((each) => each.path === `/${wanted}` || each.action === wanted || each.name === wanted)
  if (!tool)
    throw new CadreError(
      'TOOL_NOT_FOUND',
      `'${id}' has no endpoint '${path}'; it has ${manifest.endpoints.map((each) => each.path.slice(1)).join(', ')}`,
    )
  return tool
}
