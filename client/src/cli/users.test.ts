import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { User } from '@cadre/contract/access'
import type { ApiKey } from '@cadre/contract/credentials'
import { expect, onTestFinished, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { startWire } from '../test/wire.ts'

const at = '2024-03-05T10:15:00.000Z'
const user: User = {
  id: 'usr_1',
  email: 'olga@example.org',
  name: 'Olga \u001b[31m',
  role: 'owner',
  disabled: false,
  has_password: true,
  external_issuer: null,
  created_at: at,
  updated_at: at,
}
const key: ApiKey = {
  id: 'key_1',
  name: 'CI',
  prefix: 'cdr_abcdefgh',
  user_id: 'usr_1',
  role: 'member',
  scopes: ['runs:read', 'runs:write'],
  agents: null,
  expires_at: '2024-01-01T00:00:00.000Z',
  last_used_at: null,
  revoked_at: null,
  created_at: at,
}

test('users are listed, created, disabled by their address, and get passwords from a file', async () => {
  const wire = await startWire({
    'users.list': ({ input }) =>
      input.cursor ? { items: [user], next_cursor: null } : { items: [{ ...user, id: 'usr_2', email: null }], next_cursor: 'more' },
    'users.create': () => user,
    'users.disable': () => ({ ...user, disabled: true }),
    'users.setPassword': () => user,
    'users.beginReset': () => ({ user_id: 'usr_1', token: 'one-time-token', expires_at: at }),
    'users.finishReset': () => ({ user_id: 'usr_1', changed: true }),
  })
  const { url } = wire
  const list = await cadre(['users', 'list'], { url })
  expect(list.stdout).toMatch(/^ID +NAME +E-MAIL +ROLE +STATE +SINCE\nusr_2 .+\nusr_1 +Olga +olga@example.org +owner +active +2024-/)
  expect(
    await cadre(['users', 'create', 'o@example.org', '--name', 'Olga', '--role', 'admin', '--password-file', '-'], { url, stdin: 'correct horse\n' }),
  ).toEqual({
    code: 0,
    stdout: 'usr_1\n',
    stderr: 'Created Olga (owner).\n',
  })
  expect(wire.inputOf('users.create')).toEqual({ email: 'o@example.org', name: 'Olga', role: 'admin', password: 'correct horse' })
  await cadre(['users', 'create', 'o@example.org', '--name', 'Olga', '--no-password'], { url })
  expect(wire.inputOf('users.create')).toMatchObject({ role: 'member', password: null })
  expect(await cadre(['users', 'disable', 'OLGA@example.org'], { url })).toMatchObject({ code: 0, stderr: 'Olga is disabled.\n' })
  expect(wire.inputOf('users.disable')).toEqual({ id: 'usr_1' })
  expect(await cadre(['users', 'disable', 'no@example.org'], { url })).toMatchObject({
    code: 3,
    stderr: 'cadre: there is no user with the address no@example.org\n',
  })
  expect(await cadre(['users', 'passwd', 'usr_1', '--password-file', '-'], { url, stdin: 'a newer one\n' })).toMatchObject({ code: 0 })
  expect(wire.inputOf('users.setPassword')).toEqual({ id: 'usr_1', password: 'a newer one' })
  expect(await cadre(['users', 'reset-password', 'olga@example.org'], { url })).toMatchObject({
    code: 0,
    stdout: 'one-time-token\n',
    stderr: expect.stringMatching(/^Give it to them\. It is good until .*`cadre users finish-reset`\.\n$/),
  })
  await cadre(['users', 'finish-reset', 'one-time-token', '--password-file', '-'], { url, stdin: 'one of my own\n' })
  expect(wire.inputOf('users.finishReset')).toEqual({ token: 'one-time-token', password: 'one of my own' })
  expect(await cadre(['users', 'passwd', 'usr_1'], { url })).toMatchObject({
    code: 2,
    stderr: 'cadre: give the password by --password-file, or - to read it from standard input\n',
  })
})

test('keys are listed, created and revoked; the key alone is on standard output', async () => {
  const wire = await startWire({
    'keys.list': () => ({ items: [key, { ...key, id: 'key_2', expires_at: null, scopes: null, revoked_at: at }], next_cursor: null }),
    'keys.create': () => ({ ...key, key: 'cdr_abcdefgh_secret' }),
    'keys.revoke': () => key,
  })
  const { url } = wire
  const { stdout } = await cadre(['keys', 'list'], { url })
  expect(stdout).toMatch(
    /key_1 +cdr_abcdefgh… +CI +member +runs:read runs:write +never +expired\nkey_2 +cdr_abcdefgh… +CI +member +all +never +revoked\n/,
  )
  const made = await cadre(['keys', 'create', 'CI', '--scopes', 'runs:read,runs:write', '--expires', '2999-01-31T00:00:00Z'], { url })
  expect(made).toEqual({ code: 0, stdout: 'cdr_abcdefgh_secret\n', stderr: 'Keep it now: it is not shown again.\n' })
  expect(wire.inputOf('keys.create')).toMatchObject({
    name: 'CI',
    scopes: ['runs:read', 'runs:write'],
    agents: null,
    expires_at: '2999-01-31T00:00:00.000Z',
  })
  expect(await cadre(['keys', 'create', 'CI', '--scopes', 'runs:fly'], { url })).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("There is no scope 'runs:fly'"),
  })
  expect(await cadre(['keys', 'revoke', 'cdr_abcdefgh'], { url })).toMatchObject({ code: 0, stderr: 'Revoked CI.\n' })
  expect(wire.inputOf('keys.revoke')).toEqual({ id: 'key_1' })
})

test('the first owner is made on the machine itself, without a server', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-local-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const local = ['--local', '--data-dir', folder, '--password-file', '-']
  const run = (words: string[], stdin: string) => cadre([...words, ...local], { cwd: folder, stdin })
  const words = ['users', 'create', 'olga@example.org', '--name', 'Olga']
  expect(await run(words, 'short\n')).toMatchObject({ code: 5, stderr: 'cadre: password: must have at least 10 characters\n' })
  expect(await run(words, 'correct horse battery\n')).toEqual({
    code: 0,
    stdout: expect.stringMatching(/^usr_\w{26}\n$/),
    stderr: 'Created Olga (owner).\n',
  })
  expect(await run(words, 'correct horse battery\n')).toMatchObject({
    code: 5,
    stderr: 'cadre: This server has users already; log in as one of its owners.\n',
  })
  expect(await run(['users', 'passwd', 'olga@example.org'], 'another password\n')).toMatchObject({ code: 0, stderr: 'Olga has a new password.\n' })
})
