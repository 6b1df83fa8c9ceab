import { freePort } from '@cadre/core/test/free-port'
import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { afterEach, describe, expect, test } from 'vitest'
import { browse, openidServer, otherServer } from './test/issuer.ts'
import { withOwner } from './test/real-cadre.ts'

const open: (() => Promise<void> | void)[] = []
afterEach(async () => void (await Promise.all(open.splice(0).map((stop) => stop()))))
const is = (words: RegExp) => expect.stringMatching(words)
const issuer = 'https://login.example.org'

async function withIssuer(env: Record<string, string> = {}) {
  const other = await otherServer()
  open.push(other.close)
  const pair = await generateKeyPair('RS256', { extractable: true })
  const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'RS256' }
  other.handle((_request, response) => response.setHeader('content-type', 'application/json').end(JSON.stringify({ keys: [jwk] })))
  const settings = { CADRE_JWT_ISSUER: issuer, CADRE_JWT_AUDIENCE: 'cadre-api', CADRE_JWT_JWKS_URL: `${other.url}/jwks` }
  const server = await withOwner('SQLite', { ...settings, ...env })
  open.push(server.stop)
  const seconds = Math.floor(Date.now() / 1000)
  const claims = { iss: issuer, aud: 'cadre-api', sub: 'u1', exp: seconds + 300, email: 'ann@example.org', email_verified: true, name: 'Ann' }
  const sign = (change: object = {}, header: object = {}, key = pair.privateKey) =>
    new SignJWT({ ...claims, ...change } as never).setProtectedHeader({ alg: 'RS256', kid: 'one', ...header } as never).sign(key)
  const by = (token: string) => server.at({ authorization: `Bearer ${token}` })
  return { ...server, other, claims, sign, by, jwk, pair, seconds }
}

describe('tokens of an outside issuer', () => {
  test('nobody unknown comes in by default; a user that an admin made for it does', async () => {
    const { by, sign, boss } = await withIssuer()
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 401, error: is(/Nobody here is known by this identity/) })
    const { data: ann } = await boss('POST', 'users', { email: 'ann@example.org', name: 'Ann', role: 'builder' })
    expect(await by(await sign({ email_verified: false }))('GET', 'me')).toMatchObject({ status: 401 })
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 200, data: { kind: 'user', id: ann.id, role: 'builder' } })
    // From now on by issuer and subject, whatever its address says.
    expect(await by(await sign({ email: 'other@example.org' }))('GET', 'me')).toMatchObject({ data: { id: ann.id } })
    expect(await by(await sign({ sub: 'u2' }))('GET', 'me')).toMatchObject({ status: 401 })
    await boss('POST', `users/${ann.id}/disable`)
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 401 })
  })

  test('an account with a password is not taken over by an address', async () => {
    const { by, sign, boss, bossId } = await withIssuer({ CADRE_AUTH_DEFAULT_ROLE: 'viewer' })
    expect(await by(await sign({ email: 'olga@example.org' }))('GET', 'me')).toMatchObject({
      status: 403,
      error: is(/belongs to a user with a login here/),
    })
    const all = await Promise.all(Array.from({ length: 5 }, async () => by(await sign({ sub: 'u9' }))('GET', 'me')))
    expect(new Set(all.map(({ data }) => data.id)).size).toBe(1)
    expect(all[0]).toMatchObject({ status: 200, data: { role: 'viewer', user: { email: 'ann@example.org', name: 'Ann' } } })
    expect((await boss('GET', 'users')).data).toHaveLength(2)
    expect(all[0]?.data.id).not.toBe(bossId)
  })

  test('that are wrong in any way are refused', async () => {
    const { by, sign, claims, jwk, seconds, boss } = await withIssuer()
    await boss('POST', 'users', { email: 'ann@example.org', name: 'Ann', role: 'builder' })
    const stranger = await generateKeyPair('RS256', { extractable: true })
    const shared = new TextEncoder().encode(JSON.stringify(jwk))
    const wrong: Record<string, string> = {
      'another audience': await sign({ aud: 'other' }),
      'another issuer': await sign({ iss: 'https://evil.example' }),
      over: await sign({ exp: seconds - 60 }),
      'without an end': await sign({ exp: undefined }),
      'without a subject': await sign({ sub: undefined }),
      'not yet': await sign({ nbf: seconds + 120 }),
      'an unknown kid': await sign({}, { kid: 'two' }),
      'another key': await sign({}, {}, stranger.privateKey),
      'a key of its own': await sign({}, { jwk: await exportJWK(stranger.publicKey) }, stranger.privateKey),
      'alg none': new UnsecuredJWT(claims).encode(),
      'HS256 with the public key': await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: 'one' }).sign(shared),
    }
    for (const [what, token] of Object.entries(wrong))
      expect(await by(token)('GET', 'me'), what).toMatchObject({ status: 401, error: is(/^The token is/) })
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 200 })
  })

  test('an issuer that does not answer is not the caller’s fault', async () => {
    const { by, sign, other } = await withIssuer()
    other.handle((_request, response) => response.writeHead(500).end())
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 503, error: is(/cannot be fetched now/) })
    other.handle((_request, response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end())
    expect(await by(await sign())('GET', 'me')).toMatchObject({ status: 503 })
  })
})

describe('login by OpenID Connect', () => {
  async function withOpenid(env: Record<string, string> = {}) {
    const port = await freePort()
    const home = `http://127.0.0.1:${port}`
    const openid = await openidServer(`${home}/auth/oidc/callback`)
    open.push(openid.close)
    const settings = {
      PORT: String(port),
      CADRE_PUBLIC_URL: home,
      CADRE_OIDC_ISSUER: openid.url,
      CADRE_OIDC_CLIENT_ID: 'cadre',
      CADRE_OIDC_CLIENT_SECRET: 's3cret',
    }
    const server = await withOwner('SQLite', { ...settings, ...env })
    open.push(server.stop)
    return { ...server, home, openid }
  }

  test('a person goes there and comes back with a session of their own', async () => {
    const { home, boss, at } = await withOpenid()
    const { data: ann } = await boss('POST', 'users', { email: 'ann@example.org', name: 'Ann', role: 'member' })
    const end = await browse(`${home}/auth/oidc/start`, 'ann')
    expect(end.status, end.text).toBe(200)
    expect(end.text).toContain('Logged in')
    const session = end.cookies.get('cadre_session') ?? ''
    expect(session).toMatch(/^[\w-]{43}$/)
    expect(end.cookies.get('cadre_oidc')).toBe('')
    expect(end.headers.getSetCookie().at(-1)).toContain('SameSite=Strict')
    expect((await at({ cookie: `cadre_session=${session}` })('GET', 'me')).data).toMatchObject({ id: ann.id, role: 'member' })
    const stranger = await browse(`${home}/auth/oidc/start`, 'stranger')
    expect(stranger).toMatchObject({ status: 401, text: is(/Nobody here is known/) })
    expect(stranger.cookies.get('cadre_session')).toBeUndefined()
    const unverified = await boss('POST', 'users', { email: 'unsure@example.org', name: 'Un', role: 'member' })
    expect(unverified.status).toBe(201)
    expect(await browse(`${home}/auth/oidc/start`, 'unsure')).toMatchObject({ status: 401 })
  })

  test('a code of another browser, another state, a used code and a refusal do not log in', async () => {
    const { home } = await withOpenid({ CADRE_AUTH_DEFAULT_ROLE: 'viewer' })
    const end = await browse(`${home}/auth/oidc/start`, 'bob')
    expect(end.status).toBe(200)
    const callback = new URL(end.url)
    const get = (url: URL | string, cookie = '') =>
      fetch(url, { headers: { cookie } }).then(async (response) => ({ status: response.status, text: await response.text() }))
    // The cookie is gone from this browser, and another one never had it.
    expect(await get(callback)).toMatchObject({ status: 400, text: is(/not begun in this browser/) })
    const begin = await fetch(`${home}/auth/oidc/start`, { redirect: 'manual' })
    const cookie = begin.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    expect(begin.headers.getSetCookie()[0]).toMatch(/HttpOnly; SameSite=Lax/)
    const to = new URL(begin.headers.get('location') ?? '')
    expect(Object.fromEntries(to.searchParams)).toMatchObject({ code_challenge_method: 'S256', response_type: 'code', scope: 'openid email profile' })
    // Login CSRF: the attacker's code in the victim's browser.
    expect(await get(callback, cookie)).toMatchObject({
      status: 401,
      text: is(/The login failed: what the login server sent is not what was asked for/),
    })
    callback.searchParams.set('state', to.searchParams.get('state') ?? '')
    expect(await get(callback, cookie)).toMatchObject({ status: 401, text: is(/refused the code \('invalid_grant'\)/) })
    const refused = new URL(`${home}/auth/oidc/callback`)
    refused.search = String(
      new URLSearchParams({ error: 'access_denied', state: to.searchParams.get('state') ?? '', iss: callback.searchParams.get('iss') ?? '' }),
    )
    expect(await get(refused, cookie)).toMatchObject({ status: 401, text: is(/answered 'access_denied'/) })
    // A browser is led to a page with words.
    const led = async (url: URL, cookie: string) => {
      const { status, headers } = await fetch(url, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })
      return [status, headers.get('location')]
    }
    expect(await led(refused, cookie)).toEqual([303, `${home}/login?failed=refused`])
    expect(await led(callback, '')).toEqual([303, `${home}/login?failed=expired`])
  })

  test('a login server that is down is said, and Cadre starts without it', async () => {
    const { home, openid } = await withOpenid()
    openid.handle((_request, response) => response.writeHead(500).end())
    const answer = await fetch(`${home}/auth/oidc/start`)
    expect(answer.status).toBe(503)
    expect(await answer.text()).toMatch(/does not answer as it must/)
  })
})
