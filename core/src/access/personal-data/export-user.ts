import { CadreError } from '@cadre/contract/errors'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import { type Actor, defaultWorkspace } from '../actor.ts'
import { requireUser } from '../users/get-user.ts'
import { blobHashes, entriesAbout, eventsOf, type PersonIds, rowsOf, selectBlobs, selectIds } from './personal-data.store.ts'
import { personalTables } from './personal-tables.ts'

/** One line of an export. */
export type ExportedRow = { table: string; row: Record<string, unknown> }
/** What another noun keeps of people: it is handed in, for access knows none to its right. */
export type PersonalPart = {
  export(ids: PersonIds): AsyncIterable<ExportedRow>
  /** In the transaction that erases the person. */
  erase(trx: Parameters<Parameters<App['db']['write']>[0]>[0], ids: PersonIds): Promise<void>
}
export type PersonalApp = Pick<App, 'db' | 'config' | 'now'>

/**
 * Everything that is kept of one person, row by row: one line of JSON each makes an NDJSON file. Nothing in it opens a door. The person
 * may ask for their own; for others an owner of the first workspace does, since it is from all of them.
 */
export async function exportUser(app: PersonalApp, actor: Actor, user_id: string, parts: PersonalPart[] = []): Promise<AsyncGenerator<ExportedRow>> {
  await requireUser(app.db.read, actor, user_id)
  const isOwner = actor.role === 'owner' && actor.workspace_id === defaultWorkspace
  if (actor.kind !== 'system' && !isOwner && !(actor.kind === 'user' && actor.id === user_id))
    throw new CadreError('FORBIDDEN', 'Only an owner of the first workspace may export the data of others.')
  await app.db.write((trx) => audit(trx, app, actor, { action: 'users.export', target_type: 'user', target_id: user_id }))
  return everything(app, await selectIds(app.db.read, user_id), parts)
}

async function* everything({ db }: PersonalApp, ids: PersonIds, parts: PersonalPart[]): AsyncGenerator<ExportedRow> {
  for (const table of personalTables)
    for await (const row of rowsOf(db.read, table, ids)) {
      yield { table: table.table, row }
      if (table.table === 'runs')
        yield* journalOf(
          db,
          String(row['id']),
          [row['data'], row['history']].map((text) => String(text ?? '')),
        )
    }
  for (const row of await entriesAbout(db.read, ids.user_id)) if (!ids.actor_ids.includes(row.actor_id)) yield { table: 'audit_log', row }
  for (const part of parts) yield* part.export(ids)
}

async function* journalOf(db: App['db'], run_id: string, texts: string[]): AsyncGenerator<ExportedRow> {
  const events = await eventsOf(db.read, run_id)
  for (const row of events) yield { table: 'run_events', row }
  const hashes = new Set([...texts, ...events.map((event) => event.data)].flatMap(blobHashes))
  for (const row of await selectBlobs(db.read, [...hashes])) yield { table: 'blobs', row }
}
