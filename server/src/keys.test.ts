import { execFile } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { lockDataFolder } from '@cadre/core/storage/data-folder'
import { afterEach, beforeEach, expect, test } from 'vitest'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-keys-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('base64')) as [string, string]
/** As an operator types it, in an empty folder. */
async function keys(args: string[], env: Record<string, string> = {}) {
  const command = [join(import.meta.dirname, 'main.ts'), 'keys', ...args]
  return promisify(execFile)(process.execPath, command, { cwd, env: { PATH: process.env.PATH, ...env } }).then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    ({ code, stdout, stderr }: { code: number; stdout: string; stderr: string }) => ({ code, stdout, stderr }),
  )
}

test('a key file is checked and rotated', async () => {
  expect(await keys(['check'])).toMatchObject({ code: 0, stdout: 'The master key is the one of this database.\n' })
  const { code, stdout } = await keys(['rotate'])
  expect(code).toBe(0)
  expect(stdout).toMatch(
    /^1 secrets are sealed with the key [0-9a-f]{8} now\.\nBackups from before need the key that is kept in \S+\.retired; delete it when they are gone\.\n$/,
  )
  expect(readdirSync(join(cwd, 'data')).filter((name) => name.startsWith('cadre.key'))).toHaveLength(2)
  expect((await keys(['check'])).code).toBe(0)
})

test('a wrong key is told in one sentence, also by a server that starts, and a lost one can be given up', async () => {
  await keys(['check'], { CADRE_KEY: one })
  const wrong = await keys(['check'], { CADRE_KEY: two })
  expect(wrong.code).toBe(1)
  expect(wrong.stderr).toMatch(
    /^Cadre cannot start\. CADRE_KEY: this is the key [0-9a-f]{8}, and the secrets of this database were sealed with the key [0-9a-f]{8}; bring that one back/,
  )
  const start = await promisify(execFile)(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    cwd,
    env: { PATH: process.env.PATH, CADRE_KEY: two, PORT: '0' },
  }).catch((error: { stderr: string }) => error)
  expect(start.stderr).toMatch(/^Cadre cannot start\. CADRE_KEY: this is the key/)
  expect(await keys(['reset'], { CADRE_KEY: two })).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^From now on the key [0-9a-f]{8} counts\.\n$/),
  })
  expect((await keys(['check'], { CADRE_KEY: two })).code).toBe(0)
})

test('beside a server that runs, and without a verb, it says why not', async () => {
  await keys(['check'])
  const lock = lockDataFolder(join(cwd, 'data'), 'server')
  expect((await keys(['rotate'])).stderr).toMatch(/^Cadre cannot start\. another Cadre server .* already uses/)
  lock.release()
  expect((await keys([])).stderr).toContain('keys: there are')
})
