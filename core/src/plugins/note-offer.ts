import type { HookEndpoint } from '@cadre/contract/manifest'
import type { Db } from '../storage/database.ts'
import { offerHash } from '../tools/mcp/mcp-offer.ts'
import type { HookHost } from './hook-host.ts'
import type { KnownPlugin, PendingOffer } from './known-plugin.ts'
import { updatePending } from './plugins.store.ts'

type OfferApp = { db: Db; hooks: HookHost; now: () => number }

/** Keeps what an MCP server offers, where it differs from what was approved, for a person to look at. */
export async function noteOffer(app: OfferApp, workspace: string, hookId: string, offered: HookEndpoint[]): Promise<void> {
  const plugin = await app.hooks.find(workspace, hookId)
  if (!plugin || plugin.folder !== null) return
  const pending = pendingOffer(plugin, offered, app.now())
  if (pending?.hash === plugin.pending?.hash) return
  await app.db.write((trx) => updatePending(trx, workspace, hookId, pending))
}

function pendingOffer({ offer, pending }: KnownPlugin, offered: HookEndpoint[], now: number): PendingOffer | null {
  const hash = offerHash(offered)
  if (hash === offer?.hash) return null
  return { hash, seen_at: pending?.hash === hash ? pending.seen_at : now, endpoints: offered }
}
