import type { App } from './app.ts'
import type { JobHandlers } from './jobs/worker.ts'
import { executeRun } from './runs/execute-run.ts'

/** Job name -> verb. Jobs know nothing of runs; this table does. */
export function jobHandlers(app: App): JobHandlers {
  return {
    'runs.execute': (lease, { signal }) => executeRun(app, lease, signal),
  }
}
