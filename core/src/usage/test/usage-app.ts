import { localOwner } from '../../access/actor.ts'
import type { Config } from '../../config.ts'
import type { Db, Trx } from '../../storage/database.ts'
import { newId } from '../../storage/ids.ts'
import type { SpendRun } from '../applicable.ts'
import { openUsage, type Raised } from '../open-usage.ts'
import type { Actual, SpendAsk } from '../spend.ts'

export const owner = localOwner()

type Options = { now?: () => number; prices?: Config['prices']; onRaised?: (trx: Trx, raised: Raised) => Promise<unknown> }

/** What usage needs of an app, over a real database. */
export function usageApp(db: Db, { now = Date.now, prices = [], onRaised = async () => {} }: Options = {}) {
  const config = { prices } as Partial<Config> as Config // all that usage reads of the settings
  const providers = { list: async () => [] }
  return { db, now, newId, config, usage: openUsage({ db, config, now, providers }, { onRaised }) }
}

export function aRun(change: Partial<SpendRun> = {}): SpendRun {
  return { id: newId('run'), agent_id: 'agt_one', workspace_id: 'default', user_id: 'local', ...change }
}

/** A call that may take `tokens` tokens, half of them output. */
export function asking(tokens: number, change: Partial<SpendAsk> = {}): SpendAsk {
  const half = Math.floor(tokens / 2)
  return { call: 1, attempt: 1, provider: 'lab', model: 'm', worst_input_tokens: tokens - half, max_output_tokens: half, ...change }
}

export function took(tokens: number, change: Partial<Actual> = {}): Actual {
  const half = Math.floor(tokens / 2)
  return {
    tokens: { input: tokens - half, cached: 0, cache_write: 0, output: half, reasoning: 0 },
    estimated: false,
    duration_ms: 10,
    status: 'ok',
    ...change,
  }
}
