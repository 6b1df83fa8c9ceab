import type { Purpose } from '@cadre/contract/usage'
import { newId } from '../storage/ids.ts'
import type { SpendRun } from './applicable.ts'

/** Who asks a model without a run. */
export type Asker = { workspace_id: string; user_id: string; key_id: string | null }

/**
 * What a model is asked for beside all runs. It draws from what its user, its key and everyone may spend, but from no budget of a run or an agent,
 * and is counted under its purpose in place of an agent.
 */
export function aside(purpose: Exclude<Purpose, 'run'>, { workspace_id, user_id, key_id }: Asker): SpendRun {
  return { id: newId('ask'), agent_id: `:${purpose}`, workspace_id, user_id, key_id, is_aside: true }
}
