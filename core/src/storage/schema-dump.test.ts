import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { dumpSchema } from './schema-dump.ts'
import { databases } from './test/databases.ts'

test.each(databases)('the committed schema is what the migrations make on $name (else: npm run schema:dump)', async ({ empty }) => {
  const db = await empty()
  expect(await dumpSchema(db)).toBe(readFileSync(new URL(`./schema.${db.kind}.sql`, import.meta.url), 'utf8'))
})
