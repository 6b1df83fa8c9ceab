import type { SpendRun } from '../usage/applicable.ts'
import type { Execution } from './execution.ts'
import { sharedBudget } from './origins.ts'
import { findRun, type RunRow } from './runs.store.ts'

/** Whose budgets the calls of a run draw from: its own, and those of the runs above it as they were frozen when these began. */
export function payerOf(x: Execution): Promise<SpendRun> {
  x.payer ??= find(x)
  return x.payer
}

async function find({ app, run, setup }: Execution): Promise<SpendRun> {
  const parents: NonNullable<SpendRun['parents']> = []
  let top: RunRow = run
  for (let id = run.parent_run_id; id !== null;) {
    const parent = await findRun(app.db.read, id)
    if (!parent) break
    const { config } = await app.setups.get(app.db.read, parent.setup)
    parents.push({ id, agent_id: parent.agent_id, budget: config.budget })
    id = parent.parent_run_id
    top = parent
  }
  const { workspace_id, id, agent_id, triggered_by, user_id, key_id } = run
  return {
    workspace_id,
    id,
    agent_id,
    user_id: user_id ?? triggered_by,
    key_id,
    budget: setup.config.budget,
    parents,
    shared: await sharedBudget(app, top),
  }
}
