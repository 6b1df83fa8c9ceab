import type { IncomingMessage } from 'node:http'
import { CadreError } from '@cadre/contract/errors'
import type { From } from '@cadre/core/access/actor'
import { type Credential, noCredential } from '@cadre/core/access/identity'
import type { OutsideClaims } from '@cadre/core/access/oidc/outside-user'
import type { SetSession } from '@cadre/core/access/sessions/sessions'
import type { AuthConfig } from '@cadre/core/config-auth'
import { stringifySetCookie } from 'cookie'
import type { FastifyReply } from 'fastify'
import * as client from 'openid-client'
import type { Access } from './access.ts'
import { readCookie } from './cookies.ts'
import type { Log } from './log.ts'

export type OidcPages = {
  has(path: string): boolean
  answer(request: IncomingMessage, path: string, query: URLSearchParams, reply: FastifyReply, from: From): Promise<unknown>
}
/** What the core does for a login from outside. */
export type OutsideLogin = {
  /** Reaches the servers that the settings name, also where they are private. */
  fetch: typeof fetch
  login(claims: OutsideClaims, from: From, before: Credential, set: SetSession): Promise<unknown>
}
/** What the way back must fit. It is in a cookie of the browser that began, so that any of several servers can end what another began. */
type Begun = { state: string; nonce: string; verifier: string }

const paths = { start: '/auth/oidc/start', callback: '/auth/oidc/callback' }
const beginMs = 10 * 60_000

/** Login at an OpenID Connect server: authorization code with PKCE, state and nonce. */
export function openOidc(
  oidc: NonNullable<AuthConfig['oidc']>,
  public_url: string | null,
  outside: OutsideLogin,
  access: Access,
  log: Log,
): OidcPages {
  const home = public_url ?? ''
  const secure = home.startsWith('https:')
  const cookieName = secure ? '__Host-cadre_oidc' : 'cadre_oidc'
  // Not strict: the way back begins at a page of the other server.
  const rules = { path: '/', httpOnly: true, sameSite: 'lax', secure } as const
  const putCookie = (value: string, ms: number) => stringifySetCookie({ name: cookieName, value, ...rules, expires: new Date(ms) })
  let known: Promise<client.Configuration> | undefined

  /** Asked for when it is needed first, so that Cadre starts without the other server. */
  async function discover(): Promise<client.Configuration> {
    const issuer = new URL(oidc.issuer)
    const customFetch: client.CustomFetch = (url, options) => outside.fetch(url, options as RequestInit)
    known ??= client.discovery(
      issuer,
      oidc.client_id,
      undefined,
      oidc.client_secret === null ? client.None() : client.ClientSecretBasic(oidc.client_secret),
      {
        [client.customFetch]: customFetch,
        timeout: 10,
        // The settings take http for this machine only.
        ...(issuer.protocol === 'http:' ? { execute: [client.allowInsecureRequests] } : {}),
      },
    )
    try {
      return await known
    } catch (err) {
      known = undefined
      log.warn({ err }, 'the OpenID Connect server does not answer as it must')
      throw new CadreError('UNAVAILABLE', `The login server ${oidc.issuer} does not answer as it must; try again, or tell whoever looks after Cadre.`)
    }
  }

  async function start(reply: FastifyReply) {
    const config = await discover()
    const begun: Begun = { state: client.randomState(), nonce: client.randomNonce(), verifier: client.randomPKCECodeVerifier() }
    const url = client.buildAuthorizationUrl(config, {
      redirect_uri: home + paths.callback,
      scope: 'openid email profile',
      state: begun.state,
      nonce: begun.nonce,
      code_challenge: await client.calculatePKCECodeChallenge(begun.verifier),
      code_challenge_method: 'S256',
    })
    const value = Buffer.from(JSON.stringify(begun)).toString('base64url')
    return reply
      .code(302)
      .header('set-cookie', putCookie(value, Date.now() + beginMs))
      .header('cache-control', 'no-store')
      .header('location', url.href)
      .send()
  }

  async function callback(request: IncomingMessage, query: URLSearchParams, reply: FastifyReply, from: From, stage: Stage) {
    const begun = readBegun(readCookie(request.headers.cookie, cookieName))
    if (!begun)
      throw new CadreError('BAD_REQUEST', `This login was not begun in this browser, or too long ago; begin again at ${home}${paths.start}.`)
    const config = await discover()
    let claims: client.IDToken | undefined
    try {
      const checks = { expectedState: begun.state, expectedNonce: begun.nonce, pkceCodeVerifier: begun.verifier, idTokenExpected: true }
      claims = (await client.authorizationCodeGrant(config, new URL(`${home}${paths.callback}?${query}`), checks)).claims()
    } catch (err) {
      log.warn({ err }, 'a login by OpenID Connect failed')
      reply.header('set-cookie', putCookie('', 0))
      throw new CadreError('UNAUTHORIZED', `The login failed: ${refusalOf(err)}. Begin again at ${home}${paths.start}.`)
    }
    if (!claims) throw new CadreError('UNAUTHORIZED', 'The login failed: the other server sent no ID token.')
    stage.known = true
    const { credential } = await access.whoAsks(request).catch(() => ({ credential: noCredential }))
    const cookies = [putCookie('', 0)]
    const { iss, sub, email, email_verified, name } = claims
    await outside.login({ issuer: iss, subject: sub, email, email_verified, name }, from, credential, (session) =>
      cookies.push(access.cookie.write(session)),
    )
    // A redirect would still count as coming from the other site, and the strict cookie would not be sent along.
    return reply
      .code(200)
      .header('set-cookie', cookies)
      .header('cache-control', 'no-store')
      .header('content-security-policy', "default-src 'none'")
      .type('text/html; charset=utf-8')
      .send(
        '<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=/"><title>Cadre</title><p>Logged in. <a href="/">Go on</a></p>\n',
      )
  }

  return {
    has: (path) => path === paths.start || path === paths.callback,
    answer: async (request, path, query, reply, from) => {
      const stage: Stage = { known: false }
      try {
        return await (path === paths.start ? start(reply) : callback(request, query, reply, from, stage))
      } catch (error) {
        // A person would see JSON; they are led back, and the page says it in their language.
        if (!request.headers.accept?.includes('text/html')) throw error
        log.warn({ err: error, request_id: from.request_id }, 'a person could not log in by OpenID Connect')
        return reply
          .code(303)
          .header('cache-control', 'no-store')
          .header('location', `${home}/login?failed=${failureOf(error, stage)}`)
          .send()
      }
    },
  }
}

/** Whether the other server has said who it is. */
type Stage = { known: boolean }

/** What the login page has words for. */
function failureOf(error: unknown, { known }: Stage): 'away' | 'expired' | 'refused' | 'unknown' | 'forbidden' | 'error' {
  if (!(error instanceof CadreError)) return 'error'
  if (error.code === 'UNAVAILABLE') return 'away'
  if (error.code === 'BAD_REQUEST') return 'expired'
  if (error.code === 'FORBIDDEN') return 'forbidden'
  if (error.code === 'UNAUTHORIZED') return known ? 'unknown' : 'refused'
  return 'error'
}

function readBegun(cookie: string | null): Begun | null {
  if (cookie === null) return null
  try {
    const begun: unknown = JSON.parse(Buffer.from(cookie, 'base64url').toString())
    const { state, nonce, verifier } = begun as Record<keyof Begun, unknown>
    return typeof state === 'string' && typeof nonce === 'string' && typeof verifier === 'string' ? { state, nonce, verifier } : null
  } catch {
    return null
  }
}

/** What the other server said, or what of its answer was not as it must be. Its own words are short codes such as access_denied. */
function refusalOf(error: unknown): string {
  if (error instanceof client.AuthorizationResponseError) return `the login server answered '${error.error.slice(0, 100)}'`
  if (error instanceof client.ResponseBodyError) return `the login server refused the code ('${error.error.slice(0, 100)}')`
  return 'what the login server sent is not what was asked for'
}
