import { CadreError } from '@cadre/contract/errors'
import type { JWTPayload, JWTVerifyGetKey } from 'jose'
import type { App } from '../../app.ts'
import type { AuthConfig } from '../../config-auth.ts'
import { outsideUser } from '../oidc/outside-user.ts'
import type { OutsideTokens } from './find-token.ts'
import { loadJose } from './signing-keys.ts'

/** Signed with a pair of keys; with a shared secret (HS256) whoever can check could also sign. */
const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519']
const clockToleranceSeconds = 30

/** Verifies tokens of the issuer that the settings name, by the keys that it publishes. A key that is not known yet is fetched, at most every 30 s. */
export function openOutsideTokens(
  app: Pick<App, 'db' | 'now' | 'newId' | 'config' | 'log'> & { changed(): void },
  jwt: NonNullable<AuthConfig['jwt']>,
  ask: typeof globalThis.fetch,
): OutsideTokens {
  let keys: JWTVerifyGetKey | undefined
  const open = ({ createRemoteJWKSet, customFetch }: Awaited<ReturnType<typeof loadJose>>) =>
    createRemoteJWKSet(new URL(jwt.jwks_url), {
      // The library's own fetch would follow redirects and dial anything.
      [customFetch]: (url: string, options: object) => ask(url, options as RequestInit),
      cooldownDuration: 30_000,
      cacheMaxAge: 600_000,
      timeoutDuration: 5_000,
    })
  return {
    async verify(text: string): Promise<JWTPayload> {
      const jose = await loadJose()
      keys ??= open(jose)
      const { issuer, audience } = jwt
      const options = {
        issuer,
        audience,
        algorithms,
        currentDate: new Date(app.now()),
        clockTolerance: clockToleranceSeconds,
        requiredClaims: ['exp', 'sub'],
      }
      try {
        return (await jose.jwtVerify(text, keys, options)).payload
      } catch (err) {
        if (err instanceof jose.errors.JOSEError && !(err instanceof jose.errors.JWKSTimeout) && !isFetchError(err)) throw err
        app.log.warn({ err }, 'the keys of the outside issuer could not be fetched')
        throw new CadreError('UNAVAILABLE', "The issuer's keys cannot be fetched now (CADRE_JWT_JWKS_URL); try again.")
      }
    },
    async userOf({ sub = '', email, email_verified, name }) {
      const claims = { issuer: jwt.issuer, subject: sub, email, email_verified, name }
      return outsideUser(app, claims)
    },
  }
}

// What jose makes of an answer that is no key set.
const isFetchError = (error: Error) => /JSON Web Key Set HTTP response/.test(error.message)
