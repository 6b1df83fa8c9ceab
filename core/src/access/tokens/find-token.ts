import { CadreError } from '@cadre/contract/errors'
import type { JWTPayload } from 'jose'
import type { App } from '../../app.ts'
import type { Role } from '../actor.ts'
import type { Identity } from '../identity.ts'
import { findKeyById } from '../keys/find-key.ts'
import { selectUserIn } from '../users/users.store.ts'
import { algorithm, loadJose, type SigningKeys } from './signing-keys.ts'

/** Who signs ours and for whom. */
export const ourIssuer = 'cadre'

export type OutsideTokens = {
  verify(text: string): Promise<JWTPayload>
  userOf(claims: JWTPayload): Promise<{ user_id: string; workspace_id: string }>
}
type TokenApp = Pick<App, 'db' | 'now'> & { signing: SigningKeys; outside: OutsideTokens | null }

/** Where a token could bring its own key, or name a place to fetch one from. */
const strangeHeaders = ['jwk', 'jku', 'x5u', 'x5c', 'crit']

/** Whom a signed token stands for, as things are now and not as they were when it was signed. Throws UNAUTHORIZED with the reason. */
export async function findToken(app: TokenApp, text: string): Promise<Identity> {
  const { decodeProtectedHeader, errors, jwtVerify } = await loadJose()
  try {
    const header = decodeProtectedHeader(text)
    const strange = strangeHeaders.find((name) => Object.hasOwn(header, name))
    if (strange !== undefined) throw refused(`its header has '${strange}', which is not taken`)
    const own = header.kid === undefined ? null : await app.signing.find(header.kid)
    if (own) {
      const options = {
        issuer: ourIssuer,
        audience: ourIssuer,
        algorithms: [algorithm],
        currentDate: new Date(app.now()),
        requiredClaims: ['exp', 'sub'],
      }
      return await ownIdentity(app, (await jwtVerify(text, own, options)).payload, header.kid ?? '')
    }
    if (!app.outside) throw refused('it was signed with a key that is not known here')
    const claims = await app.outside.verify(text)
    const { user_id, workspace_id } = await app.outside.userOf(claims)
    return await userIdentity(app, user_id, workspace_id, claims, null)
  } catch (error) {
    throw inWords(error, errors)
  }
}

async function ownIdentity(app: TokenApp, claims: JWTPayload, signingKey: string): Promise<Identity> {
  const { sub = '', kind, workspace, at } = claims
  if (kind !== 'key') return userIdentity(app, sub, String(workspace), claims, Number(at), signingKey)
  const key = await findKeyById(app, sub)
  return { ...key, credential: { type: 'token', id: signingKey }, expires_at: Math.min(endOf(claims), key.expires_at ?? Infinity) }
}

async function userIdentity(
  app: TokenApp,
  id: string,
  workspaceId: string,
  claims: JWTPayload,
  signedAt: number | null,
  signingKey?: string,
): Promise<Identity> {
  const user = await selectUserIn(app.db.read, id, workspaceId)
  if (!user || user.role === null || user.disabled_at !== null) throw refused('its user is disabled or gone')
  if (signedAt !== null && !(signedAt >= user.credentials_at)) throw refused('it was ended')
  return {
    kind: 'user',
    id,
    user_id: id,
    workspace_id: workspaceId,
    role: user.role as Role,
    scopes: null,
    agents: null,
    credential: { type: 'token', id: signingKey ?? null },
    expires_at: endOf(claims),
  }
}

const endOf = ({ exp = 0 }: JWTPayload) => exp * 1000
const refused = (reason: string) => new CadreError('UNAUTHORIZED', `The token is not valid: ${reason}.`)

function inWords(error: unknown, errors: Awaited<ReturnType<typeof loadJose>>['errors']): unknown {
  if (error instanceof errors.JWTExpired) return new CadreError('UNAUTHORIZED', 'The token is over; get a new one.')
  if (error instanceof errors.JWTClaimValidationFailed) return refused(`its claim '${error.claim}' is not as it must be`)
  if (error instanceof errors.JWKSNoMatchingKey) return refused('it was signed with a key that is not known here')
  if (error instanceof errors.JWSSignatureVerificationFailed) return refused('its signature is wrong')
  if (error instanceof errors.JOSEAlgNotAllowed) return refused('its algorithm is not allowed')
  if (error instanceof errors.JWKSTimeout) return unreachable()
  if (error instanceof errors.JOSEError || (error instanceof TypeError && /Invalid Token|Protected Header/i.test(error.message)))
    return refused('it cannot be read')
  return error
}

const unreachable = () => new CadreError('UNAVAILABLE', "The issuer's keys cannot be fetched now (CADRE_JWT_JWKS_URL); try again.")
