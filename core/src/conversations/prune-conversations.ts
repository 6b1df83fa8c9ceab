import type { App } from '../app.ts'
import { forgetShared } from '../usage/prune.ts'
import { deleteLooseFiles, deleteUnsent } from './besides.store.ts'
import { deleteConversationRows, selectDeleted, selectRetaining } from './conversations.store.ts'
import { deleteEventsBefore } from './events.store.ts'
import { deleteUpTo, lastSeqBefore } from './messages.store.ts'
import { setReadOfAll } from './participants.store.ts'

type PruneApp = Pick<App, 'db' | 'now'>
const dayMs = 86_400_000
/** Small enough for others to write between two of them. */
const atOnce = 500
const lastNumber = 2 ** 31 - 1
/** What was deleted stays that long in the database, for whoever has to put it back from there. */
export const keepDeletedMs = 7 * dayMs
/** Uploads that no message took. */
export const keepUnsentMs = dayMs

/**
 * Deletes for good the messages of one conversation that are older than so many days, with all that hangs on them; numbers stay as they
 * are. @returns how many.
 */
export async function pruneConversation(app: PruneApp, conversationId: string, days: number): Promise<number> {
  const cutoff = app.now() - days * dayMs
  const upTo = await lastSeqBefore(app.db.read, conversationId, cutoff)
  let count = 0
  for (let some = upTo > 0 ? atOnce : 0; some === atOnce; count += some) {
    some = await app.db.write((trx) => deleteUpTo(trx, app.db.kind, conversationId, upTo, atOnce))
  }
  await app.db.write(async (trx) => {
    await deleteEventsBefore(trx, conversationId, cutoff)
    await setReadOfAll(trx, conversationId, upTo)
  })
  return count
}

/** Retention of every conversation that has one, what is left of deleted ones, uploads that no message took. */
export async function pruneConversations(app: PruneApp): Promise<void> {
  for (let last = ''; ;) {
    const page = await selectRetaining(app.db.read, last, 100)
    for (const { id, retention_days } of page) await pruneConversation(app, id, retention_days)
    last = page.at(-1)?.id ?? ''
    if (page.length < 100) break
  }
  for (const id of await selectDeleted(app.db.read, app.now() - keepDeletedMs, 1_000)) {
    for (let some = atOnce; some === atOnce;) some = await app.db.write((trx) => deleteUpTo(trx, app.db.kind, id, lastNumber, atOnce))
    await app.db.write(async (trx) => {
      await deleteConversationRows(trx, id)
      await forgetShared(trx, id)
    })
  }
  await app.db.write(async (trx) => {
    await deleteUnsent(trx, app.now() - keepUnsentMs)
    await deleteLooseFiles(trx)
  })
}
