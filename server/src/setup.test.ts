import { describe, expect, onTestFinished, test } from 'vitest'
import { greeting } from './cadre.ts'
import { callerOf, owner, realCadre } from './test/real-cadre.ts'
import { changeUsers } from './users-command.ts'

const start = async (...given: Parameters<typeof realCadre>) => {
  const server = await realCadre(...given)
  onTestFinished(server.stop)
  return server
}
const is = (words: RegExp) => expect.stringMatching(words)
const locked = { CADRE_AUTH: 'required' }

describe.each(['SQLite', 'Postgres'] as const)('a server without an owner on %s', (kind) => {
  test('lets nobody in, prints a token of one use, and takes one owner by it', async () => {
    const { at, cadre } = await start(kind, locked)
    for (const [method, path, body] of [
      ['GET', 'agents', undefined],
      ['POST', 'users', { ...owner, role: 'owner' }],
      ['POST', 'sessions', { email: owner.email, password: owner.password }],
      ['GET', 'me', undefined],
    ] as const)
      expect(await at()(method, path, body), path).toMatchObject({ status: 401, error: is(/no owner yet/) })
    expect(await at()('GET', '/healthz')).toMatchObject({ status: 200 })
    expect((await at()('GET', 'setup')).data).toEqual({ needs_owner: true, outside_login: null })
    const token = /"token":"([\w-]{32})"/.exec(await greeting(cadre))?.[1]
    const other = /"token":"([\w-]{32})"/.exec(await greeting(cadre))?.[1]
    expect(await at()('POST', 'setup', { ...owner, token: 'wrong' })).toMatchObject({ status: 401, error: is(/^token: is not one/) })
    expect(await at()('POST', 'setup', { ...owner, token, role: 'owner' })).toMatchObject({ status: 422 })
    expect(await at()('POST', 'setup', { ...owner, password: 'short', token })).toMatchObject({ status: 422, error: is(/at least 10/) })
    const both = await Promise.all([
      at()('POST', 'setup', { ...owner, token }),
      at()('POST', 'setup', { ...owner, email: 'second@example.org', token: other }),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual([201, 401])
    expect(await at()('POST', 'setup', { ...owner, token })).toMatchObject({ status: 401 })
    expect(await at()('POST', 'setup', { ...owner, token: other })).toMatchObject({ status: 401 })
    expect((await at()('GET', 'setup')).data).toEqual({ needs_owner: false, outside_login: null })
    expect(await at()('GET', 'agents')).toMatchObject({ status: 200 })
    expect(await at()('GET', 'runs')).toMatchObject({ status: 401, error: is(/needs a login/) })
    expect(await greeting(cadre)).not.toContain('token')
  })

  test('takes one by the command on its machine, at once', async () => {
    const { at, cadre, config } = await start(kind, { ...locked, HOST: '0.0.0.0', CADRE_RATE_LIMIT: '1000' })
    expect(await greeting(cadre)).toContain('lets nobody in')
    expect(await changeUsers(config, { command: 'create', ...owner })).toMatchObject({ email: owner.email, role: 'owner' })
    await expect(changeUsers(config, { command: 'create', ...owner, email: 'x@y.z' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect
      .poll(async () => (await at()('POST', 'sessions', { email: owner.email, password: owner.password })).status, { timeout: 10_000 })
      .toBe(200)
    await changeUsers(config, { command: 'passwd', email: owner.email, password: 'another password' })
    expect(await at()('POST', 'sessions', { email: owner.email, password: owner.password })).toMatchObject({ status: 401 })
    expect(await at()('POST', 'sessions', { email: owner.email, password: 'another password' })).toMatchObject({ status: 200 })
    await expect(changeUsers(config, { command: 'passwd', email: 'x@y.z', password: 'another password' })).rejects.toMatchObject({
      code: 'USER_NOT_FOUND',
    })
  })

  test('with CADRE_API_KEY needs none, and the first user is an owner', async () => {
    const { at, cadre } = await start(kind, { ...locked, CADRE_API_KEY: 'k-secret' })
    const byKey = at({ 'x-api-key': 'k-secret' })
    expect((await byKey('GET', 'me')).data).toMatchObject({ kind: 'user', id: 'owner', role: 'owner', user: null })
    expect(await greeting(cadre)).toContain('X-API-Key')
    expect(await byKey('POST', 'users', { ...owner, role: 'member' })).toMatchObject({ status: 422, error: is(/^role: the first user/) })
    expect(await byKey('POST', 'users', { email: owner.email, name: 'O', role: 'owner' })).toMatchObject({ status: 422 })
    expect(await byKey('POST', 'users', { ...owner, role: 'owner' })).toMatchObject({ status: 201 })
    const { data: key } = await byKey('POST', 'keys', { name: 'CI' })
    expect((await at({ 'x-api-key': key.key })('GET', 'me')).data).toMatchObject({ kind: 'key', role: 'owner', user: null })
    expect(await byKey('POST', 'tokens')).toMatchObject({ status: 403, error: is(/Make an API key first/) })
    expect(await byKey('POST', 'workspaces', { name: '実験' })).toMatchObject({ status: 201, data: { role: null, slug: is(/^workspace-\d+$/) } })
  })
})

test('two servers on one database: what one ends is over at the other within the two seconds that it may remember', async () => {
  const both = { CADRE_API_KEY: 'k', CADRE_KEY: '5'.repeat(64) }
  const first = await start('Postgres', both)
  const second = await start('Postgres', { ...both, DATABASE_URL: first.config.database_url ?? '' })
  const { data: key } = await first.at({ 'x-api-key': 'k' })('POST', 'keys', { name: 'x' })
  const there = callerOf(second.cadre)({ 'x-api-key': key.key })
  expect(await there('GET', 'me')).toMatchObject({ status: 200 })
  await first.at({ 'x-api-key': 'k' })('DELETE', `keys/${key.id}`)
  await expect.poll(async () => (await there('GET', 'me')).status, { timeout: 10_000 }).toBe(401)
})
