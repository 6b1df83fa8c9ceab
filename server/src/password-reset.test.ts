import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { startOwned } from './test/real-cadre.ts'

const good = 'a password of my own'

describe('a password reset', () => {
  test.each(['SQLite', 'Postgres'] as const)('is a token by which a user sets a new password, once; sessions end, keys stay (%s)', async (kind) => {
    const { as, at, boss, key, login } = await startOwned(kind)
    const ben = await as('member', 'ben')
    const benKey = await key(ben.call)
    const { status, data } = await boss('POST', `users/${ben.id}/password-reset`)
    expect([status, data]).toEqual([201, { user_id: ben.id, token: expect.stringMatching(/^[\w-]{32}$/), expires_at: expect.any(String) }])
    expect(await ben.call('GET', 'me')).toMatchObject({ status: 200 }) // nothing changed yet

    const use = (token: string, password = good) => at()('POST', 'password-resets', { token, password })
    expect(await use(data.token, 'short')).toMatchObject({ status: 422, error: expect.stringMatching(/^password: /) })
    expect(await use(data.token, 'ben@example.org')).toMatchObject({ status: 422, error: expect.stringMatching(/must not be the e-mail address/) })
    // Of several at once, one is the first.
    const answers = await Promise.all([use(data.token), use(data.token), use(data.token)])
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 401, 401])
    expect(answers.find((answer) => answer.status === 200)?.data).toEqual({ user_id: ben.id, changed: true })
    expect(await use(data.token, 'another password')).toMatchObject({
      status: 401,
      error: expect.stringMatching(/^token: is not a good one, or was used/),
    })

    expect(await ben.call('GET', 'me')).toMatchObject({ status: 401 })
    expect(await benKey.call('GET', 'me')).toMatchObject({ status: 200 })
    expect((await login('ben@example.org', good)).call).toBeDefined()
    const log = (await boss('GET', 'audit')).data.map((entry: { action: string }) => entry.action)
    expect(log).toEqual(expect.arrayContaining(['users.reset', 'users.password', 'users.reset_refused']))
    expect(JSON.stringify((await boss('GET', 'audit')).data)).not.toContain(data.token)
  })

  test('a token is over after a day, by a newer one, by a new password, and with its user', async () => {
    let now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
    onTestFinished(() => clock.mockRestore())
    const { as, at, boss } = await startOwned('SQLite')
    const ben = await as('member', 'ben')
    const begin = async () => (await boss('POST', `users/${ben.id}/password-reset`)).data.token as string
    const use = async (token: string) => (await at()('POST', 'password-resets', { token, password: good })).status
    const first = await begin()
    const second = await begin()
    expect(await use(first)).toBe(401)
    await boss('PUT', `users/${ben.id}/password`, { password: 'set by an admin' })
    expect(await use(second)).toBe(401)
    const third = await begin()
    await boss('POST', `users/${ben.id}/disable`)
    expect(await use(third)).toBe(401)
    expect(await boss('POST', `users/${ben.id}/password-reset`)).toMatchObject({ status: 422, error: expect.stringMatching(/disabled/) })
    await boss('POST', `users/${ben.id}/enable`)
    const fourth = await begin()
    now += 24 * 3_600_000
    expect(await use(fourth)).toBe(401)
    expect(await use(await begin())).toBe(200)
  })

  test('who may not set the password may not begin a reset, and a foreign user is missing', async () => {
    const { as, boss, bossId, login } = await startOwned('SQLite')
    const [ben, admin] = [await as('member', 'ben'), await as('admin')]
    const reset = (call: typeof boss, id: string) => call('POST', `users/${id}/password-reset`)
    expect(await reset(ben.call, admin.id)).toMatchObject({ status: 403 })
    expect(await reset(ben.call, ben.id)).toMatchObject({ status: 403 })
    expect(await reset(admin.call, bossId)).toMatchObject({ status: 403, error: 'Only an owner may change an owner.' })
    expect(await reset(boss, bossId)).toMatchObject({ status: 403, error: expect.stringMatching(/^Change your own password/) })
    expect(await reset(boss, 'usr_none')).toMatchObject({ status: 404, code: 'USER_NOT_FOUND' })
    const { data: lab } = await boss('POST', 'workspaces', { name: 'Lab' })
    await boss('POST', 'sessions/switch', { workspace: lab.id })
    await boss('POST', 'users', { email: 'chief@example.org', name: 'Chief', password: 'the password of chief', role: 'owner' })
    const chief = await login('chief@example.org', 'the password of chief')
    expect(await reset(chief.call, ben.id)).toMatchObject({ status: 404, code: 'USER_NOT_FOUND' })
  })
})

test('guessing at tokens is slowed down like guessing at passwords', async () => {
  const { at } = await startOwned('SQLite')
  const statuses: number[] = []
  for (let i = 0; i < 25; i++) statuses.push((await at()('POST', 'password-resets', { token: `guess ${i}`, password: good })).status)
  expect(statuses.slice(0, 20)).toEqual(Array.from({ length: 20 }, () => 401))
  expect(statuses).toContain(429)
  const { status, headers } = await at()('POST', 'password-resets', { token: 'one more', password: good })
  expect([status, Number(headers.get('retry-after'))]).toEqual([429, expect.any(Number)])
})
