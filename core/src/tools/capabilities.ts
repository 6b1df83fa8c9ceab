import type { HookRequest, HookResponse, SqlQuery } from '@cadre/contract/forgehook'
import type { FileRoots } from './files/file-roots.ts'
import { type ConnectionUrls, runSql } from './sql/run-sql.ts'
import type { SqlGuard } from './sql/sql-guard.ts'
import type { HookStore } from './hook-store.ts'
import type { Connector } from './network/connector.ts'
import { fetchForHook } from './network/fetch-for-hook.ts'
import type { ToolCall } from './resolved-tool.ts'
import { ToolError } from './tool-error.ts'

/** What a handler in a thread or in the sandbox may ask of the server, by name, with the arguments of HookCapabilities as a list. */
export type Ask = { what: string; args: unknown[] }
/** Bytes in an answer are a Uint8Array. Throws ToolError. */
export type Capabilities = (call: ToolCall, ask: Ask) => Promise<unknown>

export type OnSecret = (call: ToolCall, kind: 'secret' | 'connection', name: string) => void

export type CapabilityParts = {
  connector: Connector
  files: FileRoots
  sql: SqlGuard
  connections: ConnectionUrls
  store: HookStore
  /** CADRE_SECRET_<NAME>, by name. */
  secrets: Record<string, string>
  /** Told of each secret and connection that is handed out, by name. */
  onSecret: OnSecret
  log: { info: (context: object, message: string) => void }
}

const longestLine = 2_000

/**
 * The one place where ForgeHooks reach beyond their own code. Every way out is checked against the tool's grants here or by the wall
 * behind it, whatever thread, sandbox or process asks.
 */
export function openCapabilities(parts: CapabilityParts): Capabilities {
  const ways: Record<string, (call: ToolCall, args: unknown[]) => Promise<unknown>> = {
    fetch: (call, [url, request]): Promise<HookResponse> => {
      needGrant(call, 'network')
      return fetchForHook(parts.connector, call, text(url, 'url'), object(request ?? {}, 'request') as HookRequest)
    },
    'files.list': (call, [path]) => {
      needGrant(call, 'files')
      return parts.files.list(call.tool.grants.files, path === undefined || path === null ? undefined : text(path, 'path'))
    },
    'files.stat': (call, [path]) => {
      needGrant(call, 'files')
      return parts.files.stat(call.tool.grants.files, text(path, 'path'))
    },
    'files.read': (call, [path, range]) => {
      needGrant(call, 'files')
      const { offset = 0, max_bytes = call.tool.limits.memory_mb * 250_000 } = object(range ?? {}, 'range') as { offset?: number; max_bytes?: number }
      return parts.files.read(call.tool.grants.files, text(path, 'path'), { offset, max_bytes })
    },
    sql: (call, [query]) => runSql({ ...parts, connections: noted(parts, call) }, call, object(query, 'query') as SqlQuery),
    secret: (call, [name]) => Promise.resolve(secretOf(parts, call, text(name, 'name'))),
    'store.get': (call, [key]) => storeOf(parts, call).get(placeOf(call), text(key, 'key')),
    'store.set': (call, [key, value]) => storeOf(parts, call).set(placeOf(call), text(key, 'key'), value),
    'store.delete': (call, [key]) => storeOf(parts, call).delete(placeOf(call), text(key, 'key')),
    'store.keys': (call, [prefix]) => storeOf(parts, call).keys(placeOf(call), prefix === undefined || prefix === null ? '' : text(prefix, 'prefix')),
    log: ({ tool, run_id }, [message]) => {
      parts.log.info({ tool: tool.name, run_id }, String(message).slice(0, longestLine))
      return Promise.resolve()
    },
  }
  return async (call, { what, args }) => {
    const way = Object.hasOwn(ways, what) ? ways[what] : undefined
    if (!way) throw new ToolError(`there is no '${what}' for a ForgeHook`)
    call.signal.throwIfAborted()
    return way(call, args)
  }
}

function needGrant({ tool }: ToolCall, permission: 'network' | 'files') {
  if (tool.grants[permission].length === 0) throw new ToolError(`'${tool.hook_id}' may not do this: its permissions.${permission} is empty`)
}

/** The URLs of connections; each that is opened is told of. */
function noted({ connections, onSecret }: CapabilityParts, call: ToolCall): ConnectionUrls {
  return async (workspace, name) => {
    const url = await connections(workspace, name)
    onSecret(call, 'connection', name)
    return url
  }
}

function secretOf({ secrets, onSecret }: CapabilityParts, call: ToolCall, name: string): string {
  const { tool } = call
  if (!tool.grants.secrets.includes(name))
    throw new ToolError(`'${tool.hook_id}' may not see the secret '${name}': permissions.secrets does not name it`)
  const value = Object.hasOwn(secrets, name) ? secrets[name] : undefined
  if (value === undefined) throw new ToolError(`the secret '${name}' is not set: set CADRE_SECRET_${name.toUpperCase().replaceAll('-', '_')}`)
  onSecret(call, 'secret', name)
  return value
}

function placeOf({ workspace_id, tool }: ToolCall) {
  return { workspace_id, hook_id: tool.hook_id }
}

function storeOf({ store }: CapabilityParts, { tool }: ToolCall): HookStore {
  if (!tool.grants.store) throw new ToolError(`'${tool.hook_id}' may keep nothing: permissions.store is not true`)
  return store
}

function text(value: unknown, name: string): string {
  if (typeof value !== 'string') throw new ToolError(`${name}: must be text`)
  return value
}

function object(value: unknown, name: string): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ToolError(`${name}: must be an object`)
  return value
}
