import { execFileSync } from 'node:child_process'
import { linkSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ToolError } from '../tool-error.ts'
import { openFileRoots } from './file-roots.ts'
import { fileTree, textOf, whole } from './test/file-tree.ts'

const top = fileTree({
  'root/a.txt': 'inside',
  'root/sub/b.txt': 'inside',
  'root/.env': 'KEY=secret',
  'root/.env.local': 'KEY=secret',
  'root/.ENVRC': 'secret',
  'root/server.pem': 'secret',
  'root/keys/id_rsa': 'secret',
  'root/keys/id_ed25519_old': 'secret',
  'root/.ssh/config': 'secret',
  'root/keys/id_rsa.pub': 'inside',
  'root/.environment.md': 'inside',
  'root2/other.txt': 'secret',
  'closed/c.txt': 'secret',
  'secret.txt': 'secret',
  'outside/deep/s.txt': 'secret',
})
const inRoot = (path: string) => join(top, 'root', path)
symlinkSync(join(top, 'secret.txt'), inRoot('to-secret'))
symlinkSync('../secret.txt', inRoot('to-secret-relative'))
symlinkSync('to-secret', inRoot('to-link'))
symlinkSync(join(top, 'outside'), inRoot('to-outside'))
symlinkSync(top, inRoot('to-top'))
symlinkSync('..', inRoot('to-parent'))
symlinkSync('/', inRoot('to-slash'))
symlinkSync('/proc/self/environ', inRoot('environ'))
symlinkSync('/proc/self/root', inRoot('proc-root'))
symlinkSync('/dev/zero', inRoot('zero'))
symlinkSync('/dev/stdin', inRoot('stdin'))
symlinkSync('/nowhere/at/all', inRoot('dangling'))
symlinkSync('loop-b', inRoot('loop-a'))
symlinkSync('loop-a', inRoot('loop-b'))
symlinkSync(join(top, 'root2'), inRoot('to-root2'))
symlinkSync('.env', inRoot('notes.txt'))
symlinkSync(join(top, 'closed/c.txt'), inRoot('to-closed'))
symlinkSync(inRoot('a.txt'), join(top, 'outside/back'))
writeFileSync(inRoot('back\\slash.txt'), 'x')
writeFileSync(inRoot('line\nbreak.txt'), 'x')
execFileSync('mkfifo', [inRoot('pipe')])
const server = createServer()
beforeAll(() => new Promise<void>((resolve) => void server.listen(inRoot('socket'), resolve)))
afterAll(() => void server.close())

const files = openFileRoots([
  { name: 'root', path: join(top, 'root') },
  { name: 'closed', path: join(top, 'closed') },
  { name: 'slash', path: '/' },
])
const grants = ['root']
const ways = {
  read: (path: string) => files.read(grants, path, whole),
  stat: (path: string) => files.stat(grants, path),
  locate: (path: string) => files.locate(grants, path),
  list: (path: string) => files.list(grants, path),
}

const up = '../'.repeat(20)
// oxfmt-ignore
const attacks = [
  // Out by dots
  '..', '../', '../..', '../secret.txt', 'root/..', 'root/../secret.txt', 'root/../root/a.txt', './../secret.txt', 'sub/../../secret.txt',
  'sub/../../root/a.txt', 'root/sub/../../secret.txt', `${up}etc/passwd`, `root/${up}etc/passwd`, '.../../secret.txt', 'a.txt/../../secret.txt',
  'nothing/../../secret.txt', '..//..//secret.txt', './/..//secret.txt', '../root2/other.txt', 'root/../root2/other.txt',
  // With backslashes, mixed, doubled
  '..\\secret.txt', 'root\\..\\..\\secret.txt', 'sub\\..\\../secret.txt', '\\..\\secret.txt', '..\\/secret.txt', '..\\..\\..\\..\\etc\\passwd',
  '\\etc\\passwd', '\\\\server\\share\\x', '//server/share/x', '\\\\?\\C:\\x', '\\\\.\\pipe\\x', 'C:\\Windows\\win.ini', 'C:/Windows/win.ini',
  'c:secret.txt',
  // Encoded once, twice, badly
  '%2e%2e/secret.txt', '%2E%2E%2Fsecret.txt', '..%2fsecret.txt', '..%5csecret.txt', '%252e%252e%252fsecret.txt', '%25252e%25252e/secret.txt',
  'root/%2e%2e/%2e%2e/etc/passwd', '%c0%ae%c0%ae/secret.txt', '..%c0%afsecret.txt', '%e0%80%ae%e0%80%ae/secret.txt', '%u002e%u002e/secret.txt',
  '..%00/secret.txt', 'a.txt%00.png/../../secret.txt', '&#46;&#46;/secret.txt', '\\u002e\\u002e/secret.txt',
  // Look-alikes that a normalisation would turn into dots and slashes
  '．．/secret.txt', '‥/secret.txt', '..／secret.txt', '..∕secret.txt', '․․/secret.txt', '﹒﹒/secret.txt', '..＼secret.txt', '.\u200d./secret.txt',
  '.\u00ad./secret.txt',
  // Control characters and what is no Unicode
  'a.txt\0', 'a.txt\0.png', '\0../secret.txt', 'a.txt\n', '..\r/secret.txt', 'a\u001b[2J.txt', 'a\u0085.txt', '\u007f', 'a\ud800.txt', '\udc00..',
  'line\nbreak.txt', 'back\\slash.txt',
  // Absolute
  '/', '//', '/.', '/..', '/etc/passwd', '//etc/passwd', '/etc/../etc/passwd', '/proc/self/environ', '/proc/1/root/etc/passwd', '/dev/zero',
  '/dev/fd/0', top, join(top, 'secret.txt'), join(top, 'root2/other.txt'), `${top}/root/../secret.txt`, `${top}/root/../root/a.txt`,
  `${top}/./x/../root/a.txt`, `${top}/root/sub/../../secret.txt`, `${top}/root2`, `${top}/rootless`, `${top}/ROOT/a.txt`,
  `${top}\\root\\..\\secret.txt`, `file://${top}/root/a.txt`, `file:///etc/passwd`, join(top, 'closed/c.txt'),
  // Homes and shells
  '~', '~/.ssh/id_rsa', '~root/.bashrc', '$HOME/.bashrc', '${HOME}', '`id`', '$(id)', '*', 'root/*', '?.txt', '{a,b}.txt', 'a.txt;id', '-', '--',
  // Names of roots
  'closed/c.txt', 'slash/etc/passwd', 'ROOT/a.txt', 'root /a.txt', ' root/a.txt', '__proto__', 'constructor/a.txt', 'root:a.txt',
  'A.TXT/../A.TXT',
  // Links
  'to-secret', 'root/to-secret', 'to-secret-relative', 'to-link', 'to-outside/deep/s.txt', 'to-outside/nothing', 'to-outside', 'to-outside/back',
  'to-top', 'to-top/secret.txt', 'to-top/root/a.txt', 'to-parent/secret.txt', 'to-parent/root/a.txt', 'to-slash/etc/passwd', 'to-root2/other.txt',
  'to-closed', 'dangling', 'loop-a', 'loop-b/x', 'environ', 'proc-root/etc/passwd', 'zero', 'stdin', 'to-outside/../to-outside/deep/s.txt',
  // What is no file
  'pipe', 'socket', 'a.txt/b', 'a.txt/b/../../../x', 'pipe/x', 'socket/x',
  // Keys
  '.env', '.env.local', '.ENVRC', '.Env', 'root/.env', './/.env', 'server.pem', 'SERVER.PEM', 'keys/id_rsa', 'keys/id_ed25519_old', '.ssh',
  '.ssh/config', '.ssh/nothing', 'notes.txt', join(top, 'root/.env'), 'sub/../.env', 'nothing/.env',
  // Lengths
  'x'.repeat(256), 'ü'.repeat(200), 'x/'.repeat(3000), `${'sub/../'.repeat(580)}nothing`, '../'.repeat(1300), `${'x'.repeat(250)}/`.repeat(16),
  '',
]
test.each(attacks.flatMap((path) => (['read', 'stat', 'locate', 'list'] as const).map((way) => [way, path] as const)))(
  '%s refuses %j',
  async (way, path) => {
    if (way === 'list' && path === '') return
    const error: unknown = await ways[way](path).then(
      (value) => expect.fail(`gave ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    )
    expect(error).toBeInstanceOf(ToolError)
    const { message, detail } = error as ToolError
    expect(detail).toBeUndefined()
    expect(message.replaceAll(path.slice(0, 200), '')).not.toMatch(new RegExp(`${basename(top)}|node:|at .*:\\d+`))
    expect(message.length).toBeLessThan(400)
  },
)

test('what is outside is not told, not even whether it is there', async () => {
  const said = async (path: string) => ((await ways.read(path).catch((error: unknown) => error)) as ToolError).message.replaceAll(path, 'X')
  expect(await said('to-outside/deep/s.txt')).toBe(await said('to-outside/nothing'))
  expect(await said('to-secret')).toBe(await said('dangling'))
  expect(await said('/etc/passwd')).toBe(await said('/no/such/thing'))
  expect(await said(`${top}/secret.txt`)).toBe(await said(`${top}/nothing`))
  expect(await said('sub/.ssh/x')).toBe(await said('.ssh/config'))
})

test('a list tells why each such entry cannot be read, and nothing of what links lead to', async () => {
  const listed = await files.list(grants, 'root')
  const barred = listed.filter((file) => file.unreadable)
  expect(barred.map((file) => file.path.slice(5)).toSorted()).toEqual(
    [
      '.ENVRC',
      '.env',
      '.env.local',
      '.ssh',
      'back\\slash.txt',
      'dangling',
      'environ',
      'line\nbreak.txt',
      'loop-a',
      'loop-b',
      'notes.txt',
      'pipe',
      'proc-root',
      'server.pem',
      'socket',
      'stdin',
      'to-closed',
      'to-link',
      'to-outside',
      'to-parent',
      'to-root2',
      'to-secret',
      'to-secret-relative',
      'to-slash',
      'to-top',
      'zero',
    ].toSorted(),
  )
  expect(barred.every((file) => file.size === 0)).toBe(true)
  for (const file of listed.filter(({ unreadable, type }) => !unreadable && type === 'file'))
    expect(textOf(await files.read(grants, file.path, whole))).toBe('inside')
  for (const name of ['keys/id_rsa.pub', '.environment.md']) expect(textOf(await ways.read(name))).toBe('inside')
})

test('the files of the system are no files, where a root has them', async () => {
  const all = ['slash', 'root', 'closed']
  for (const path of [
    '/proc/self/environ',
    '/proc/self/status',
    '/proc/self/maps',
    '/proc/self/fd/0',
    '/sys/kernel/mm',
    '/dev/zero',
    '/dev/null',
    '/dev/random',
    '/dev/tty',
  ])
    for (const name of [path, `slash${path}`]) await expect(files.read(all, name, { offset: 0, max_bytes: 100 })).rejects.toThrow(ToolError)
  expect((await files.read(all, '/etc/passwd', whole)).length).toBeGreaterThan(0)
})

test('a second name of a file (a hard link) is a file of the root: nothing could tell it from the first', async () => {
  mkdirSync(inRoot('hard'))
  linkSync(inRoot('a.txt'), inRoot('hard/link.txt'))
  expect(textOf(await ways.read('hard/link.txt'))).toBe('inside')
})
