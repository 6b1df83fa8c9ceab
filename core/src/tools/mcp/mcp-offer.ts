import { createHash } from 'node:crypto'
import { canonicalJson } from '@cadre/contract/canonical-json'
import type { HookEndpoint } from '@cadre/contract/manifest'

/** A tool as its server lists it (https://modelcontextprotocol.io/specification/2025-06-18/server/tools). */
export type McpTool = {
  name: string
  title?: string | undefined
  description?: string | undefined
  inputSchema: Record<string, unknown>
  outputSchema?: Record<string, unknown> | undefined
  annotations?: { readOnlyHint?: boolean | undefined; idempotentHint?: boolean | undefined } | undefined
}

const longestPath = 100

/** The tools of a server as endpoints, each pinned by the hash of all that a model is shown of it. */
export function endpointsOf(tools: McpTool[]): HookEndpoint[] {
  const paths = new Set<string>()
  return tools.map((tool) => {
    const path = freePath(tool.name, paths)
    paths.add(path)
    return {
      path,
      description: (tool.description ?? tool.title ?? '').slice(0, 2_000),
      effect: effectOf(tool),
      input: tool.inputSchema,
      ...(tool.outputSchema ? { output: tool.outputSchema } : {}),
      mcp: { tool: tool.name, hash: hashOf(tool) },
    }
  })
}

/** Names a whole offer. */
export function offerHash(endpoints: HookEndpoint[]): string {
  const pins = endpoints.map(({ mcp }) => `${mcp?.tool}\n${mcp?.hash}`).sort()
  return createHash('sha256').update(pins.join('\n')).digest('hex')
}

// A hint of the server's; whoever approves the plugin sees it as the tool's effect.
function effectOf({ annotations }: McpTool): HookEndpoint['effect'] {
  if (annotations?.readOnlyHint) return 'read'
  return annotations?.idempotentHint ? 'idempotent' : 'once'
}

// A server that only shuffles its schema has changed nothing.
function hashOf({ name, title, description, inputSchema, outputSchema, annotations }: McpTool): string {
  return createHash('sha256').update(canonicalJson({ name, title, description, inputSchema, outputSchema, annotations })).digest('hex')
}

function freePath(name: string, taken: Set<string>): string {
  const plain =
    name
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, longestPath - 5) || 'tool'
  let path = `/${plain}`
  for (let n = 2; taken.has(path); n++) path = `/${plain}_${n}`
  return path
}
