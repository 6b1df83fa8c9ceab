import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { bin, cadre, hear, startCadre } from '../test/cadre.ts'
import { checkSettings } from '../test/server-settings.ts'
import { serverOptions } from './server-process.ts'

function folder() {
  const path = mkdtempSync(join(tmpdir(), 'cadre-cli-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('the server knows every setting that `start` offers', () => {
  for (const [flags] of serverOptions) {
    const [flag = ''] = flags.split(' ')
    const values: Record<string, string> = { '--log-level': 'warn', '--database-url': 'postgres://x/y', '--config': '/dev/null' }
    expect(() => checkSettings([flag, values[flag] ?? '1'])).not.toThrow()
  }
})

test('a setting that the server refuses ends `start` as the server says', async () => {
  const { code, stderr } = await cadre(['start', '--port', 'many'], { cwd: folder() })
  expect(code).toBe(1)
  expect(stderr).toMatch(/^Cadre cannot start\. PORT: must be a whole number/)
})

test('start serves until it is told to stop; the other commands find it', async () => {
  const cwd = folder()
  const child = startCadre(['start', '--port', '0', '--data-dir', join(cwd, 'd')], { cwd, env: { CADRE_LOG_LEVEL: 'silent' } })
  const [url = ''] = /http:\/\/127\.0\.0\.1:\d+/.exec(await hear(child.stdout!).until('Models')) ?? []
  const made = await cadre(['agents', 'create', '--name', 'Helper', '--prompt', 'You help with numbers.', '--tools', 'calculator'], { url })
  expect(made).toMatchObject({ code: 0, stdout: 'helper\n' })
  expect(await cadre(['agents', 'create', '--name', 'Helper', '--prompt', 'x'], { url })).toMatchObject({ code: 5, stdout: '' })
  const ran = await cadre(['run', 'helper', 'What is 12 * 7?'], { url })
  expect(ran.stdout).toContain('84')
  expect(ran).toMatchObject({ code: 0, stderr: expect.stringMatching(/step 1 {2}calculator__/) })
  expect((await cadre(['runs', 'list'], { url })).stdout).toContain('completed')
  expect((await cadre(['doctor', '--data-dir', join(cwd, 'd')], { url })).code).toBe(0)
  child.kill('SIGTERM')
  expect(await once(child, 'exit')).toEqual([0, null])
})

/** Makes the Node of the tests say that it is an old one; what it starts is not told. */
const old = ['--import', `data:text/javascript,Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.1.0' } })`]

test('under an old Node the command runs on the Node of the project', async () => {
  expect(await cadre(['--version'], { nodeArgs: old })).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: '' })
  expect((await cadre(['agents', 'lst'], { nodeArgs: old })).code).toBe(2)
})

const oldNode = (process.env.PATH ?? '')
  .split(delimiter)
  .map((path) => join(path, 'node'))
  .find((file) => /^v2[0-3]\./.test(spawnSync(file, ['--version'], { encoding: 'utf8' }).stdout ?? ''))

test.skipIf(!oldNode)('a real old Node, where this machine has one', () => {
  const { NODE_OPTIONS: _ours, ...env } = process.env
  const { status, stdout, stderr } = spawnSync(oldNode ?? '', [bin, '--version'], { encoding: 'utf8', env })
  expect([status, stderr, stdout]).toEqual([0, '', expect.stringMatching(/^\d+\.\d+\.\d+\n$/)])
})

test('under an old Node without that, it says what is missing', () => {
  const path = folder()
  mkdirSync(join(path, 'bin'))
  copyFileSync(bin, join(path, 'bin/cadre.mjs'))
  const { status, stderr } = spawnSync(process.execPath, [...old, join(path, 'bin/cadre.mjs')], { encoding: 'utf8' })
  expect([status, stderr]).toEqual([1, expect.stringMatching(/^cadre needs Node\.js 24 or later; this is v.+ Run `npm install` in its folder/)])
})
