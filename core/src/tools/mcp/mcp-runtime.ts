import type { HookEndpoint } from '@cadre/contract/manifest'
import { explainNetworkError } from '../network/explain-network-error.ts'
import type { Connector } from '../network/connector.ts'
import type { McpRuntime, Runtime, ToolCall } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import { endpointsOf } from './mcp-offer.ts'
import { type McpResult, type McpServer, type McpSession, openSession } from './mcp-session.ts'

/** Told what the server behind a ForgeHook offers, whenever it was asked. */
export type OnOffer = (workspace: string, hookId: string, endpoints: HookEndpoint[]) => void

export type McpOptions = { connector: Connector; onOffer: OnOffer; idle_ms?: number }
export type McpRuntimes = Runtime<McpRuntime> & {
  /** What the server offers now, asked anew. Throws ToolError. */
  discover: (server: McpServer, grants: string[]) => Promise<HookEndpoint[]>
}

type Kept = { session: Promise<McpSession>; calls: number; idle: NodeJS.Timeout | null }

/**
 * Calls tools of MCP servers. One session to each server for each workspace, since it may remember things, opened at the first call and kept while it is used. A tool is called only while
 * the server describes it as it did when it was approved: descriptions are prompts, and a server may change them at any time.
 */
export function openMcpRuntime({ connector, onOffer, idle_ms = 300_000 }: McpOptions): McpRuntimes {
  const sessions = new Map<string, Kept>()
  const never = new AbortController().signal

  const open = (server: McpServer, grants: string[]) =>
    openSession(server, connector.fetchFor(grants, server.type === 'http' ? new URL(server.url) : null), never)

  const drop = (key: string, kept: Kept) => {
    if (sessions.get(key) === kept) sessions.delete(key)
    if (kept.idle) clearTimeout(kept.idle)
    // One that never opened has told its caller why.
    return kept.session.then(
      (session) => session.close(),
      () => {},
    )
  }

  const sessionFor = async (key: string, call: ToolCall, runtime: McpRuntime): Promise<{ kept: Kept; session: McpSession }> => {
    const known = sessions.get(key)
    if (known && !(await known.session).stale) return { kept: known, session: await known.session }
    if (known) void drop(key, known)
    const kept: Kept = { session: open(runtime.server, call.tool.grants.network), calls: 0, idle: null }
    sessions.set(key, kept)
    try {
      const session = await kept.session
      onOffer(call.workspace_id, call.tool.hook_id, endpointsOf(session.tools))
      return { kept, session }
    } catch (error) {
      sessions.delete(key)
      throw error
    }
  }

  return {
    async call(call, runtime) {
      const key = JSON.stringify([call.workspace_id, runtime.server, call.tool.grants.network])
      const { kept, session } = await stopping(call, sessionFor(key, call, runtime))
      needApproved(session, call, runtime)
      kept.calls++
      if (kept.idle) clearTimeout(kept.idle)
      try {
        return outputOf(call, await callSession(session, call, runtime))
      } finally {
        if (--kept.calls === 0 && sessions.get(key) === kept) kept.idle = setTimeout(() => void drop(key, kept), idle_ms).unref()
      }
    },
    async discover(server, grants) {
      const session = await open(server, grants)
      await session.close()
      return endpointsOf(session.tools)
    },
    async close() {
      await Promise.all([...sessions].map(([key, kept]) => drop(key, kept)))
    },
  }
}

/** The caller is answered at its abort, however long the server takes to start. */
function stopping<T>(call: ToolCall, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(call.signal.reason)
    call.signal.addEventListener('abort', onAbort, { once: true })
    work.then(resolve, reject).finally(() => call.signal.removeEventListener('abort', onAbort))
  })
}

function needApproved(session: McpSession, { tool }: ToolCall, runtime: McpRuntime) {
  const now = endpointsOf(session.tools).find(({ mcp }) => mcp?.tool === runtime.tool)
  if (!now) throw new ToolError(`the MCP server of '${tool.hook_id}' no longer offers '${runtime.tool}'`)
  if (now.mcp?.hash === runtime.hash) return
  throw new ToolError(
    `the MCP server of '${tool.hook_id}' describes '${runtime.tool}' in another way than when it was approved; it is not called until somebody approves it again (GET and POST /api/v1/plugins/${tool.hook_id}/approve)`,
  )
}

async function callSession(session: McpSession, call: ToolCall, runtime: McpRuntime): Promise<McpResult> {
  const { timeout_ms } = call.tool.limits
  try {
    return await session.call(runtime.tool, call.input as Record<string, unknown>, { signal: call.signal, timeout_ms })
  } catch (error) {
    call.signal.throwIfAborted()
    const { code, message } = error as { code?: number; message: string }
    if (code === -32001)
      throw new ToolError(`'${call.tool.name}' took longer than its limit of ${timeout_ms} ms (limits.timeout_ms)`, { uncertain: true })
    const network = runtime.server.type === 'http' ? explainNetworkError(error, runtime.server.url) : null
    if (network) throw new ToolError(network.message, { retryable: network.passing, uncertain: network.sent })
    throw new ToolError(`'${call.tool.name}' failed: ${message.replace(/^MCP error -?\d+: /, '')}`, { uncertain: true, cause: error })
  }
}

/** Structured content where there is some; else the text, as JSON where it is an object or a list; else the blocks as they came. */
function outputOf({ tool }: ToolCall, { content, structuredContent, isError }: McpResult): unknown {
  const texts = content.map(({ text }) => text).filter((text) => text !== undefined)
  if (isError) throw new ToolError(texts.join('\n').slice(0, 2_000) || `'${tool.name}' failed without saying why`)
  const output = structuredContent ?? (texts.length === content.length ? fromText(texts.join('\n')) : content)
  const bytes = Buffer.byteLength(JSON.stringify(output))
  if (bytes > tool.limits.output_bytes)
    throw new ToolError(`the output has ${bytes} bytes; the limit is ${tool.limits.output_bytes} (limits.output_bytes)`, { uncertain: true })
  return output
}

function fromText(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text
  try {
    return JSON.parse(text)
  } catch {
    return text // it only looked like JSON
  }
}
