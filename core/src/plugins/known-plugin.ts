import type { Manifest } from '@cadre/contract/manifest'

/**
 * A ForgeHook of this process. `workspace_id` of a registered one, null for a bundled one, which all workspaces share. `folder` of a bundled one, null for a registered one; `created_at` the other way round.
 * `sealed`: the secret values of its runtime (headers, environment), which the manifest shows as ***. `source`: hash of the blob that
 * holds registered code. `pending`: what an MCP server offers beyond what was approved.
 */
export type KnownPlugin = {
  workspace_id: string | null
  manifest: Manifest
  folder: URL | null
  created_at: number | null
  sealed: string | null
  source: string | null
  pending: PendingOffer | null
  offer: ApprovedOffer | null
}

/** The offer of an MCP server that was approved: its hash, and whether all of it was taken or tools were chosen. */
export type ApprovedOffer = { hash: string; whole: boolean }

/** What an MCP server offered at `seen_at`, in milliseconds. */
export type PendingOffer = { hash: string; seen_at: number; endpoints: Manifest['endpoints'] }
