import type { Provider } from '@cadre/contract/providers'
import type { Actor } from '../access/actor.ts'
import type { Providers } from './providers.ts'

/** In the order in which `auto` tries them. */
export async function listProviders(app: { providers: Providers }, actor: Actor): Promise<{ items: Provider[]; next_cursor: null }> {
  return { items: await app.providers.list(actor.workspace_id), next_cursor: null }
}
