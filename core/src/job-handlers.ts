import type { App } from './app.ts'
import { takeTurn } from './conversations/turns/take-turn.ts'
import type { JobHandlers } from './jobs/work-job.ts'
import { expireApproval } from './runs/decide-approval.ts'
import { executeRun } from './runs/execute-run.ts'
import { tellHooks } from './runs/tell-end.ts'

/** Job name -> verb. Jobs know nothing of runs; this table does. */
export function jobHandlers(app: App): JobHandlers {
  return {
    'approvals.expire': (lease) => expireApproval(app, lease.data.approval_id),
    'conversation.turn': (lease) => takeTurn(app, lease),
    'lifecycle.after': (lease, { signal }) => tellHooks(app, lease.data.run_id, signal),
    'runs.execute': (lease, { signal }) => executeRun(app, lease, signal),
  }
}
