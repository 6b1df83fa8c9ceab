import type { DataLabel, HookEndpoint, Manifest } from '@cadre/contract/manifest'
import type { ResolvedTool } from '../tools/resolved-tool.ts'

/** What decides whether a person is asked before a call: what the endpoint says, else what its runtime stands for. */
export type CallLabels = { approval: 'never' | 'always'; reads: DataLabel[]; leaves_machine: boolean }
/** A tool as an agent gets it. */
export type AgentTool = ResolvedTool & CallLabels

/**
 * A service that somebody else runs answers what strangers wrote, and sees what it is sent. What may reach the network can send, and what
 * may read the operator's files or databases reads private data.
 */
export function labelsOf({ runtime, permissions }: Manifest, { approval, reads, leaves_machine }: HookEndpoint): CallLabels {
  const { network, files, databases } = permissions
  const isForeign = runtime.type === 'http' || runtime.type === 'mcp'
  const defaults: DataLabel[] = [
    ...(files.length > 0 || databases.length > 0 ? (['private'] as const) : []),
    ...(isForeign ? (['untrusted'] as const) : []),
  ]
  return { approval: approval ?? 'never', reads: reads ?? defaults, leaves_machine: leaves_machine ?? (isForeign || network.length > 0) }
}
