import { createHash } from 'node:crypto'
import type { Db, Trx } from './database.ts'
import { fixed } from './prepared.ts'

export function blobHash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** Stores the text once, however often it is put. */
export async function putBlob(trx: Trx, text: string): Promise<string> {
  const hash = blobHash(text)
  await trx
    .insertInto('blobs')
    .values({ hash, content: text })
    .onConflict((on) => on.column('hash').doNothing())
    .execute()
  return hash
}

export async function getBlob(db: Db['read'], hash: string): Promise<string> {
  // A long run may have thousands.
  const { rows } = await fixed<{ content: string }>`select content from blobs where hash = ${hash}`.execute(db)
  const [row] = rows
  if (!row) throw new Error(`blob ${hash} is missing from the database`)
  return row.content
}
