import type { Trx } from '../../storage/database.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { appendEvents } from '../events.ts'
import type { MessageRow } from '../messages.store.ts'
import { postAgentMessage } from '../post-agent-message.ts'
import { policyOf } from '../show-conversation.ts'
import type { StoreApp } from '../store-message.ts'
import { textsFor } from './language.ts'
import { placeOf } from './place-of.ts'
import { selectSaid } from './turns.store.ts'

export type Failure = {
  agent_id: string
  answers: MessageRow[]
  run_id: string | null
  job_id: string
  error: { code: string; message: string }
}

/** How many of the newest messages tell the language of a conversation. */
const toGuess = 6

/** Says in the conversation's language that there is no answer. Why, the run and the log tell: it may name what is nobody's business here. */
export async function postFailure(trx: Trx, app: StoreApp, room: ConversationRow, failure: Failure) {
  const { agent_id, answers, run_id, job_id, error } = failure
  const place = await placeOf(trx, answers)
  if (!place) return
  const said = await selectSaid(trx, { conversation_id: room.id, thread_id: place.thread_id, up_to: room.last_seq, limit: toGuess })
  const people = said.filter(({ author_kind }) => author_kind === 'user').map(({ content }) => content)
  const texts = textsFor(policyOf(room).language, people)
  const content = error.code === 'TIMEOUT' ? texts.timeout : error.code === 'BUDGET_EXCEEDED' ? texts.budget : texts.failed
  const key = run_id === null ? { client_key: `failed:${job_id}` } : { client_key: run_id, run_id }
  await postAgentMessage(trx, app, room, { agent_id, content, status: 'failed', metadata: { error: { code: error.code } }, ...key, ...place })
  await appendEvents(trx, room.id, app.now(), [{ type: 'job.failed', agent_id, job_id, run_id, error, attempts: 1 }])
}
