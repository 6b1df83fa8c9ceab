import { readFileSync } from 'node:fs'
import { invalid } from '@cadre/contract/errors'
import { lifecycleOf } from '@cadre/contract/lifecycle-hooks'
import type { Manifest } from '@cadre/contract/manifest'
import { getBlob } from '../storage/blobs.ts'
import { fromJson } from '../storage/json.ts'
import { stripTypes } from '../tools/code/strip-types.ts'
import { invokeTool, previewTool } from '../tools/invoke-tool.ts'
import type { OnSecret } from '../tools/capabilities.ts'
import type { McpRuntimes, OnOffer } from '../tools/mcp/mcp-runtime.ts'
import type { Connector } from '../tools/network/connector.ts'
import { openRuntimes, type RuntimesApp } from '../tools/open-runtimes.ts'
import type { ToolCall } from '../tools/resolved-tool.ts'
import type { ConnectionUrls } from '../tools/sql/run-sql.ts'
import type { AgentTool } from './data-labels.ts'
import type { KnownPlugin, PendingOffer } from './known-plugin.ts'
import type { OfferedHook } from './lifecycle/lifecycle.ts'
import { loadBundled } from './load-bundled.ts'
import { type StoredManifest, selectPlugins, type StoredPlugin } from './plugins.store.ts'
import { runtimeSecrets } from './runtime-secrets.ts'
import { type ToolConfig, toLifecycleTool, toTool } from './to-tool.ts'

/** Every ForgeHook of this process, and the one place where tools are called. A workspace has the bundled ones and those that it registered. */
export type HookHost = {
  all: (workspace: string) => Promise<KnownPlugin[]>
  find: (workspace: string, id: string) => Promise<KnownPlugin | undefined>
  /** The tools that an agent's list stands for: all of a ForgeHook, or one (`hook__endpoint`). @throws INVALID naming `tools[i]`. */
  resolveTools: (workspace: string, refs: string[]) => Promise<AgentTool[]>
  /** Those of these tools that exist now, for a run that is about to call them: a thread for code starts meanwhile. */
  findTools: (workspace: string, names: string[]) => Promise<AgentTool[]>
  /** The lifecycle hooks of those of these ForgeHooks that are there, by their ids. */
  lifecycleOf: (workspace: string, ids: string[]) => Promise<Map<string, OfferedHook[]>>
  /** @throws ToolError for all that the tool or its input does wrong. */
  invoke: (call: ToolCall) => Promise<unknown>
  /** What `invoke` would do, without doing it. */
  preview: (call: ToolCall) => Promise<unknown>
  /** What an MCP server offers now. Throws ToolError. */
  discover: McpRuntimes['discover']
  /** The way out for what registering a plugin has to fetch. */
  connector: Connector
  close: () => Promise<void>
}

export type HostApp = Omit<RuntimesApp, 'config'> & { config: RuntimesApp['config'] & ToolConfig }
export type HostParts = {
  /** Each holds ForgeHooks, one folder each. */
  folders: string[]
  connections: ConnectionUrls
  onOffer: OnOffer
  onSecret: OnSecret
}

export function openHooks(app: HostApp, { folders, connections, onOffer, onSecret }: HostParts): HookHost {
  const bundled = new Map(loadBundled(folders, app.log).map((plugin) => [plugin.manifest.id, { ...plugin, ...unregistered }]))
  const { runtimes, connector, close } = openRuntimes(app, connections, onOffer, onSecret)
  const stored = storedReader()
  const sourceOf = sourceReader(app)
  const toolsOf = memoized(async (plugin: KnownPlugin) => {
    const source = await sourceOf(plugin)
    return plugin.manifest.endpoints.map((endpoint) => toTool(app.config, plugin, endpoint, source))
  })

  const lifecycleToolsOf = memoized(async (plugin: KnownPlugin) => {
    const source = await sourceOf(plugin)
    return lifecycleOf(plugin.manifest).map(({ point, hook }) => ({ point, hook, tool: toLifecycleTool(app.config, plugin, point, hook, source) }))
  })

  const all = async (workspace: string): Promise<KnownPlugin[]> => {
    const rows = await selectPlugins(app.db.read, workspace)
    return [...bundled.values(), ...rows.filter(({ id }) => !bundled.has(id)).map(stored)]
  }

  // Most agents use bundled ForgeHooks only, and then the database is not asked.
  const pluginsFor = async (workspace: string, ids: string[]): Promise<Map<string, KnownPlugin>> => {
    const others = ids.filter((id) => !bundled.has(id))
    const rows = others.length === 0 ? [] : await selectPlugins(app.db.read, workspace, others)
    return new Map([...bundled, ...rows.map((row) => [row.id, stored(row)] as const)])
  }

  const toolsFor = async (workspace: string, refs: string[]): Promise<AgentTool[][]> => {
    const plugins = await pluginsFor(workspace, [...new Set(refs.map(hookIdOf))])
    return Promise.all(
      refs.map(async (ref) => {
        const plugin = plugins.get(hookIdOf(ref))
        return plugin ? (await toolsOf(plugin)).filter((tool) => tool.hook_id === ref || tool.name === ref) : []
      }),
    )
  }

  return {
    all,
    find: async (workspace, id) => (await pluginsFor(workspace, [id])).get(id),
    async resolveTools(workspace, refs) {
      const found = await toolsFor(workspace, refs)
      const unknown = found.findIndex((tools) => tools.length === 0)
      if (unknown >= 0) {
        const known = (await all(workspace)).flatMap(({ manifest }) => (manifest.endpoints.length > 0 ? manifest.id : [])).join(', ')
        throw invalid(`tools[${unknown}]`, `there is no ForgeHook or tool '${refs[unknown]}'; known: ${known}`)
      }
      return [...new Map(found.flat().map((tool) => [tool.name, tool])).values()]
    },
    async findTools(workspace, names) {
      const wanted = new Set(names)
      const found = (await toolsFor(workspace, names)).flat().filter((tool) => wanted.has(tool.name))
      const code = found.find((tool) => tool.runtime.type === 'code')
      if (code) runtimes.code.standBy(code.limits.memory_mb)
      return found
    },
    async lifecycleOf(workspace, ids) {
      const plugins = await pluginsFor(workspace, ids)
      const found = await Promise.all(
        ids
          .flatMap((id) => plugins.get(id) ?? [])
          .map(async (plugin) => {
            try {
              return [[plugin.manifest.id, await lifecycleToolsOf(plugin)] as const]
            } catch (err) {
              app.log.error({ err, plugin: plugin.manifest.id }, 'a ForgeHook cannot be read; its lifecycle hooks fail')
              return []
            }
          }),
      )
      return new Map(found.flat())
    },
    invoke(call) {
      const held = runtimeSecrets(call.tool)
      if (held !== null) onSecret(call, 'secret', held)
      return invokeTool(runtimes, call)
    },
    preview: (call) => previewTool(runtimes, call),
    discover: runtimes.mcp.discover,
    connector,
    close,
  }
}

const unregistered = { workspace_id: null, created_at: null, sealed: null, source: null, pending: null, offer: null }

// An id has no underscore.
function hookIdOf(ref: string) {
  return ref.split('__', 1)[0] ?? ref
}

// Registered plugins are read anew each time, since another process may have changed them; parsed only when their text is new.
function storedReader() {
  const parsed = new Map<string, { text: string; plugin: KnownPlugin }>()
  return ({ workspace_id, id, manifest, created_at, pending }: StoredPlugin): KnownPlugin => {
    const text = `${manifest}\n${pending}`
    const key = JSON.stringify([workspace_id, id])
    const known = parsed.get(key)
    if (known?.text === text) return known.plugin
    const offer = pending === null ? null : (fromJson(pending) as PendingOffer)
    const plugin = { workspace_id, ...(fromJson(manifest) as StoredManifest), folder: null, created_at, pending: offer }
    parsed.set(key, { text, plugin })
    return plugin
  }
}

/** JavaScript of a code ForgeHook: from its folder, or from the blob of the one that was registered; null for the others. */
function sourceReader({ db }: HostApp) {
  return async ({ manifest: { runtime }, folder, source }: KnownPlugin): Promise<string | null> => {
    if (runtime.type !== 'code') return null
    const text = folder === null ? await getBlob(db.read, source ?? '') : sourceInFolder(runtime, folder)
    return runtime.language === 'typescript' ? stripTypes(text) : text
  }
}

function sourceInFolder(runtime: Extract<Manifest['runtime'], { type: 'code' }>, folder: URL): string {
  return runtime.source ?? readFileSync(new URL(runtime.entry ?? './index.ts', folder), 'utf8')
}

/** What failed is made anew the next time. */
function memoized<K extends object, V>(make: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const made = new WeakMap<K, Promise<V>>()
  return (key) => {
    let value = made.get(key)
    if (value === undefined) {
      made.set(key, (value = make(key)))
      value.catch(() => made.delete(key))
    }
    return value
  }
}
