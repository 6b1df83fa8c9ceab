import { invalid } from '@cadre/contract/errors'
import { type HookEndpoint, type Manifest, toolName } from '@cadre/contract/forgehook'
import { type KeyConfig, unseal } from '../access/secrets.ts'
import type { Db } from '../storage/database.ts'
import { fromJson } from '../storage/json.ts'
import { Connector } from '../tools/connector.ts'
import { EmbeddedPool } from '../tools/embedded-runtime.ts'
import { invokeTool } from '../tools/invoke-tool.ts'
import type { ResolvedTool, ToolCall } from '../tools/resolved-tool.ts'
import { loadBundled } from './load-bundled.ts'
import { type StoredManifest, selectPlugins, type StoredPlugin } from './plugins.store.ts'

/** `folder` of a bundled plugin, null for a registered one; `created_at` the other way round. `headers`: sealed. */
export type KnownPlugin = { manifest: Manifest; folder: URL | null; created_at: number | null; headers: string | null }

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

type HostApp = { db: Db; log: Parameters<typeof loadBundled>[1]; config: KeyConfig }

/** @param folders each holds ForgeHooks, one folder each. */
export function openHooks(app: HostApp, folders: string[]): HookHost {
  const bundled = new Map(loadBundled(folders, app.log).map((plugin) => [plugin.manifest.id, { ...plugin, created_at: null, headers: null }]))
  const onDefect = (tool: string, failure: object) => app.log.error({ tool, ...failure }, `tool ${tool} failed in an unforeseen way`)
  const runtimes = { embedded: new EmbeddedPool({ onDefect }), connector: new Connector() }
  const toolsOf = memoized((plugin: KnownPlugin) => plugin.manifest.endpoints.map((endpoint) => toTool(app.config, plugin, endpoint)))
  const stored = storedReader()

  const all = async (): Promise<KnownPlugin[]> => {
    const rows = await selectPlugins(app.db.read)
    return [...bundled.values(), ...rows.filter(({ id }) => !bundled.has(id)).map(stored)]
  }

  // Most agents use bundled ForgeHooks only, and then the database is not asked.
  const toolsFor = async (refs: string[]): Promise<ResolvedTool[][]> => {
    const others = [...new Set(refs.map(hookIdOf))].filter((id) => !bundled.has(id))
    const rows = others.length === 0 ? [] : await selectPlugins(app.db.read, others)
    const registered = new Map(rows.map((row) => [row.id, stored(row)]))
    return refs.map((ref) => {
      const plugin = bundled.get(hookIdOf(ref)) ?? registered.get(hookIdOf(ref))
      return plugin ? toolsOf(plugin).filter((tool) => tool.hook_id === ref || tool.name === ref) : []
    })
  }

  return {
    all,
    async resolveTools(refs) {
      const found = await toolsFor(refs)
      const unknown = found.findIndex((tools) => tools.length === 0)
      if (unknown >= 0) {
        const known = (await all()).map((plugin) => plugin.manifest.id).join(', ')
        throw invalid(`tools[${unknown}]`, `there is no ForgeHook or tool '${refs[unknown]}'; known: ${known}`)
      }
      return [...new Map(found.flat().map((tool) => [tool.name, tool])).values()]
    },
    async findTools(names) {
      const wanted = new Set(names)
      return (await toolsFor(names)).flat().filter((tool) => wanted.has(tool.name))
    },
    invoke: (call) => invokeTool(runtimes, call),
    async close() {
      await runtimes.embedded.close()
      await runtimes.connector.close()
    },
  }
}

// An id has no underscore.
function hookIdOf(ref: string) {
  return ref.split('__', 1)[0] ?? ref
}

function toTool(config: KeyConfig, { manifest, folder, headers }: KnownPlugin, endpoint: HookEndpoint): ResolvedTool {
  const name = toolName(manifest.id, endpoint.path)
  const { runtime } = manifest
  const opened = headers === null ? undefined : (fromJson(unseal(config, headers, `plugins:${manifest.id}`)) as Record<string, string>)
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
        ? { type: 'http', base_url: runtime.base_url, headers: opened ?? runtime.headers ?? {} }
        : { type: 'embedded', entry: new URL(runtime.entry, folder ?? undefined).href },
  }
}

// Registered plugins are read anew each time, since another process may have changed them; parsed only when their text is new.
function storedReader() {
  const parsed = new Map<string, { text: string; plugin: KnownPlugin }>()
  return ({ id, manifest: text, created_at }: StoredPlugin): KnownPlugin => {
    const known = parsed.get(id)
    if (known?.text === text) return known.plugin
    const plugin = { ...(fromJson(text) as StoredManifest), folder: null, created_at }
    parsed.set(id, { text, plugin })
    return plugin
  }
}

function memoized<K extends object, V>(make: (key: K) => V): (key: K) => V {
  const made = new WeakMap<K, V>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) made.set(key, (value = make(key)))
    return value
  }
}
