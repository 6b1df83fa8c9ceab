import type { Trx } from '../../storage/database.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { appendEvents } from '../events.ts'
import type { Texts } from '../locales/texts.ts'
import type { MessageRow } from '../messages.store.ts'
import { postAgentMessage } from '../post-agent-message.ts'
import { policyOf } from '../show-conversation.ts'
import type { StoreApp } from '../store-message.ts'
import { textsFor } from './language.ts'
import { placeOf } from './place-of.ts'
import { refusalKey, roomBudgetSpent } from './room-budget.ts'
import { selectSaid } from './turns.store.ts'

export type Failure = {
  agent_id: string
  answers: MessageRow[]
  run_id: string | null
  job_id: string
  error: { code: string; message: string }
  /** How often it was tried. */
  attempts: number
}

/** How many of the newest messages tell the language of a conversation. */
const toGuess = 6

/** Says in the conversation's language that there is no answer. Why, the run and the log tell: it may name what is nobody's business here. */
export async function postFailure(trx: Trx, app: StoreApp, room: ConversationRow, failure: Failure) {
  const { agent_id, answers, run_id, job_id, error, attempts } = failure
  const key = error.code === roomBudgetSpent ? await refusalKey(trx, room, job_id, app.now()) : (run_id ?? `failed:${job_id}`)
  const place = await placeOf(trx, answers)
  if (!place) return
  if (key !== undefined) {
    const content = textOf(error.code, await textsOf(trx, room, place.thread_id))
    await postAgentMessage(trx, app, room, {
      agent_id,
      content,
      status: 'failed',
      metadata: { error: { code: error.code } },
      client_key: key,
      run_id,
      ...place,
    })
  }
  await appendEvents(trx, room.id, app.now(), [{ type: 'job.failed', agent_id, job_id, run_id, error, attempts }])
}

async function textsOf(trx: Trx, room: ConversationRow, thread_id: string | null): Promise<Texts> {
  const said = await selectSaid(trx, { conversation_id: room.id, thread_id, up_to: room.last_seq, limit: toGuess })
  const people = said.filter(({ author_kind }) => author_kind === 'user').map(({ content }) => content)
  return textsFor(policyOf(room).language, people)
}

function textOf(code: string, texts: Texts): string {
  if (code === 'TIMEOUT') return texts.timeout
  if (code === 'BUDGET_EXCEEDED') return texts.budget
  return code === roomBudgetSpent ? texts.roomBudget : texts.failed
}
