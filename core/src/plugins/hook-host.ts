import { invalid } from '@cadre/contract/errors'
import { type HookEndpoint, Manifest, toolName } from '@cadre/contract/forgehook'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import type { ResolvedTool, ToolCall } from '../tools/resolved-tool.ts'
import { Connector } from '../tools/connector.ts'
import { EmbeddedPool } from '../tools/embedded-runtime.ts'
import { invokeTool } from '../tools/invoke-tool.ts'
import { loadBundled } from './load-bundled.ts'
import { selectPlugins, type StoredPlugin } from './plugins.store.ts'

/** `folder` of a bundled plugin, null for a registered one; `created_at` the other way round. */
export type KnownPlugin = { manifest: Manifest; folder: URL | null; created_at: number | null }

/** Every ForgeHook of this process, and the one place where tools are called. */
export type HookHost = {
  all: () => Promise<KnownPlugin[]>
  /** The tools that an agent's list stands for: all of a ForgeHook, or one (`hook__endpoint`). @throws INVALID naming `tools[i]`. */
  resolveTools: (refs: string[]) => Promise<ResolvedTool[]>
  /** Those of these tools that exist now. */
  findTools: (names: string[]) => Promise<ResolvedTool[]>
  /** @throws ToolError for all that the tool or its input does wrong. */
  invoke: (call: ToolCall) => Promise<unknown>
  close: () => Promise<void>
}

type Log = Parameters<typeof loadBundled>[1]

/** @param folders each holds ForgeHooks, one folder each. */
export function openHooks(app: { db: Db; log: Log }, folders: string[]): HookHost {
  const bundled = loadBundled(folders, app.log).map(({ manifest, folder }): KnownPlugin => ({ manifest, folder, created_at: null }))
  const onDefect = (tool: string, failure: object) => app.log.error({ tool, ...failure }, `tool ${tool} failed in an unforeseen way`)
  const runtimes = { embedded: new EmbeddedPool({ onDefect }), connector: new Connector() }
  const toolsOf = memoized((plugin: KnownPlugin) => plugin.manifest.endpoints.map((endpoint) => toTool(plugin, endpoint)))
  const stored = storedReader()

  const all = async () => [...bundled, ...(await selectPlugins(app.db.read)).map(stored)]
  const allTools = async () => (await all()).flatMap(toolsOf)

  return {
    all,
    async resolveTools(refs) {
      const plugins = refs.length === 0 ? [] : await all()
      const chosen = refs.flatMap((ref, i) => {
        const found = plugins.flatMap(toolsOf).filter((tool) => tool.hook_id === ref || tool.name === ref)
        if (found.length === 0) throw invalid(`tools[${i}]`, `there is no ForgeHook or tool '${ref}'; known: ${plugins.map((plugin) => plugin.manifest.id).join(', ')}`)
        return found
      })
      return [...new Map(chosen.map((tool) => [tool.name, tool])).values()]
    },
    async findTools(names) {
      const wanted = new Set(names)
      return names.length === 0 ? [] : (await allTools()).filter((tool) => wanted.has(tool.name))
    },
    invoke: (call) => invokeTool(runtimes, call),
    async close() {
      await runtimes.embedded.close()
      await runtimes.connector.close()
    },
  }
}

function toTool({ manifest, folder }: KnownPlugin, endpoint: HookEndpoint): ResolvedTool {
  const name = toolName(manifest.id, endpoint.path)
  const { runtime } = manifest
  return {
    name,
    hook_id: manifest.id,
    action: name.slice(manifest.id.length + 2),
    path: endpoint.path,
    description: endpoint.description || `${manifest.name}: ${endpoint.path.slice(1)}`,
    effect: endpoint.effect,
    input: endpoint.input,
    output: endpoint.output,
    limits: manifest.limits,
    network: manifest.permissions.network,
    runtime:
      runtime.type === 'http'
        ? { type: 'http', base_url: runtime.base_url, headers: runtime.headers ?? {} }
        : { type: 'embedded', entry: new URL(runtime.entry, folder ?? undefined).href },
  }
}

// Registered plugins are read anew each time, since another process may have changed them; parsed only when their text is new.
function storedReader() {
  const parsed = new Map<string, KnownPlugin>()
  return (row: StoredPlugin): KnownPlugin => {
    const known = parsed.get(row.id)
    if (known && texts.get(known) === row.manifest) return known
    const plugin = { manifest: Manifest.parse(fromJson(row.manifest)), folder: null, created_at: row.created_at }
    texts.set(plugin, row.manifest)
    parsed.set(row.id, plugin)
    return plugin
  }
}
const texts = new WeakMap<KnownPlugin, string>()

function memoized<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) made.set(key, (value = make(key)))
    return value
  }
}
