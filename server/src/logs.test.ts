import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openEvents } from './test/sockets.ts'
import { startOwned } from './test/real-cadre.ts'

test('the log streams as it is written, also what a worker process writes', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'cadre-logs-'))
  // Each process says that it does not know this setting.
  const env = { PATH: process.env.PATH, PORT: '0', CADRE_WORKERS: '1', CADRE_UNKNOWN: 'x' }
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], { cwd, env, stdio: ['ignore', 'pipe', 'ignore'] })
  const ended = once(child, 'close')
  onTestFinished(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(cwd, { recursive: true, maxRetries: 5 })
  })
  let said = ''
  while (!said.includes('\nTry:')) said += String((await once(child.stdout.setEncoding('utf8'), 'data'))[0])
  const events = await openEvents(`${/Cadre is at (\S+)/.exec(said)?.[1]}/api/v1/logs?level=warn&q=cadre_unknown`)
  const first = (await events.nextEvent())?.data
  const second = (await events.nextEvent())?.data
  expect(first).toMatchObject({ type: 'log.record', level: 'warn', pid: child.pid, text: expect.stringContaining('there is no such setting') })
  expect(second).toMatchObject({ level: 'warn', text: first.text })
  expect(second.pid).not.toBe(child.pid)
})

test('settings and logs are for owners and admins of the first workspace', async () => {
  const { boss, as } = await startOwned('SQLite', { CADRE_RUN_DAYS: '30' })
  expect((await boss('GET', 'server/settings')).data).toMatchObject({
    retention: { runs: 30, audit: null, jobs: 7, counts_by_minute: 2, counts_by_hour: 90 },
    database: 'sqlite',
    workers: 0,
  })
  const admin = (await as('admin')).call
  expect([(await admin('GET', 'server/settings')).status, (await admin('HEAD', 'logs')).status]).toEqual([200, 200])
  const builder = (await as('builder')).call
  expect([(await builder('GET', 'server/settings')).status, (await builder('HEAD', 'logs')).status]).toEqual([403, 403])
  expect(await boss('GET', 'logs?level=loud')).toMatchObject({ status: 422 })
})
