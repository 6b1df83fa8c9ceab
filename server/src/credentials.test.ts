import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { altered } from '@cadre/core/test/altered'
import { describe, expect, test, vi } from 'vitest'
import { owner, startOwned } from './test/real-cadre.ts'
import { ask, openEvents } from './test/sockets.ts'

const json = { 'content-type': 'application/json' }
const is = (words: RegExp) => expect.stringMatching(words)

describe.each(['SQLite', 'Postgres'] as const)('API keys on %s', (kind) => {
  test('a key is shown once, works in both headers, is listed by its prefix and stops when it is revoked', async () => {
    const { boss, at, cadre } = await startOwned(kind)
    const { data } = await boss('POST', 'keys', { name: 'CI' })
    expect(data.key).toMatch(/^cdr_[0-9a-z]{8}_[\w-]{32}$/)
    const byHeader = at({ 'x-api-key': data.key })
    const byBearer = at({ authorization: `Bearer ${data.key}` })
    for (const call of [byHeader, byBearer]) expect((await call('GET', 'me')).data).toMatchObject({ kind: 'key', id: data.id, role: 'owner' })
    const listed = async () => (await boss('GET', 'keys')).data[0]
    const shown = { id: data.id, prefix: data.key.slice(0, 12), revoked_at: null, last_used_at: expect.any(String) }
    await expect.poll(listed).toMatchObject(shown)
    expect(JSON.stringify(await listed())).not.toContain(data.key.slice(13))
    // Another process, whose cache has the key too, is at most two seconds late; this one is not late at all.
    expect(await boss('DELETE', `keys/${data.id}`)).toMatchObject({ status: 200, data: { revoked_at: expect.any(String) } })
    for (const call of [byHeader, byBearer]) expect(await call('GET', 'me')).toMatchObject({ status: 401, error: 'The API key was revoked.' })
    expect(await cadre.core.access.mode()).toBe('closed')
  })

  test('scopes, agents and role are upper limits, and a key gives no more than it has', async () => {
    const { as, boss, key, at } = await startOwned(kind)
    const agent = { system_prompt: 'x', provider: 'builtin', model: 'planner' }
    const { data: one } = await boss('POST', 'agents', { name: 'One', ...agent })
    const { data: two } = await boss('POST', 'agents', { name: 'Two', ...agent })
    const reader = await key(boss, { scopes: ['agents:read'] })
    expect(await reader.call('GET', 'agents')).toMatchObject({ status: 200 })
    expect(await reader.call('POST', 'agents/one/run', { input: 'x' })).toMatchObject({
      status: 403,
      error: 'This API key lacks the scope runs:write; it has agents:read.',
    })
    expect(await reader.call('POST', 'keys', { name: 'more' })).toMatchObject({ status: 403 })

    const single = await key(boss, { agents: [one.id] })
    expect((await single.call('GET', 'agents')).data.map(({ id }: { id: string }) => id)).toEqual([one.id])
    expect(await single.call('GET', `agents/${two.id}`)).toMatchObject({ status: 404, code: 'AGENT_NOT_FOUND' })
    expect(await single.call('PUT', `agents/${two.id}`, { name: 'Mine' })).toMatchObject({ status: 404 })
    expect(await single.call('DELETE', 'agents/two')).toMatchObject({ status: 404 })
    expect(await single.call('POST', 'agents/two/run', { input: 'x' })).toMatchObject({ status: 404 })
    expect(await single.call('POST', 'agents/one/run', { input: 'What is 2 + 2?' })).toMatchObject({ status: 200 })
    expect(await single.call('GET', 'users')).toMatchObject({ status: 403, error: 'This API key is for single agents only.' })
    expect(await single.call('POST', 'keys', { name: 'more' })).toMatchObject({ status: 403 })

    const limited = await key(boss, { role: 'admin', scopes: ['access:write', 'runs:read'], expires_at: '2999-01-01T00:00:00Z' })
    const make = (fields: object) => limited.call('POST', 'keys', { name: 'child', ...fields })
    expect(await make({ role: 'owner' })).toMatchObject({ status: 422, error: 'role: is stronger than yours, which is admin' })
    expect(await make({ scopes: ['runs:write'] })).toMatchObject({ status: 422, error: is(/^scopes: runs:write/) })
    expect(await make({ expires_at: '3000-01-01T00:00:00Z' })).toMatchObject({ status: 422, error: is(/^expires_at: is later/) })
    expect(await make({ user_id: 'usr_other' })).toMatchObject({ status: 422 })
    expect(await make({})).toMatchObject({
      status: 201,
      data: { role: 'admin', scopes: ['access:write', 'runs:read'], expires_at: '2999-01-01T00:00:00.000Z' },
    })

    // A key is as strong as its user is now.
    const builder = await as('builder')
    const own = await key(builder.call)
    expect(await own.call('POST', 'agents', { name: 'Three', ...agent })).toMatchObject({ status: 201 })
    await boss('PUT', `workspaces/default/members/${builder.id}`, { role: 'viewer' })
    expect(await own.call('POST', 'agents', { name: 'Four', ...agent })).toMatchObject({ status: 403, error: is(/yours is viewer/) })
    expect(await as('member').then(({ call }) => call('DELETE', `keys/${own.id}`))).toMatchObject({ status: 404 })

    // allowed_api_keys of an agent.
    const allowed = await key(boss)
    await boss('PUT', 'agents/one', { allowed_api_keys: [allowed.id] })
    expect(await single.call('POST', 'agents/one/run', { input: 'x' })).toMatchObject({ status: 403, error: is(/allowed_api_keys/) })
    expect(await allowed.call('POST', 'agents/one/run', { input: 'What is 2 + 2?' })).toMatchObject({ status: 200 })
    expect(await at({ 'x-api-key': allowed.text, authorization: `Bearer ${single.text}` })('GET', 'agents')).toMatchObject({
      status: 401,
      error: is(/not of the same caller/),
    })
  })

  test('a revoked key, a wrong one or a stale cookie beside a good key spoils the request', async () => {
    const { boss, key, at, bossCookie } = await startOwned(kind)
    const good = await key(boss)
    const bad = await key(boss)
    await boss('DELETE', `keys/${bad.id}`)
    for (const headers of [
      { 'x-api-key': good.text, authorization: `Bearer ${bad.text}` },
      { 'x-api-key': bad.text, authorization: `Bearer ${good.text}` },
      { 'x-api-key': good.text, authorization: `Bearer ${altered(good.text)}` },
      { 'x-api-key': good.text, authorization: 'Basic b2xnYTpwdw==' },
      { 'x-api-key': good.text, cookie: 'cadre_session=planted' },
      { 'x-api-key': good.text, cookie: bossCookie },
    ] as Record<string, string>[])
      expect(await at(headers)('GET', 'me'), JSON.stringify(headers)).toMatchObject({ status: 401 })
    expect(await at({ 'x-api-key': good.text, authorization: `bearer ${good.text}` })('GET', 'me')).toMatchObject({ status: 200 })
  })

  test('a key ends when its time is over, and one made at an open server goes on', async () => {
    let now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
    try {
      const { boss, key } = await startOwned(kind)
      const short = await key(boss, { expires_at: new Date(now + 60_000).toISOString() })
      expect(await short.call('GET', 'me')).toMatchObject({ status: 200 })
      expect(await boss('POST', 'keys', { name: 'x', expires_at: new Date(now - 1).toISOString() })).toMatchObject({ status: 422 })
      now += 60_001
      expect(await short.call('GET', 'me')).toMatchObject({ status: 401, error: 'The API key has expired.' })
    } finally {
      clock.mockRestore()
    }
  })

  test('ten thousand wrong keys lock nobody out', async () => {
    const { boss, key, cadre } = await startOwned(kind)
    const good = await key(boss)
    const from = { ip: '127.0.0.1', user_agent: null, request_id: null }
    let refused = 0
    const wrong = Array.from({ length: 10_000 }, (_, i) => `${good.text.slice(0, 13)}${String(i).padStart(32, 'x')}`)
    for (let i = 0; i < wrong.length; i += 500)
      await Promise.all(
        wrong.slice(i, i + 500).map((text) => cadre.core.access.resolve({ keys: [text], session: null }, from).catch(() => refused++)),
      )
    expect(refused).toBe(10_000)
    expect(await good.call('GET', 'me')).toMatchObject({ status: 200 })
    expect(await boss('GET', 'me')).toMatchObject({ status: 200 })
  })
})

describe.each(['SQLite', 'Postgres'] as const)('sessions on %s', (kind) => {
  test('each login makes a token of its own: a planted one is worth nothing, and the one before ends', async () => {
    const { at, login, bossCookie, boss } = await startOwned(kind)
    const planted = 'cadre_session=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    const answer = await at()('POST', 'sessions', { email: owner.email, password: owner.password })
    expect(answer.data).toMatchObject({ kind: 'user', user: { name: owner.name }, role: 'owner', workspaces: [{ id: 'default' }] })
    const [entry] = (await boss('GET', 'audit?action=sessions.login')).data
    expect(entry).toMatchObject({ actor_kind: 'user', actor_id: answer.data.id, target_id: answer.data.id, ip: '127.0.0.1' })
    const fresh = await login(owner.email, owner.password, { cookie: planted, ...json })
    expect(fresh.cookie).not.toBe(planted)
    expect(await at({ cookie: planted })('GET', 'me')).toMatchObject({ status: 401 })
    expect(await fresh.call('GET', 'me')).toMatchObject({ status: 200 })
    const again = await login(owner.email, owner.password, { cookie: bossCookie, ...json })
    expect(again.cookie).not.toBe(bossCookie)
    expect(await boss('GET', 'me')).toMatchObject({ status: 401 })
    expect(await at({ cookie: `${fresh.cookie}; ${again.cookie}` })('GET', 'me')).toMatchObject({ status: 401 })
  })

  test('are listed, revoked one by one and all at once, and end by logout', async () => {
    const { boss, login, as } = await startOwned(kind)
    const second = await login(owner.email, owner.password, { 'user-agent': 'Second' })
    const third = await login(owner.email, owner.password)
    const { data } = await boss('GET', 'sessions')
    expect(data).toHaveLength(3)
    expect(data.filter(({ current }: { current: boolean }) => current)).toHaveLength(1)
    const found = data.find(({ user_agent }: { user_agent: string }) => user_agent === 'Second')
    const other = await as('member')
    expect(await other.call('DELETE', `sessions/${found.id}`)).toMatchObject({ status: 404, code: 'SESSION_NOT_FOUND' })
    expect(await boss('DELETE', `sessions/${found.id}`)).toMatchObject({ status: 200 })
    expect(await second.call('GET', 'me')).toMatchObject({ status: 401 })
    const out = await third.call('POST', 'sessions/logout')
    expect(out).toMatchObject({ status: 200, cookie: 'cadre_session=' })
    expect(await third.call('GET', 'me')).toMatchObject({ status: 401 })
    expect(await boss('DELETE', 'sessions')).toMatchObject({ status: 200, data: { ended: 1 } })
    expect(await boss('GET', 'me')).toMatchObject({ status: 401 })
    expect(await other.call('GET', 'me')).toMatchObject({ status: 200 })
  })
  test('the cookie is closed to scripts and other sites, and bound to the host behind https', async () => {
    const plain = await startOwned(kind)
    const answer = await plain.at()('POST', 'sessions', { email: owner.email, password: owner.password })
    expect(answer.headers.get('set-cookie')).toMatch(/^cadre_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/)
    expect(JSON.stringify(answer.data)).not.toContain(answer.cookie?.split('=')[1])
    const safe = await startOwned(kind, { CADRE_PUBLIC_URL: 'https://cadre.example.org' })
    const secure = await safe.at()('POST', 'sessions', { email: owner.email, password: owner.password })
    expect(secure.headers.get('set-cookie')).toMatch(/^__Host-cadre_session=[\w-]{43}; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/)
    expect(await safe.at({ cookie: secure.cookie ?? '' })('GET', 'me')).toMatchObject({ status: 200 })
    expect(await safe.at({ cookie: (secure.cookie ?? '').replace('__Host-', '') })('GET', 'me')).toMatchObject({ status: 401 })
  })

  test('by cookie nothing changes but from a page of ours', async () => {
    const { at, bossCookie, cadre } = await startOwned(kind)
    const cookie = bossCookie
    const name = { name: 'X' }
    const call = (headers: Record<string, string>, body?: unknown) => at({ cookie, ...headers })('POST', 'workspaces', body)
    expect(await call({ origin: 'https://evil.example', ...json }, name)).toMatchObject({ status: 403, error: is(/^Origin: /) })
    expect(await call({ origin: 'null', ...json }, name)).toMatchObject({ status: 403 })
    expect(await call({ 'sec-fetch-site': 'cross-site', ...json }, name)).toMatchObject({ status: 403, error: is(/^Sec-Fetch-Site: /) })
    expect(await call({ 'sec-fetch-site': 'same-site', ...json }, name)).toMatchObject({ status: 403 })
    expect(await call({ 'content-type': 'text/plain' }, name)).toMatchObject({ status: 415 })
    // Without a body too, which a foreign form can leave out.
    expect(await at({ cookie })('POST', 'sessions/logout')).toMatchObject({ status: 415 })
    expect(await at({ cookie, 'content-type': 'application/x-www-form-urlencoded' })('POST', 'sessions/logout')).toMatchObject({ status: 415 })
    expect((await at({ cookie })('GET', 'workspaces')).data).toHaveLength(1)
    expect(await call({ origin: cadre.url, 'sec-fetch-site': 'same-origin', ...json }, name)).toMatchObject({ status: 201 })
  })

  test('a stream ends with an error soon after its session, key, token or user has, or their role', async () => {
    const { boss, key, at, as, cadre } = await startOwned(kind, {}, { recheck_ms: 20 })
    // A model that never answers, so that the run goes on as long as the test.
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const base_url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/v1`
    await boss('POST', 'providers', { id: 'silent', type: 'custom', base_url, default_model: 'm' })
    await boss('POST', 'agents', { name: 'A', system_prompt: 'x', provider: 'silent' })
    const { data: run } = await boss('POST', 'agents/a/run', { input: 'x', wait: 0 })

    const leaver = await as('builder', 'leaver')
    const disabled = await as('builder', 'disabled')
    const lowered = await as('builder', 'lowered')
    const own = await key(boss)
    const { data: signed } = await (await as('builder', 'signer')).call('POST', 'tokens')
    const signer = (await at({ authorization: `Bearer ${signed.token}` })('GET', 'me')).data.id
    const ends: [Record<string, string>, () => Promise<unknown>][] = [
      [{ cookie: leaver.cookie }, () => leaver.call('POST', 'sessions/logout')],
      [{ cookie: disabled.cookie }, () => boss('POST', `users/${disabled.id}/disable`)],
      [{ cookie: lowered.cookie }, () => boss('PUT', `workspaces/default/members/${lowered.id}`, { role: 'viewer' })],
      [{ 'x-api-key': own.text }, () => boss('DELETE', `keys/${own.id}`)],
      [{ authorization: `Bearer ${signed.token}` }, () => boss('DELETE', `users/${signer}`)],
    ]
    for (const [headers, end] of ends) {
      const events = await openEvents(`${cadre.url}/api/v1/runs/${run.run_id}/events`, { headers })
      expect(await events.nextEvent()).toMatchObject({ data: { type: 'run.started' } })
      await end()
      expect(await events.nextEvent()).toMatchObject({ event: 'error', data: { success: false, code: 'UNAUTHORIZED' } })
      expect(await events.nextEvent()).toBeNull()
    }
    const events = await openEvents(`${cadre.url}/api/v1/runs/${run.run_id}/events`, { headers: { cookie: (await as('builder', 'looker')).cookie } })
    await events.nextEvent()
    expect(await boss('POST', `runs/${run.run_id}/cancel`)).toMatchObject({ status: 200 })
    expect(await events.nextEvent()).toMatchObject({ data: { type: 'run.ended' } })
    silent.closeAllConnections()
    silent.close()
  })
})

describe('another host', () => {
  test('a rebound name and a foreign page reach nothing', async () => {
    const { cadre, bossCookie } = await startOwned('SQLite')
    for (const [method, target, body] of [
      ['GET', '/api/v1/me', undefined],
      ['POST', '/api/v1/sessions', { email: owner.email, password: owner.password }],
      ['POST', '/rpc/sessions/me', {}],
      ['GET', '/auth/oidc/start', undefined],
    ] as const)
      expect((await ask(cadre.port, method, target, body, { host: 'evil.example', headers: [`Cookie: ${bossCookie}`] })).status, target).toBe(403)
  })
})
