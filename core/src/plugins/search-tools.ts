import type { Effect, JsonSchema } from '@cadre/contract/manifest'
import type { Actor } from '../access/actor.ts'
import { rankTools } from '../tools/rank-tools.ts'
import type { HookHost } from './hook-host.ts'

export type FoundTool = { tool: string; plugin: string; path: string; description: string; effect: Effect; input: JsonSchema; score: number }

/** The tools of all ForgeHooks of the workspace that fit a question, best first. */
export async function searchTools(
  app: { hooks: HookHost },
  actor: Actor,
  { q, limit }: { q: string; limit: number },
): Promise<{ items: FoundTool[]; next_cursor: null }> {
  const plugins = await app.hooks.all(actor.workspace_id)
  // Some have lifecycle hooks and no tools.
  const ids = plugins.flatMap(({ manifest }) => (manifest.endpoints.length > 0 ? manifest.id : []))
  const tools = await app.hooks.resolveTools(actor.workspace_id, ids)
  const items = rankTools(tools, q, limit).map(({ tool, score }) => ({
    tool: tool.name,
    plugin: tool.hook_id,
    path: tool.path,
    description: tool.description,
    effect: tool.effect,
    input: tool.input,
    score: Math.round(score * 1000) / 1000,
  }))
  return { items, next_cursor: null }
}
