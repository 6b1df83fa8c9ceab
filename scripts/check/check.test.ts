import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { fileSizes } from './file-sizes.ts'
import { importLaw } from './import-law.ts'
import { importLoops } from './import-loops.ts'
import { libraryHomes } from './library-homes.ts'
import { lockFile } from './lock-file.ts'
import { pageTexts } from './page-texts.ts'
import { type Offence, readTree } from './source-files.ts'

const folder = mkdtempSync(join(tmpdir(), 'cadre-check-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let trees = 0
function tree(files: Record<string, string>) {
  const root = join(folder, String((trees += 1)))
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  return readTree(root)
}
const said = (offences: Offence[]) => offences.map(({ file, line, message }) => `${file}:${line} ${message}`)

/** The house as it should be, small. */
const house = {
  'contract/src/index.ts': "export { runs } from './runs.ts'",
  'contract/src/runs.ts': 'export const runs = 1',
  'core/src/app.ts': "import { startRun } from './runs/start-run.ts'\nexport type App = { start: typeof startRun }",
  'core/src/storage/database.ts':
    "import { Kysely } from 'kysely'\nimport { DatabaseSync } from 'node:sqlite'\nexport const db = [Kysely, DatabaseSync]",
  'core/src/jobs/queue.ts': "import { db } from '../storage/database.ts'\nexport const queue = db",
  'core/src/runs/runs.store.ts': "import { sql } from 'kysely'\nexport const store = sql",
  'core/src/runs/start-run.ts':
    "import { runs } from '@cadre/contract/runs'\nimport type { App } from '../app.ts'\nimport { queue } from '../jobs/queue.ts'\nimport { store } from './runs.store.ts'\nexport const startRun = (app: App) => [app, runs, queue, store]",
  'core/src/runs/engine-voltagent.ts':
    "import { Agent } from '@voltagent/core'\nimport { wrapLanguageModel } from 'ai'\nexport const engine = [Agent, wrapLanguageModel]",
  'core/src/tools/network/connector.ts': "import { Agent } from 'undici'\nexport const connect = () => [fetch('http://a.example'), Agent]",
  'server/src/server.ts': "import fastify from 'fastify'\nimport type { App } from '@cadre/core'\nexport const serve = (app: App) => [app, fastify]",
  'e2e/demo.test.ts':
    "import { serve } from '@cadre/server'\nimport { runs } from '@cadre/contract'\nexport const all = [serve, runs, fetch('http://127.0.0.1')]",
}

const pages = { 'web/src/features/runs/b.tsx': 'export {}', 'web/src/app/b.tsx': 'export {}', 'web/src/ui/c.tsx': 'export {}' }

test('finds nothing in a tree that keeps the law', () => {
  const files = tree(house)
  expect(said([...importLaw(files), ...libraryHomes(files), ...importLoops(files), ...fileSizes(files).offences])).toEqual([])
})

describe('the import law', () => {
  test.each<[what: string, file: string, text: string, expected: string]>([
    [
      'core importing server',
      'core/src/runs/a.ts',
      "import '@cadre/server'",
      'core must not import server (it may import contract); a door calls core',
    ],
    ['the same by a relative path', 'core/src/runs/a.ts', "import '../../../server/src/server.ts'", 'core must not import server'],
    [
      'contract importing core',
      'contract/src/a.ts',
      "import type { App } from '@cadre/core'",
      'contract must not import core (it imports no other package)',
    ],
    [
      'client importing core',
      'client/src/a.ts',
      "import '@cadre/core/app'",
      'client must not import core (it may import contract); say it in contract/',
    ],
    [
      'a page importing core',
      'web/src/app/a.tsx',
      "import '@cadre/core'",
      'web must not import core (it may import contract, client); say it in contract/',
    ],
    ['a part of all pages importing a page', 'web/src/ui/a.tsx', "import '../features/runs/b.tsx'", 'web/src/ui must not import web/src/features'],
    ['a page importing a part by the way', 'web/src/features/runs/a.tsx', "import '../../app/b.tsx'", 'web/src/features must not import web/src/app'],
    ['an unknown layer', 'web/src/things/a.tsx', "import '../ui/c.tsx'", 'web/src/things is no layer of the pages'],
    ['a plugin importing core', 'forgehooks/x/index.ts', "import '@cadre/core/storage/database'", 'forgehooks must not import core'],
    [
      'core importing a plugin',
      'core/src/plugins/a.ts',
      "await import('@cadre/forgehooks/x')",
      'plugins are loaded by their folder: give core the path',
    ],
    ['a package importing the tests', 'server/src/a.ts', "import '../../e2e/demo.test.ts'", 'e2e, which only looks at the house from outside'],
    ['another package by its path', 'server/src/a.ts', "import '../../core/src/app.ts'", 'reach another package by its name: @cadre/core/app'],
    [
      'storage importing runs',
      'core/src/storage/a.ts',
      "import { startRun } from '../runs/start-run.ts'",
      'storage must not import runs, which stands to its right',
    ],
    ['a type from the right', 'core/src/tools/a.ts', "type R = import('../runs/start-run.ts').R", 'tools must not import runs'],
    ['jobs importing runs', 'core/src/jobs/a.ts', "import '../runs/start-run.ts'", 'register the verb in core/src/job-handlers.ts'],
    ["another noun's store", 'core/src/workflows/a.ts', "import '../runs/runs.store.ts'", 'the private SQL of runs; call a verb of runs/ instead'],
    ['a root file reading a store', 'core/src/api.ts', "import './runs/runs.store.ts'", 'the private SQL of runs'],
    ['the app at run time', 'core/src/runs/a.ts', "import { app } from '../app.ts'", 'take the app as an argument'],
    ['test helpers in code', 'core/src/runs/a.ts', "import '../storage/test/databases.ts'", 'is for tests only'],
    ['an unknown noun', 'core/src/things/a.ts', "import '../runs/start-run.ts'", 'core/src/things is no noun of the import law'],
    ['a barrel', 'core/src/runs/index.ts', "export * from './start-run.ts'", 'a file of re-exports hides where things are'],
  ])('refuses %s', (_what, file, text, expected) => {
    const offences = importLaw(tree({ ...house, 'core/src/storage/test/databases.ts': 'export {}', ...pages, [file]: text }))
    expect(said(offences)).toEqual([expect.stringContaining(expected)])
    expect(offences[0]).toMatchObject({ file, line: 1 })
  })

  test('leaves tests free inside their package', () => {
    expect(importLaw(tree({ ...house, 'core/src/storage/a.test.ts': "import '../app.ts'\nimport '../runs/runs.store.ts'" }))).toEqual([])
  })
})

describe('library homes', () => {
  test.each<[text: string, file: string, expected: string]>([
    ["import { sql } from 'kysely'", 'core/src/runs/start-run.ts', "SQL lives in the noun's *.store.ts"],
    ["import type { Kysely } from 'kysely'", 'server/src/a.ts', 'kysely has no place here'],
    ["import pg from 'pg'", 'core/src/runs/a.ts', 'take a Db from core/src/storage/database.ts'],
    ["import 'node:sqlite'", 'core/src/runs/runs.store.ts', 'node:sqlite has no place here'],
    ["import Database from 'better-sqlite3-multiple-ciphers'", 'core/src/runs/runs.store.ts', 'loaded by open-sqlite.ts alone'],
    ["import { generateText } from 'ai'", 'core/src/runs/execute-run.ts', 'go through the port core/src/runs/engine.ts'],
    ["import { Agent } from '@voltagent/core'", 'core/src/agents/a.ts', '@voltagent/core has no place here'],
    ["import { openai } from '@ai-sdk/openai'", 'core/src/runs/engine.ts', '@ai-sdk/openai has no place here'],
    ["import fastify from 'fastify'", 'core/src/app.ts', 'core knows no HTTP'],
    ["import { request } from 'undici'", 'core/src/runs/a.ts', 'outgoing HTTP goes through core/src/tools/network/connector.ts'],
    ["import { request } from 'node:http'", 'core/src/runs/a.ts', 'node:http has no place here'],
    ["import { readFileSync } from 'node:fs'", 'forgehooks/x/index.ts', 'a tool reads files through core/src/tools/files/'],
    ["import { open } from 'node:fs/promises'", 'core/src/tools/http/a.ts', 'a tool reads files through core/src/tools/files/'],
    ["import net from 'node:net'", 'forgehooks/x/index.ts', 'what leaves this machine goes through core/src/tools/network/'],
    ["import { lookup } from 'node:dns/promises'", 'core/src/runs/a.ts', 'what leaves this machine goes through core/src/tools/network/'],
    ["import { spawn } from 'node:child_process'", 'core/src/tools/http/a.ts', 'tools start no programs'],
    ["import { Worker } from 'node:worker_threads'", 'forgehooks/x/index.ts', 'threads belong to the runtimes'],
    ["import { DatabaseSync } from 'node:sqlite'", 'forgehooks/x/index.ts', 'asks the SQL guard'],
    ["import { DuckDBInstance } from '@duckdb/node-api'", 'forgehooks/x/index.ts', 'one guard runs all SQL of tools'],
    ["import { newQuickJSWASMModuleFromVariant } from 'quickjs-emscripten-core'", 'core/src/runs/a.ts', 'one sandbox runs all user code'],
    [
      "import { Client } from '@modelcontextprotocol/sdk/client/index.js'",
      'core/src/plugins/a.ts',
      'MCP servers are spoken to in core/src/tools/mcp/',
    ],
    ["import vm from 'node:vm'", 'forgehooks/x/index.ts', 'vm contains nothing'],
    ["export const a = () => fetch('http://a')", 'core/src/runs/a.ts', 'fetch has no place here'],
    ["export const a = () => globalThis.fetch('http://a')", 'forgehooks/x/index.ts', 'fetch has no place here'],
    ["export const a = eval('1')", 'core/src/tools/a.ts', 'text must not become code'],
    ["export const a = new Function('return 1')", 'scripts/a.ts', 'text must not become code'],
    ["export const a = Function('return 1')", 'core/src/a.test.ts', 'text must not become code'],
  ])('refuses %s in %s', (text, file, expected) => {
    expect(said(libraryHomes(tree({ [file]: text })))).toEqual([expect.stringContaining(expected)])
  })

  test('reads code, not comments and strings', () => {
    const text =
      "// fetch('x') and eval('y')\nexport const a = \"import 'node:vm'; fetch('z')\"\nexport const b = (hook: { fetch(): void }) => hook.fetch()\n"
    expect(libraryHomes(tree({ 'core/src/runs/a.ts': text }))).toEqual([])
  })
})

describe('import loops', () => {
  test('shows the whole way round', () => {
    const offences = importLoops(
      tree({
        'core/src/runs/a.ts': "export { b } from './b.ts'",
        'core/src/runs/b.ts': "import '@cadre/core/runs/c'\nexport const b = 1",
        'core/src/runs/c.ts': "\nimport { type A } from './a.ts'",
      }),
    )
    expect(said(offences)).toEqual([
      expect.stringContaining(
        'core/src/runs/c.ts:2 import loop: core/src/runs/a.ts -> core/src/runs/b.ts -> core/src/runs/c.ts -> core/src/runs/a.ts',
      ),
    ])
  })

  test('does not count types and what is loaded later', () => {
    const files = { 'core/src/a.ts': "import './b.ts'", 'core/src/b.ts': "import type { A } from './a.ts'\nexport const b = () => import('./a.ts')" }
    expect(importLoops(tree(files))).toEqual([])
  })
})

test('file sizes warn over 300 lines and fail over 500; documents are not counted', () => {
  const lines = (count: number) => 'export {}\n'.repeat(count)
  const { warnings, offences } = fileSizes(
    tree({ 'a.ts': lines(300), 'b.ts': lines(301), 'c.ts': lines(500), 'd.ts': lines(501), 'e.md': lines(900), 'f.json': lines(900) }),
  )
  expect(said(warnings)).toEqual([expect.stringMatching(/^b\.ts.*301 lines, more than 300/), expect.stringMatching(/^c\.ts/)])
  expect(said(offences)).toEqual([expect.stringMatching(/^d\.ts.*501 lines, more than 500/)])
})

test('a file that does not parse is named', () => {
  expect(() => tree({ 'core/src/a.ts': 'export const = 1' })).toThrow(/core\/src\/a\.ts does not parse/)
})

test('the lock file carries every platform and no registry', () => {
  const entry = { version: '1.0.0', optionalDependencies: { 'a-linux-x64': '1.0.0', 'a-darwin-arm64': '1.0.0' } }
  const packages = { 'node_modules/a': entry, 'node_modules/a-linux-x64': { version: '1.0.0' } }
  expect(said(lockFile({ packages }))).toEqual([expect.stringContaining('lacks a-darwin-arm64@1.0.0; run `node scripts/complete-lock.ts`')])
  const whole = { ...packages, 'node_modules/a/node_modules/a-darwin-arm64': { version: '1.0.0', resolved: 'https://registry.example/a.tgz' } }
  expect(said(lockFile({ packages: whole }))).toEqual([expect.stringContaining('names the registry https://registry.example/a.tgz')])
})

describe('page texts', () => {
  test.each([
    ['text between tags', '<p>Hello {name}</p>', 'Hello'],
    ['a string in braces', "<p>{'Hello'}</p>", 'Hello'],
    ['one of two strings', "<p>{ok ? 'Yes' : t.no}</p>", 'Yes'],
    ['a string that stands in', "<p>{name ?? 'Nobody'}</p>", 'Nobody'],
    ['a template', '<p>{`${n} steps`}</p>', 'steps'],
    ['an attribute that people read', '<input placeholder="Search" />', 'Search'],
    ['what a screen reader says', "<b aria-label={open ? 'Close' : t.open} />", 'Close'],
    ['a toast', "toast.success('Saved')", 'Saved'],
    ['text in a fragment', '<>Ação</>', 'Ação'],
  ])('%s is found', (_what, jsx, text) => {
    const files = tree({ 'web/src/ui/a.tsx': `export const a = (t: any, name: any, n: any, ok: any, open: any, toast: any) => ${jsx}` })
    expect(pageTexts(files)).toMatchObject([{ file: 'web/src/ui/a.tsx', line: 1, message: expect.stringContaining(JSON.stringify(text)) }])
  })

  test('looked-up texts, signs, keys, code and class names are none', () => {
    const jsx = '<p className="flex gap-2" data-state={"open"} title={t.title}>{t.hello} · {n}% <kbd>Ctrl</kbd><code>npm start</code></p>'
    expect(
      pageTexts(tree({ 'web/src/ui/a.tsx': `export const a = (t: any, n: any) => ${jsx}`, 'web/src/ui/a.test.tsx': 'const b = <p>Words</p>' })),
    ).toEqual([])
  })
})
