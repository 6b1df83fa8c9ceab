import type { App } from '../../app.ts'
import { type Origin, originId } from '../../runs/origins.ts'
import { endTurn } from './end-turn.ts'
import { keepCut } from './keep-cut.ts'
import { relayRun } from './relay-run.ts'
import { budgetOf } from './room-budget.ts'
import { additionTo } from './steer.ts'

/** What conversations want to know of the runs that answer in them, and what these want of a conversation. */
export function conversationOrigin(app: App): Origin {
  return {
    executing: (run) => relayRun(app, run, originId(run)),
    ended: (trx, run, end) => endTurn(trx, app, run, originId(run), end),
    addition: (run) => additionTo(app, run, originId(run)),
    cut: (run, text) => keepCut(app, run, originId(run), text),
    budget: (run) => budgetOf(app.db.read, originId(run)),
  }
}
