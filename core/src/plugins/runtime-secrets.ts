import type { ResolvedTool } from '../tools/resolved-tool.ts'

/** Where the manifest of a tool holds what opens its own server: headers or an environment, which go with each call. Null: nowhere. */
export function runtimeSecrets({ runtime }: Pick<ResolvedTool, 'runtime'>): 'runtime.headers' | 'runtime.env' | null {
  const holder = runtime.type === 'mcp' ? runtime.server : runtime
  if ('headers' in holder && Object.keys(holder.headers).length > 0) return 'runtime.headers'
  if ('env' in holder && Object.keys(holder.env).length > 0) return 'runtime.env'
  return null
}
