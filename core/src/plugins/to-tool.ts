import type { LifecycleHook, LifecyclePoint } from '@cadre/contract/lifecycle-hooks'
import { type HookEndpoint, type Manifest, toolName } from '@cadre/contract/manifest'
import { defaultWorkspace } from '../access/actor.ts'
import { type KeyConfig, unseal } from '../access/secrets.ts'
import { fromJson } from '../storage/json.ts'
import { hostPortOf } from '../tools/network/network-rules.ts'
import type { ResolvedTool } from '../tools/resolved-tool.ts'
import { type AgentTool, labelsOf } from './data-labels.ts'
import type { KnownPlugin } from './known-plugin.ts'
import type { RuntimeSecrets } from './set-apart.ts'

export type ToolConfig = KeyConfig & { private_hosts: string[]; hooks: Record<string, Record<string, unknown>>; hook_env: Record<string, string> }

/** @param source of a code ForgeHook: JavaScript. */
export function toTool(config: ToolConfig, plugin: KnownPlugin, endpoint: HookEndpoint, source: string | null): AgentTool {
  const { manifest } = plugin
  const name = toolName(manifest.id, endpoint.path)
  const settings = settingsFor(config, plugin)
  return {
    name,
    hook_id: manifest.id,
    action: name.slice(manifest.id.length + 2),
    path: endpoint.path,
    description: endpoint.description || `${manifest.name}: ${endpoint.path.slice(1)}`,
    effect: endpoint.effect,
    ...labelsOf(manifest, endpoint),
    input: endpoint.input,
    output: endpoint.output,
    limits: manifest.limits,
    grants: { ...manifest.permissions, network: networkOf(config, manifest, settings) },
    settings,
    runtime: runtimeOf(config, plugin, endpoint, source),
  }
}

/** A lifecycle hook is called as an endpoint is, under its own time limit. What it is given and may answer is the contract's to say. */
export function toLifecycleTool(
  config: ToolConfig,
  plugin: KnownPlugin,
  point: LifecyclePoint,
  hook: LifecycleHook,
  source: string | null,
): ResolvedTool {
  const { description, timeout_ms } = hook
  const endpoint = { path: `/${point}`, description, effect: 'idempotent', input: { type: 'object' } } satisfies HookEndpoint
  return { ...toTool(config, plugin, endpoint, source), limits: { ...plugin.manifest.limits, timeout_ms } }
}

/** The operator means folders of this server and what the first workspace registered: elsewhere, an id is whatever somebody chose. */
function settingsFor(config: ToolConfig, { workspace_id, manifest }: KnownPlugin): Record<string, unknown> {
  return workspace_id === null || workspace_id === defaultWorkspace ? settingsOf(config, manifest.id) : {}
}

/** What the operator set for a ForgeHook: the environment over cadre.yaml. */
export function settingsOf(config: ToolConfig, id: string): Record<string, unknown> {
  const prefix = `${id.toUpperCase().replaceAll('-', '_')}_`
  const fromEnv = Object.entries(config.hook_env)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]) => [name.slice(prefix.length).toLowerCase(), value] as const)
  return { ...config.hooks[id], ...Object.fromEntries(fromEnv) }
}

// `*` takes the operator's private hosts with it; `settings:url` is the host that the operator named there, wherever it is.
function networkOf(config: ToolConfig, { permissions }: Manifest, settings: Record<string, unknown>): string[] {
  return permissions.network.flatMap((grant) => {
    if (grant === '*') return ['*', ...config.private_hosts]
    if (!grant.startsWith('settings:')) return [grant]
    const url = settings[grant.slice('settings:'.length)]
    return typeof url === 'string' && /^https?:\/\//i.test(url) && URL.canParse(url) ? [hostPortOf(new URL(url))] : []
  })
}

function runtimeOf(config: ToolConfig, plugin: KnownPlugin, endpoint: HookEndpoint, source: string | null): ResolvedTool['runtime'] {
  const { manifest, folder } = plugin
  const { runtime } = manifest
  switch (runtime.type) {
    case 'embedded':
      return { type: 'embedded', entry: new URL(runtime.entry, folder ?? undefined).href }
    case 'http':
      return { type: 'http', base_url: runtime.base_url, headers: opened(config, plugin) ?? runtime.headers ?? {}, request: endpoint.request }
    case 'code':
      return { type: 'code', source: source ?? '' }
    case 'container': {
      const { image, command, cpus, pids } = runtime
      return { type: 'container', image, command, env: opened(config, plugin) ?? runtime.env ?? {}, cpus, pids }
    }
    case 'mcp': {
      const { transport } = runtime
      const secrets = opened(config, plugin)
      const server =
        transport.type === 'http'
          ? { type: 'http' as const, url: transport.url, headers: secrets ?? transport.headers ?? {} }
          : { type: 'stdio' as const, command: transport.command, args: transport.args, env: secrets ?? transport.env ?? {} }
      return { type: 'mcp', server, tool: endpoint.mcp?.tool ?? endpoint.path.slice(1), hash: endpoint.mcp?.hash ?? '' }
    }
  }
}

/** The secret values of a registered ForgeHook's runtime. */
export function opened(config: KeyConfig, { workspace_id, manifest, sealed }: KnownPlugin): RuntimeSecrets | null {
  if (sealed === null || workspace_id === null) return null
  return fromJson(unseal(config, sealed, `plugins:${manifest.id}`, workspace_id)) as RuntimeSecrets
}
