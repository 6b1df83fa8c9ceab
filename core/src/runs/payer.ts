import type { SpendRun } from '../usage/applicable.ts'
import type { Execution } from './execution.ts'
import { findRun } from './runs.store.ts'

/** Whose budgets the calls of a run draw from: its own, and those of the runs above it as they were frozen when these began. */
export function payerOf(x: Execution): Promise<SpendRun> {
  x.payer ??= find(x)
  return x.payer
}

async function find({ app, run, setup }: Execution): Promise<SpendRun> {
  const parents: NonNullable<SpendRun['parents']> = []
  for (let id = run.parent_run_id; id !== null;) {
    const parent = await findRun(app.db.read, id)
    if (!parent) break
    const { config } = await app.setups.get(app.db.read, parent.setup)
    parents.push({ id, agent_id: parent.agent_id, budget: config.budget })
    id = parent.parent_run_id
  }
  const { id, agent_id, triggered_by } = run
  const key_id = triggered_by.startsWith('key_') ? triggered_by : null
  return { id, agent_id, triggered_by, key_id, budget: setup.config.budget, parents }
}
