import type { Actor } from '../actor.ts'
import { exportUser, type PersonalApp, type PersonalPart } from './export-user.ts'

/** What exportUser gives as a file: a row of JSON on each line. */
export async function exportUserFile(app: PersonalApp, actor: Actor, user_id: string, parts: PersonalPart[]): Promise<File> {
  const lines: string[] = []
  for await (const row of await exportUser(app, actor, user_id, parts)) lines.push(`${JSON.stringify(row)}\n`)
  return new File(lines, `${user_id}.ndjson`, { type: 'application/x-ndjson' })
}
