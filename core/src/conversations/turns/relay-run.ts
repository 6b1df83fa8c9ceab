import type { RunEvent } from '@cadre/contract/run-events'
import type { App } from '../../app.ts'
import type { CausedRun } from '../../runs/origins.ts'
import { logStep } from './log-step.ts'
import { replyId } from './reply-id.ts'

/** Hands what happens in a run that this process executes on to the windows of its conversation, until the answer is called. */
export function relayRun(app: App, run: CausedRun, conversation_id: string): () => void {
  const about = { conversation_id, agent_id: run.agent_id, run_id: run.id }
  const message_id = replyId(run.id)
  let part = 0
  let call = 0
  let spoke = false
  const progress = (text: string) => app.rooms.pass({ type: 'progress', ...about, percent: null, text })
  const tell = (event: RunEvent) => {
    if (event.type === 'text.delta') {
      // Another call of the model, or another try: what was shown before is no answer.
      if (event.part === 0 || event.call !== call) part = 0
      call = event.call
      if (!spoke) logStep(app, 'first token', { ...about, ms: app.now() - run.created_at })
      spoke = true
      app.rooms.pass({ type: 'message.delta', conversation_id, message_id, run_id: run.id, part: part++, kind: event.kind, text: event.text })
    } else if (event.type === 'tool.started') progress(event.tool)
    else if (event.type === 'run.waiting') progress(event.waiting.reason)
  }
  const stop = app.live.listen(run.id, (events) => {
    for (const event of events) tell(event)
  })
  app.rooms.pass({ type: 'agent.status', conversation_id, agent_id: run.agent_id, status: 'busy' })
  app.rooms.pass({ type: 'typing', conversation_id, by: { kind: 'agent', id: run.agent_id } })
  return () => {
    stop()
    app.rooms.pass({ type: 'agent.status', conversation_id, agent_id: run.agent_id, status: 'active' })
  }
}
