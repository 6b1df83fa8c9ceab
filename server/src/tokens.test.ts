import { altered } from '@cadre/core/test/altered'
import { base64url, exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose'
import { describe, expect, test, vi } from 'vitest'
import { startOwned } from './test/real-cadre.ts'

const is = (words: RegExp) => expect.stringMatching(words)

describe('signed tokens', () => {
  test('are for the caller and for fifteen minutes, and a rotated key is good until its tokens are over', async () => {
    let now = Date.now()
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => now)
    try {
      const { boss, key, at } = await startOwned('SQLite')
      const own = await key(boss, { scopes: ['agents:read'] })
      const first = (await own.call('POST', 'tokens')).data
      expect(Date.parse(first.expires_at)).toBe(Math.floor((now + 900_000) / 1000) * 1000)
      const byFirst = at({ authorization: `Bearer ${first.token}` })
      expect((await byFirst('GET', 'me')).data).toMatchObject({ kind: 'key', id: own.id, scopes: ['agents:read'] })
      expect(await byFirst('GET', 'runs')).toMatchObject({ status: 403, error: is(/lacks the scope runs:read/) })
      expect(await byFirst('POST', 'tokens')).toMatchObject({ status: 403, error: is(/cannot get another/) })
      const signed = (await boss('POST', 'tokens')).data.token
      expect(await at({ authorization: `Bearer ${signed}` })('POST', 'keys', { name: 'x' })).toMatchObject({
        status: 403,
        error: is(/cannot make API keys/),
      })
      const before = await fetchJwks(at)
      expect(before).toHaveLength(1)
      expect(Object.keys(before[0]!).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y'])
      expect(await boss('POST', 'access/signing-keys/rotate')).toMatchObject({ status: 200, data: { algorithm: 'ES256', retired_at: null } })
      expect(await fetchJwks(at)).toHaveLength(2)
      expect(await byFirst('GET', 'me')).toMatchObject({ status: 200 })
      now += 600_000
      const second = (await own.call('POST', 'tokens')).data
      const bySecond = at({ authorization: `Bearer ${second.token}` })
      expect(await byFirst('GET', 'me')).toMatchObject({ status: 200 })
      now += 301_000
      expect(await byFirst('GET', 'me')).toMatchObject({ status: 401 })
      expect(await bySecond('GET', 'me')).toMatchObject({ status: 200 })
      expect(await fetchJwks(at)).toHaveLength(1)
      now += 600_000
      expect(await bySecond('GET', 'me')).toMatchObject({ status: 401, error: 'The token is over; get a new one.' })
    } finally {
      clock.mockRestore()
    }
  })

  test('that are forged are refused, whatever way', async () => {
    const { boss, bossId, at } = await startOwned('SQLite')
    const { token } = (await boss('POST', 'tokens')).data
    const [head = '', body = '', signature = ''] = token.split('.')
    const header = JSON.parse(Buffer.from(head, 'base64url').toString())
    const claims = JSON.parse(Buffer.from(body, 'base64url').toString())
    const mine = await generateKeyPair('ES256', { extractable: true })
    const seconds = Math.floor(Date.now() / 1000)
    const sign = (protectedHeader: object, payload: object = claims) =>
      new SignJWT(payload as never).setProtectedHeader(protectedHeader as never).sign(mine.privateKey)
    const [published] = await fetchJwks(at)
    const encode = (value: object) => base64url.encode(JSON.stringify(value))
    const shared = new TextEncoder().encode(JSON.stringify(published))
    const forged: Record<string, string> = {
      'another signature': `${head}.${body}.${altered(signature)}`,
      'no signature': `${head}.${body}.`,
      'another user': `${head}.${encode({ ...claims, sub: 'usr_other' })}.${signature}`,
      'alg none': new UnsecuredJWT({ ...claims, sub: bossId }).encode(),
      'alg none with our kid': `${encode({ ...header, alg: 'none' })}.${body}.`,
      'our kid, another key': await sign(header),
      'an unknown kid': await sign({ ...header, kid: 'sgk_other' }),
      'no kid': await sign({ alg: 'ES256' }),
      'a key of its own': await sign({ ...header, jwk: await exportJWK(mine.publicKey) }),
      'a place to fetch one from': await sign({ ...header, jku: 'http://127.0.0.1:1/jwks' }),
      'HS256 with the public key': await new SignJWT(claims).setProtectedHeader({ alg: 'HS256', kid: header.kid }).sign(shared),
      'an unreadable header': `${base64url.encode('not json')}.${body}.${signature}`,
      over: await sign(header, { ...claims, exp: seconds - 1 }),
    }
    for (const [what, text] of Object.entries(forged))
      expect(await at({ authorization: `Bearer ${text}` })('GET', 'me'), what).toMatchObject({
        status: 401,
        code: 'UNAUTHORIZED',
        error: is(/^The (token|API key)/),
      })
    expect((await at({ authorization: `Bearer ${forged['a key of its own']}` })('GET', 'me')).error).toContain("its header has 'jwk'")
    expect(await at({ authorization: `Bearer ${token}` })('GET', 'me')).toMatchObject({ status: 200 })
  })
})

async function fetchJwks(at: Awaited<ReturnType<typeof startOwned>>['at']): Promise<Record<string, unknown>[]> {
  return (await at()('GET', '/.well-known/jwks.json')).data.keys
}
