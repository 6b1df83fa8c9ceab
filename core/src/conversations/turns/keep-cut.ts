import { contentLimit } from '@cadre/contract/messages'
import type { App } from '../../app.ts'
import type { CausedRun } from '../../runs/origins.ts'
import { selectMessagesById } from '../messages.store.ts'
import { finishMessage, postAgentMessage, putLlmMessages } from '../post-agent-message.ts'
import { placeOf } from './place-of.ts'
import { replyId } from './reply-id.ts'
import { lockRoom, selectOfRun } from './turns.store.ts'

/**
 * Keeps what a run had shown when another process stopped it: only the one that executes a run has the text of the answer in progress,
 * and it learns of the end a moment later.
 */
export async function keepCut(app: App, run: CausedRun, conversationId: string, text: string): Promise<void> {
  if (text.trim() === '') return
  const content = text.slice(0, contentLimit).toWellFormed()
  await app.db.write(async (trx) => {
    const room = await lockRoom(trx, app.db.kind, conversationId)
    const answers = await selectOfRun(trx, run.id, 'stopped')
    const [first] = answers
    // It was not stopped: it goes on elsewhere, or its end is there.
    if (!room || !first) return
    const [kept] = await selectMessagesById(trx, [replyId(run.id)])
    if (kept) {
      if (kept.deleted_at !== null || content.startsWith(kept.content)) return
      await finishMessage(trx, app, kept, { content, status: 'stopped' })
      await putLlmMessages(trx, app, kept.id, [{ role: 'assistant', content }])
      return
    }
    const place = await placeOf(trx, answers)
    if (!place) return
    const { agent_id } = first
    await postAgentMessage(trx, app, room, {
      id: replyId(run.id),
      agent_id,
      content,
      status: 'stopped',
      run_id: run.id,
      client_key: run.id,
      llm: [{ role: 'assistant', content }],
      ...place,
    })
  })
  app.rooms.wake()
}
