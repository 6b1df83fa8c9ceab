import { branchWith, type Leaf, wentOnOf } from '@cadre/contract/branches'
import { CadreError } from '@cadre/contract/errors'
import type { ChosenBranch } from '@cadre/contract/messages'
import type { Actor } from '../../access/actor.ts'
import type { App } from '../../app.ts'
import type { Trx } from '../../storage/database.ts'
import { fromJson, toJson } from '../../storage/json.ts'
import type { ConversationRow } from '../conversations.store.ts'
import { appendEvents } from '../events.ts'
import { changeMessage } from '../messages.store.ts'
import { requireLivingMessage } from '../seats.ts'
import { type BranchRow, selectBranches, selectLastShown, setActive } from './branches.store.ts'
import { countLater, isOpen, lockRoom } from './turns.store.ts'

/**
 * The branch that a message stands in is shown from now on, to its end, and gone on from. Where other people went on from what would be
 * hidden, it is not only the caller's to do. Nothing is changed where it is shown already.
 */
export async function chooseBranch(app: App, actor: Actor, messageId: string): Promise<ChosenBranch> {
  const chosen = await app.db.write(async (trx) => {
    const { message, seat } = await requireLivingMessage(trx, actor, messageId, 'write')
    const { conversation_id, thread_id } = message
    const room = await lockRoom(trx, app.db.kind, conversation_id)
    if (!room) throw new CadreError('CONVERSATION_NOT_FOUND', `there is no conversation '${seat.conversation.id}'`)
    const rows = await selectBranches(trx, conversation_id, thread_id)
    if (rows.find(({ id }) => id === messageId)?.active !== 0) return { shown: [], hidden: [] }
    if (await isOpen(trx, conversation_id))
      throw new CadreError('BAD_REQUEST', 'an agent is answering here, or about to: wait for it, or stop it with POST /conversations/{id}/stop')

    const branch = branchWith(rows.map(leafOf), messageId)
    const kept = new Set(branch.map(({ id }) => id))
    const fork = branch.findLast(({ active, seq }) => active && seq < message.seq)?.seq ?? 0
    if ((await countLater(trx, { conversation_id, thread_id, seq: fork, author_id: actor.user_id ?? '' })) > 0)
      throw new CadreError('BAD_REQUEST', 'others went on from what is shown now: it stays')
    const shown = rows.filter((row) => kept.has(row.id) && row.active === 0)
    const hidden = rows.filter((row) => !kept.has(row.id) && row.active === 1 && row.seq > fork)
    await setActive(trx, ids(hidden), false, app.now())
    await setActive(trx, ids(shown), true, app.now())
    const changed = [...hidden, ...shown].toSorted((a, b) => a.seq - b.seq)
    const last = shown.at(-1)
    if (last) await markEnd(trx, app, room, last)
    await tellOf(trx, app, room.id, changed)
    return { shown: ids(shown), hidden: ids(hidden) }
  })
  app.rooms.wake()
  return chosen
}

const ids = (rows: BranchRow[]) => rows.map(({ id }) => id)

function leafOf(row: BranchRow): Leaf {
  return { ...row, author_kind: row.author_kind as Leaf['author_kind'], active: row.active === 1, metadata: metadataOf(row) }
}

const metadataOf = ({ metadata }: Pick<BranchRow, 'metadata'>) => (metadata === null ? null : (fromJson(metadata) as Leaf['metadata']))

/** What is said next is said after the last message that is shown before this number: see WentOn. */
export async function markEndBefore(trx: Trx, app: Pick<App, 'now'>, room: ConversationRow, threadId: string | null, seq: number) {
  const last = await selectLastShown(trx, room.id, threadId, seq)
  if (!last) return
  await markEnd(trx, app, room, last)
  await tellOf(trx, app, room.id, [last])
}

async function markEnd(trx: Trx, app: Pick<App, 'now'>, room: ConversationRow, last: BranchRow) {
  const mark = { seq: room.last_seq, event: room.last_event }
  const others = wentOnOf(leafOf(last)).filter(({ seq }) => seq !== mark.seq)
  await changeMessage(trx, last.id, { metadata: toJson({ ...metadataOf(last), went_on: [...others, mark] }), updated_at: app.now() })
}

async function tellOf(trx: Trx, app: Pick<App, 'now'>, conversationId: string, rows: Pick<BranchRow, 'id' | 'seq'>[]) {
  const events = rows.map(({ id, seq }) => ({ type: 'message.updated' as const, message_id: id, message_seq: seq }))
  await appendEvents(trx, conversationId, app.now(), events)
}
