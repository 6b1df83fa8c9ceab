import { CadreError, invalid } from '@cadre/contract/errors'
import type { HookEndpoint, Manifest } from '@cadre/contract/manifest'
import { offerHash } from '../tools/mcp/mcp-offer.ts'
import { ToolError } from '../tools/tool-error.ts'
import type { McpServer } from '../tools/mcp/mcp-session.ts'
import type { ApprovedOffer } from './known-plugin.ts'

type Discover = { discover: (server: McpServer, grants: string[]) => Promise<HookEndpoint[]> }

/** A manifest whose endpoints are known, and the offer of its server that they are from. */
export type WholeManifest = { manifest: Manifest; offer: ApprovedOffer | null }

/**
 * The manifest of an MCP server with the tools that it offers now, pinned. Endpoints that the manifest names already choose among them
 * and say their effect, which the server can only hint at.
 */
export async function withOfferedEndpoints(hooks: Discover, manifest: Manifest): Promise<WholeManifest> {
  const { runtime, permissions } = manifest
  if (runtime.type !== 'mcp') return { manifest, offer: null }
  const offered = await discover(hooks, serverOf(runtime.transport), permissions.network)
  const offer = { hash: offerHash(offered), whole: manifest.endpoints.length === 0 }
  return { manifest: { ...manifest, endpoints: chosen(manifest.endpoints, offered) }, offer }
}

export async function discover(hooks: Discover, server: McpServer, grants: string[]): Promise<HookEndpoint[]> {
  try {
    return await hooks.discover(server, grants)
  } catch (error) {
    if (error instanceof ToolError) throw new CadreError('PLUGIN_UNREACHABLE', error.message)
    throw error
  }
}

/** Those of the offered that `approved` names, with what it says of them; all where it names none. */
export function chosen(approved: HookEndpoint[], offered: HookEndpoint[]): HookEndpoint[] {
  if (approved.length === 0) return offered
  return approved.map((known, i) => {
    const { path, mcp } = known
    const found = offered.find((endpoint) => (mcp ? endpoint.mcp?.tool === mcp.tool : endpoint.path === path))
    if (!found) throw invalid(`endpoints[${i}].path`, `the server offers no '${path}'; it offers ${offered.map((each) => each.path).join(', ')}`)
    return { ...found, ...saidOf(known) }
  })
}

/** What the manifest says of a tool, and its server does not. */
export function saidOf({ path, effect, approval, reads, leaves_machine }: HookEndpoint) {
  return {
    path,
    effect,
    ...(approval === undefined ? {} : { approval }),
    ...(reads === undefined ? {} : { reads }),
    ...(leaves_machine === undefined ? {} : { leaves_machine }),
  }
}

function serverOf(transport: Extract<Manifest['runtime'], { type: 'mcp' }>['transport']): McpServer {
  if (transport.type === 'http') return { type: 'http', url: transport.url, headers: transport.headers ?? {} }
  return { type: 'stdio', command: transport.command, args: transport.args, env: transport.env ?? {} }
}
