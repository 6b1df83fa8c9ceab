import { erasedText } from '../access/personal-data/personal-tables.ts'
import type { PersonalPart } from '../access/personal-data/export-user.ts'
import type { Db } from '../storage/database.ts'
import { deleteLooseFiles, readAttachment } from './besides.store.ts'
import { deleteAlone, eraseElsewhere, rowsOfPerson } from './personal.store.ts'

/** What conversations keep of a person, for access/personal-data, which exports and erases it with the rest. */
export function personalConversations({ db }: { db: Db }): PersonalPart {
  return {
    async *export({ user_id }) {
      for await (const { table, row } of rowsOfPerson(db.read, user_id)) {
        if (table !== 'attachments') yield { table, row }
        else {
          const content = await readAttachment(db.read, String(row.hash))
          yield { table, row: { ...row, content: content ? Buffer.from(content).toString('base64') : null } }
        }
      }
    },
    async erase(trx, { user_id }) {
      await deleteAlone(trx, db.kind, user_id)
      await eraseElsewhere(trx, db.kind, user_id, erasedText)
      await deleteLooseFiles(trx)
    },
  }
}
