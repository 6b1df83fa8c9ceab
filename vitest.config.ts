import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { defineConfig } from 'vitest/config'
import { CountReporter } from './scripts/test/count-reporter.ts'

const here = import.meta.dirname
const countsFile = process.env.TEST_COUNTS_FILE

export default defineConfig({
  test: {
    root: here,
    include: ['{contract,core,forgehooks,server,client,web,scripts,bench,e2e}/**/*.test.{ts,tsx}'],
    // First where temporary files go. Then one Postgres cluster for the whole run; each test that asks gets an empty database in it.
    globalSetup: ['scripts/test/temporary-folder.ts', 'core/src/storage/test/global-setup.ts'],
    setupFiles: ['scripts/test/fail-on-network.ts'],
    // A process per file: a test that kills, patches or leaks cannot reach its neighbours.
    pool: 'forks',
    execArgv: ['--import', pathToFileURL(join(here, 'scripts/test/no-network.mjs')).href],
    // VoltAgent fetches a model list from the internet unless this is set before it is imported.
    env: { NODE_ENV: 'production' },
    maxWorkers: Math.max(2, availableParallelism()),
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // What another process or a database is to do comes when it comes on two loaded cores; the default is a second.
    expect: { poll: { timeout: 20_000 } },
    reporters: countsFile ? ['default', new CountReporter(countsFile)] : ['default'],
  },
})
