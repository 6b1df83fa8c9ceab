import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { openFileRoots } from '@cadre/core/tools/files/file-roots'
import { runSql } from '@cadre/core/tools/sql/run-sql'
import { openSqlGuard } from '@cadre/core/tools/sql/sql-guard'
import type { HookContext } from '@cadre/contract/forgehook'
import { afterAll } from 'vitest'
import { readManifest, testContext } from '../../lib/hook-test.ts'

/** The server's own guard, over a root `files` with the files of the examples in it, and a connection of Postgres where a URL is given. */
export function sqlContext(urls: Record<string, string> = {}): { context: HookContext; folder: string } {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cadre-database-query-')))
  const sql = openSqlGuard()
  afterAll(async () => {
    await sql.close()
    rmSync(folder, { recursive: true })
  })
  shop(join(folder, 'shop.db'))
  writeFileSync(join(folder, 'sales.csv'), 'id,region,amount\n1,01,10.10\n2,02,7.00\n3,01,20.20\n')
  writeFileSync(join(folder, 'regions.csv'), 'code,name\n01,West\n02,East\n')
  const files = openFileRoots([{ name: 'files', path: folder }])
  const { permissions, limits } = readManifest(new URL('../', import.meta.url))
  const tool = { hook_id: 'database-query', grants: permissions, limits }
  const connections = (_workspace: string, name: string) =>
    urls[name] === undefined ? Promise.reject(new Error(`there is no connection '${name}'`)) : Promise.resolve(urls[name])
  const signal = new AbortController().signal
  const run: HookContext['sql'] = (query) => runSql({ files, sql, connections }, { tool, signal, workspace_id: 'default' } as never, query)
  return { context: testContext({ sql: run }), folder }
}

function shop(path: string) {
  const db = new DatabaseSync(path)
  db.exec(`create table orders (id integer primary key, customer text not null, cents integer, day text);
    insert into orders values (1, 'Ann', 2000, '2024-01-05'), (2, 'Bob', 700, '2024-02-01'), (3, 'Ann', 3000, '2024-03-01'), (4, 'Bob', 9900, '2023-12-31')`)
  db.close()
}
