import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../open-database.ts'
import { dumpSchema } from '../schema-dump.ts'
import { startCluster } from './cluster.ts'

/** Writes schema.sqlite.sql and schema.postgres.sql anew from the migrations: `npm run schema:dump`. */
export async function writeSchema() {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-schema-'))
  const cluster = await startCluster()
  try {
    for (const at of [{ file: join(folder, 'cadre.db') }, { url: cluster.url('postgres') }]) {
      const db = await openDatabase(at)
      writeFileSync(new URL(`../schema.${db.kind}.sql`, import.meta.url), await dumpSchema(db))
      await db.close()
    }
  } finally {
    await cluster.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

if (import.meta.main) await writeSchema()
