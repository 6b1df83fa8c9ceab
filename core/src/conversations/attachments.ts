import { createHash } from 'node:crypto'
import { CadreError, invalid } from '@cadre/contract/errors'
import type { Attachment } from '@cadre/contract/messages'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import type { Db } from '../storage/database.ts'
import { findAttachment, insertAttachment, readAttachment } from './besides.store.ts'
import { mediaTypeOf } from './media-type.ts'
import { selectMessagesById } from './messages.store.ts'
import { personOf, requireSeat } from './seats.ts'
import { showAttachment } from './show-message.ts'

/** Keeps a file for a message that is about to be sent; one that is not sent within a day is deleted. */
export async function uploadAttachment(
  app: Pick<App, 'db' | 'now' | 'newId'>,
  actor: Actor,
  conversationId: string,
  { name, content }: { name: string; content: string },
): Promise<Attachment> {
  const created_by = personOf(actor)
  await requireSeat(app.db.read, actor, conversationId, 'write')
  const bytes = fromBase64(content)
  const row = {
    id: app.newId('att'),
    conversation_id: conversationId,
    message_id: null,
    name,
    media_type: mediaTypeOf(bytes),
    bytes: bytes.length,
    hash: createHash('sha256').update(bytes).digest('hex'),
    created_by,
    created_at: app.now(),
  }
  await app.db.write((trx) => insertAttachment(trx, row, bytes))
  return showAttachment(row)
}

/** For those who see its message; before that is sent, for who uploaded it. */
export async function downloadAttachment(app: { db: Db }, actor: Actor, id: string): Promise<File> {
  const missing = new CadreError('ATTACHMENT_NOT_FOUND', `there is no attachment '${id}'`)
  const row = await findAttachment(app.db.read, id)
  if (!row) throw missing
  await requireSeat(app.db.read, actor, row.conversation_id, 'see').catch((error: unknown) => {
    throw error instanceof CadreError ? missing : error
  })
  const [message] = row.message_id === null ? [] : await selectMessagesById(app.db.read, [row.message_id])
  if (row.message_id === null ? row.created_by !== actor.user_id : message?.deleted_at !== null) throw missing
  const content = await readAttachment(app.db.read, row.hash)
  if (!content) throw new Error(`the file of attachment ${id} is missing from the database`)
  return new File([content as Uint8Array<ArrayBuffer>], row.name, { type: row.media_type })
}

function fromBase64(text: string): Buffer {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) throw invalid('content', 'is not Base64')
  return Buffer.from(text, 'base64')
}
