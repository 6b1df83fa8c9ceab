import type { App } from '../../app.ts'
import { type Origin, originId } from '../../runs/origins.ts'
import { endTurn } from './end-turn.ts'
import { relayRun } from './relay-run.ts'

/** What conversations want to know of the runs that answer in them. */
export function conversationOrigin(app: App): Origin {
  return {
    executing: (run) => relayRun(app, run, originId(run)),
    ended: (trx, run, end) => endTurn(trx, app, run, originId(run), end),
  }
}
