import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, expect, test } from 'vitest'

const setup = join(import.meta.dirname, 'setup.mjs')
const folders: string[] = []
afterEach(() => folders.splice(0).forEach((folder) => rmSync(folder, { recursive: true, force: true })))

const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/tool': { version: '2.0.0', dev: true } } }

/** A small project in a path with spaces, and an npm of its own that installs by writing what npm would write. */
function project(options: { installed?: object; npm?: string; files?: Record<string, string> } = {}) {
  const root = join(mkdtempSync(join(tmpdir(), 'cadre setup ')), 'a b')
  folders.push(dirname(root))
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  cpSync(setup, join(root, 'scripts/setup.mjs'))
  write('package.json', '{}') // else the type of these files would depend on what lies in the folders above
  write('package-lock.json', JSON.stringify(lock))
  write(
    'server/src/main.ts',
    'const args: string[] = process.argv.slice(2)\nconsole.log(JSON.stringify({ args, env: process.env.NODE_ENV }))\nprocess.exitCode = 7\n',
  )
  write('scripts/test.ts', "process.on('SIGTERM', () => process.exit(3))\nsetInterval(() => {}, 1000)\nconsole.log('ready')\n")
  write(
    'npm/npm-cli.js',
    options.npm ??
      `const fs = require('node:fs')
       fs.mkdirSync('node_modules/node/bin', { recursive: true })
       fs.symlinkSync(process.execPath, 'node_modules/node/bin/node')
       fs.copyFileSync('package-lock.json', 'node_modules/.package-lock.json')
       fs.appendFileSync('npm-calls', process.argv.slice(2).join(' ') + '\\n')`,
  )
  if (options.installed) {
    write('node_modules/.package-lock.json', JSON.stringify(options.installed))
    mkdirSync(join(root, 'node_modules/node/bin'), { recursive: true })
    symlinkSync(process.execPath, join(root, 'node_modules/node/bin/node'))
  }
  for (const [path, text] of Object.entries(options.files ?? {})) write(path, text)
  const env = { ...process.env, npm_execpath: join(root, 'npm/npm-cli.js'), NODE_ENV: undefined }
  return {
    change: (path: string) => utimesSync(join(root, path), new Date(), new Date(Date.now() + 60_000)),
    run: (...args: string[]) => spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], { cwd: tmpdir(), env, encoding: 'utf8' }),
    spawn: (...args: string[]) => spawn(process.execPath, [join(root, 'scripts/setup.mjs'), ...args], { env, stdio: ['ignore', 'pipe', 'inherit'] }),
  }
}

test('runs the target in silence when everything is there, with its arguments and exit code', () => {
  const { stdout, stderr, status } = project({ installed: lock }).run('start', '--workers', '2', 'a b')
  expect({ stdout, stderr, status }).toEqual({ stdout: '{"args":["--workers","2","a b"],"env":"production"}\n', stderr: '', status: 7 })
})

test('installs what is missing once', () => {
  const here = project()
  const first = here.run('start')
  expect(first.stderr).toContain('Installing what Cadre needs')
  expect(first.stdout).toContain('"args":[]')
  expect(here.run('start').stderr).toBe('')
})

test.each([
  ['another version', { packages: { ...lock.packages, 'node_modules/a': { version: '0.9.0' } } }, 'start', true],
  ['a production install that is asked to test', { packages: { 'node_modules/a': { version: '1.0.0' } } }, 'check', true],
  ['a production install that is asked to serve', { packages: { 'node_modules/a': { version: '1.0.0' } } }, 'start', false],
])('with %s installed', (_what, installed, target, installs) => {
  const npm = "console.error('npm error asked to install'); process.exit(1)"
  expect(project({ installed, npm }).run(target).stderr.includes('asked to install')).toBe(installs)
})

test('says in one sentence that the registry cannot be reached', () => {
  const npm = "console.error('npm error code ENOTFOUND\\nnpm error request to https://registry.npmjs.org/a failed'); process.exit(1)"
  const { stderr, status } = project({ npm }).run('demo')
  expect(status).toBe(1)
  expect(stderr.trimEnd().split('\n').at(-1)).toMatch(/^Cannot install: npm cannot reach its registry .* run this again\.$/)
})

test('names an unknown target', () => {
  const { stderr, status } = project({ installed: lock }).run('dance')
  expect(stderr).toMatch(/unknown target 'dance'; it is one of start, demo, test/)
  expect(status).toBe(1)
})

const pages = { 'web/index.html': '', 'web/src/app/main.tsx': '' }
const builder =
  "const fs = process.getBuiltinModule('fs')\nfs.mkdirSync('web/dist', { recursive: true })\nfs.writeFileSync('web/dist/index.html', '')\n"

test('builds the pages before it serves, when they are missing and when a source is newer', () => {
  const here = project({ installed: lock, files: { ...pages, 'scripts/web.ts': builder } })
  expect(here.run('start').stderr).toBe('Building the pages (once; some seconds) ...\n')
  expect(here.run('start').stderr).toBe('')
  here.change('web/src/app/main.tsx')
  expect(here.run('start').stderr).toContain('Building the pages')
})

test('serves without pages where they cannot be built', () => {
  const { stderr, status } = project({ installed: lock, files: { ...pages, 'scripts/web.ts': 'process.exitCode = 1' } }).run('start')
  expect(stderr).toContain('The pages could not be built')
  expect(status).toBe(7)
})

test('hands SIGTERM to the child and waits for its exit code', async () => {
  const child = project({ installed: lock }).spawn('test')
  await new Promise((resolve) => child.stdout.once('data', resolve))
  child.kill('SIGTERM')
  expect(await new Promise((resolve) => child.on('exit', resolve))).toBe(3)
})
