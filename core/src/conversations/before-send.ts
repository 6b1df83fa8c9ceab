import { CadreError } from '@cadre/contract/errors'
import { contentLimit } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { type HookNote, HookStop, passThrough } from '../plugins/lifecycle/pass-through.ts'
import type { Trx } from '../storage/database.ts'
import type { ConversationRow } from './conversations.store.ts'
import { appendEvents } from './events.ts'
import { selectParticipants } from './participants.store.ts'

export type HooksApp = Pick<App, 'db' | 'now' | 'newId' | 'lifecycle'>
type Sending = { content: string; attachments: number; thread_id: string | null; edit: boolean }
/** Where the actor may write it; undefined where the very message is stored already. It is asked only where there are hooks. */
type Room = () => Promise<ConversationRow | undefined>

/**
 * What the workspace's hooks make of a message before it is stored; outside of any transaction. Throws HOOK_REFUSED or HOOK_FAILED, naming
 * the hook, and what `room` throws.
 */
export async function beforeSend(app: HooksApp, actor: Actor, room: Room, message: Sending): Promise<{ content: string; notes: HookNote[] }> {
  const unchanged = { content: message.content, notes: [] }
  const point = 'before_message_send'
  const conversation = (await app.lifecycle.any(actor.workspace_id, point)) ? await room() : undefined
  if (!conversation) return unchanged
  const { id, workspace_id, kind, title } = conversation
  const participants = await selectParticipants(app.db.read, [id])
  const agents = participants.filter((each) => each.kind === 'agent').map(({ participant_id, name }) => ({ id: participant_id, name: name ?? '' }))
  const hooks = await app.lifecycle.at(
    workspace_id,
    point,
    agents.map((agent) => agent.id),
  )
  if (hooks.length === 0) return unchanged
  const about = {
    conversation: { id, kind, title },
    author: actor.kind === 'system' ? { kind: 'system', id: 'system' } : { kind: 'user', id: actor.user_id },
    agents,
  }
  const call = { run_id: null, idempotency_key: app.newId('call'), now: app.now(), signal: new AbortController().signal }
  try {
    return await passThrough(app.lifecycle, {
      hooks,
      content: message.content,
      input: (content) => ({ ...about, message: { ...message, content } }),
      call,
      problem: (content) => problemOf(content, message),
    })
  } catch (error) {
    if (!(error instanceof HookStop)) throw error
    throw new CadreError(error.kind === 'refused' ? 'HOOK_REFUSED' : 'HOOK_FAILED', error.message, [{ path: 'content', message: error.message }])
  }
}

/** The same for other words in the place of a message that is there. `own` throws where the actor may not change it. */
export async function beforeEdit(
  app: HooksApp,
  actor: Actor,
  content: string,
  own: () => Promise<{ message: { thread_id: string | null }; room: ConversationRow }>,
) {
  let thread_id: string | null = null
  const room = async () => {
    const found = await own()
    thread_id = found.message.thread_id
    return found.room
  }
  return beforeSend(app, actor, room, { content, attachments: 0, thread_id, edit: true })
}

function problemOf(content: string, { attachments }: Sending): string | undefined {
  if (content.trim() === '' && attachments === 0) return 'it left nothing of the message'
  return content.length > contentLimit ? `it made the message longer than ${contentLimit} characters` : undefined
}

/** With the message, in its transaction: the windows see which hooks did something to it. */
export async function noteHooks(trx: Trx, app: Pick<App, 'now'>, conversationId: string, message_id: string, hooks: HookNote[]) {
  if (hooks.length > 0) await appendEvents(trx, conversationId, app.now(), [{ type: 'hooks.applied', message_id, hooks }])
}
