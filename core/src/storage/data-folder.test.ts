import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { lockDataFolder } from './data-folder.ts'

let parent: string
let dir: string
let children: ChildProcess[]
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'cadre-folder-'))
  dir = join(parent, 'deep', 'data')
  children = []
})
afterEach(() => {
  for (const child of children) child.kill('SIGKILL')
  chmodSync(parent, 0o700)
  rmSync(parent, { recursive: true, force: true })
})

async function holder() {
  const child = fork(new URL('./test/lock-holder.ts', import.meta.url), { execArgv: [] })
  children.push(child)
  child.send(dir)
  const [said] = (await once(child, 'message')) as [string]
  return { child, said }
}

test('makes the folder for its owner alone, and can be had again after its release', () => {
  const lock = lockDataFolder(dir, 'server')
  expect(statSync(dir).mode & 0o777).toBe(0o700)
  expect(() => lockDataFolder(dir, 'server')).toThrow(`another Cadre server (pid ${process.pid}) already uses ${dir}; stop it or set CADRE_DATA_DIR`)
  lock.release()
  lock.release()
  lockDataFolder(dir, 'server').release()
})

test('a second process is refused with the pid of the first; when that is killed, the next has the lock at once', async () => {
  const first = await holder()
  expect(first.said).toBe('locked')
  const refused = `another Cadre server (pid ${first.child.pid}) already uses ${dir}; stop it or set CADRE_DATA_DIR`
  expect((await holder()).said).toBe(refused)
  expect(() => lockDataFolder(dir, 'server')).toThrow(refused)
  first.child.kill('SIGKILL')
  await once(first.child, 'exit')
  const next = await holder()
  expect(next.said).toBe('locked')
  expect(() => lockDataFolder(dir, 'server')).toThrow(`(pid ${next.child.pid})`)
})

test('of many that start together exactly one has it', async () => {
  const all = await Promise.all(Array.from({ length: 6 }, () => holder()))
  const winners = all.filter((each) => each.said === 'locked')
  expect(winners).toHaveLength(1)
  for (const each of all) if (each !== winners[0]) expect(each.said).toMatch(/^another Cadre server( \(pid \d+\))? already uses /)
})

test('a folder that cannot be used is refused in one sentence that names it', () => {
  const file = join(parent, 'file')
  writeFileSync(file, '')
  expect(() => lockDataFolder(file, 'server')).toThrow(
    `the data folder ${file} cannot be read and written (a file is in its place); set CADRE_DATA_DIR to one that can`,
  )
  expect(() => lockDataFolder(join(file, 'below'), 'server')).toThrow(/cannot be made \(a file is in its place\)/)
  expect(() => lockDataFolder('/proc/cadre', 'server')).toThrow(/^the data folder \/proc\/cadre cannot be /)
})
