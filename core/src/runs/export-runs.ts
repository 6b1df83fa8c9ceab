import type { ExportRuns } from '@cadre/contract/runs'
import type { Actor } from '../access/actor.ts'
import type { App } from '../app.ts'
import { audit } from '../audit/audit.ts'
import { toRun, toSummary } from './get-run.ts'
import { filterOf } from './list-runs.ts'
import { selectRuns } from './runs.store.ts'

const pageRows = 200

/** The runs that the actor may see, newest first, as a file with one of them as JSON on each line. */
export async function exportRuns(app: App, actor: Actor, { limit, trace, ...filter }: ExportRuns): Promise<File> {
  const wanted = await filterOf(app, actor, filter)
  const lines: Blob[] = []
  let count = 0
  for (let before: string | undefined; count < limit;) {
    const rows = await selectRuns(app.db.read, { ...wanted, before, limit: Math.min(pageRows, limit - count) })
    const texts: string[] = []
    for (const row of rows) texts.push(`${JSON.stringify(trace ? await toRun(app, row) : toSummary(row))}\n`)
    // A page becomes bytes at once: as text it would take twice the room.
    lines.push(new Blob(texts))
    count += rows.length
    before = rows.at(-1)?.id
    if (rows.length < pageRows) break
  }
  await app.db.write((trx) => audit(trx, app, actor, { action: 'runs.export', detail: { runs: count, trace } }))
  return new File(lines, `runs-${new Date(app.now()).toISOString().slice(0, 19).replaceAll(':', '-')}.ndjson`, { type: 'application/x-ndjson' })
}
