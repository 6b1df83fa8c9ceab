import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openLog } from './log.ts'
import { superviseWorkers, type SuperviseOptions } from './supervise.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cadre-supervise-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

type Event = Parameters<NonNullable<SuperviseOptions['watch']>>[0]

function supervise(script: string, count: number) {
  const entry = join(folder, 'worker.mjs')
  writeFileSync(entry, script)
  const events: Event[] = []
  let changed = Promise.withResolvers<void>()
  const workers = superviseWorkers({
    count,
    entry,
    log: openLog('silent'),
    backoff_ms: 1,
    watch: (event) => {
      events.push(event)
      changed.resolve()
      changed = Promise.withResolvers()
    },
  })
  const until = async (kind: Event['kind'], times: number) => {
    while (events.filter((event) => event.kind === kind).length < times) await changed.promise
    return events.filter((event) => event.kind === kind)
  }
  return { workers, until }
}
const alive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}
const stays = 'setInterval(() => {}, 1000); process.on("disconnect", () => process.exit());'

test('starts them all, and a killed one again', async () => {
  const { workers, until } = supervise(`${stays} process.on("SIGTERM", () => process.exit(0))`, 3)
  const [first] = await until('started', 3)
  process.kill(first!.pid!, 'SIGKILL')
  const started = await until('started', 4)
  expect(started[3]).toMatchObject({ worker: first!.worker })
  await workers.stop(5_000)
  for (const { pid } of started) expect(alive(pid!)).toBe(false)
})

test('one that always dies is started again and again until the end', async () => {
  const { workers, until } = supervise('process.exit(3)', 1)
  await until('died', 3)
  await workers.stop(5_000)
})

test('one that does not listen is ended', async () => {
  const { workers, until } = supervise(`process.on("SIGTERM", () => {}); ${stays} process.send("up")`, 1)
  const [{ pid }] = (await until('started', 1)) as [Event]
  await workers.stop(1)
  expect(alive(pid!)).toBe(false)
})
