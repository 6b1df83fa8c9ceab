import type { Client } from '@modelcontextprotocol/sdk/client/index.js'
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js'
import type { McpRuntime } from '../resolved-tool.ts'
import { ToolError } from '../tool-error.ts'
import type { McpTool } from './mcp-offer.ts'

export type McpServer = McpRuntime['server']
/** How a session reaches an http server: fetch through the connector. */
export type CheckedFetch = typeof fetch

export type McpSession = {
  tools: McpTool[]
  /** Its server is gone, or said that its tools changed. */
  stale: boolean
  call: (tool: string, input: Record<string, unknown>, options: { signal: AbortSignal; timeout_ms: number }) => Promise<McpResult>
  close: () => Promise<void>
}
export type McpResult = { content: { type: string; text?: string }[]; structuredContent?: unknown; isError?: boolean }

const connectMs = 30_000
const mostTools = 1_000
const keptOfStderr = 2_000

/** Starts or dials a server, shakes hands and lists its tools. Throws ToolError in plain words. */
export async function openSession(server: McpServer, through: CheckedFetch, signal: AbortSignal): Promise<McpSession> {
  // Some 150 ms that a start without MCP does not pay.
  const { Client } = await import('@modelcontextprotocol/sdk/client/index.js')
  const client = new Client({ name: 'cadre', version: '1.0.0' })
  const { transport, lastWords } = await transportTo(server, through)
  const where = server.type === 'stdio' ? `'${server.command}'` : new URL(server.url).host
  try {
    await client.connect(transport, { signal, timeout: connectMs })
    const session = sessionOf(client, await listTools(client, signal))
    const { ToolListChangedNotificationSchema } = await import('@modelcontextprotocol/sdk/types.js')
    client.setNotificationHandler(ToolListChangedNotificationSchema, () => {
      session.stale = true
    })
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- the client has this one property and no listeners
    client.onclose = () => {
      session.stale = true
    }
    return session
  } catch (error) {
    await client.close()
    signal.throwIfAborted()
    throw new ToolError(`the MCP server ${where} cannot be used: ${reasonOf(error, server)}${lastWords()}`, {
      retryable: server.type === 'http',
      cause: error,
    })
  }
}

function sessionOf(client: Client, tools: McpTool[]): McpSession {
  return {
    tools,
    stale: false,
    call: async (name, input, { signal, timeout_ms }) =>
      (await client.callTool({ name, arguments: input }, undefined, { signal, timeout: timeout_ms, maxTotalTimeout: timeout_ms })) as McpResult,
    close: () => client.close(),
  }
}

async function listTools(client: Client, signal: AbortSignal): Promise<McpTool[]> {
  const tools: McpTool[] = []
  let cursor: string | undefined
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor }, { signal, timeout: connectMs })
    tools.push(...(page.tools as McpTool[]))
    cursor = page.nextCursor
  } while (cursor !== undefined && tools.length < mostTools)
  return tools.slice(0, mostTools)
}

async function transportTo(server: McpServer, through: CheckedFetch): Promise<{ transport: Transport; lastWords: () => string }> {
  if (server.type === 'http') {
    const { StreamableHTTPClientTransport } = await import('@modelcontextprotocol/sdk/client/streamableHttp.js')
    const transport = new StreamableHTTPClientTransport(new URL(server.url), { fetch: through, requestInit: { headers: server.headers } })
    return { transport: transport as Transport, lastWords: () => '' }
  }
  const { StdioClientTransport, getDefaultEnvironment } = await import('@modelcontextprotocol/sdk/client/stdio.js')
  // PATH, HOME and the like; of our own settings nothing.
  const env = { ...getDefaultEnvironment(), ...server.env }
  const transport = new StdioClientTransport({ command: server.command, args: server.args, env, stderr: 'pipe' })
  let said = ''
  transport.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-keptOfStderr)
  })
  const lastWords = () => {
    const line = said.trim().split('\n').at(-1)?.trim()
    return line ? ` (it said: ${line.slice(0, 300)})` : ''
  }
  return { transport, lastWords }
}

function reasonOf(error: unknown, server: McpServer): string {
  const { code, message } = error as { code?: unknown; message?: string }
  if (code === 'ENOENT' && server.type === 'stdio') return 'there is no such program on this machine'
  if (code === 'EACCES') return 'it may not be started'
  return (message ?? String(error)).replace(/^MCP error -?\d+: /, '')
}
