import { Role } from '@cadre/contract/access'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'

/** Who may come in, and how. */
export type AuthConfig = {
  /** A login is asked for, also of the one person at this machine. */
  required: boolean
  /** The address by which browsers reach the server; its scheme decides about the cookie. Without a slash at its end. */
  public_url: string | null
  /** Of users who come from outside and are not known yet; null refuses them. */
  default_role: Role | null
  /** Whose signed tokens are taken beside our own. */
  jwt: { issuer: string; audience: string; jwks_url: string } | null
  /** Where people may log in instead of here. */
  oidc: { issuer: string; client_id: string; client_secret: string | null } | null
}

const text = z.string('must be text; in YAML put it in quotes').min(1, 'must not be empty')
/** Keys and codes come over it, so it is encrypted, or does not leave this machine. */
const safeUrl = text.refine((value) => {
  const url = URL.parse(value)
  return url !== null && (url.protocol === 'https:' || (url.protocol === 'http:' && /^(localhost|127\.[\d.]+|\[::1\])$/.test(url.hostname)))
}, 'must be an https address (http only for this machine)')
const publicUrl = text
  .refine((value) => {
    const url = URL.parse(value)
    return url !== null && /^https?:$/.test(url.protocol) && url.pathname === '/' && !url.search && !url.hash && !url.username
  }, 'must be an address such as https://cadre.example.org, without a path')
  .transform((value) => new URL(value).origin)
const role = Role.exclude(['owner', 'admin'], 'must be builder, member or viewer')

/** The lines of the table in config.ts that are about access. */
export const authSettings = {
  CADRE_AUTH: { yaml: 'auth.mode', schema: z.enum(['auto', 'required'], 'must be auto or required'), secret: false },
  CADRE_AUTH_DEFAULT_ROLE: { yaml: 'auth.default_role', schema: role, secret: false },
  CADRE_PUBLIC_URL: { yaml: 'server.public_url', schema: publicUrl, secret: false },
  CADRE_JWT_ISSUER: { yaml: 'auth.jwt.issuer', schema: text, secret: false },
  CADRE_JWT_AUDIENCE: { yaml: 'auth.jwt.audience', schema: text, secret: false },
  CADRE_JWT_JWKS_URL: { yaml: 'auth.jwt.jwks_url', schema: safeUrl, secret: false },
  CADRE_OIDC_ISSUER: { yaml: 'auth.oidc.issuer', schema: safeUrl, secret: false },
  CADRE_OIDC_CLIENT_ID: { yaml: 'auth.oidc.client_id', schema: text, secret: false },
  CADRE_OIDC_CLIENT_SECRET: { yaml: null, schema: text, secret: true },
} as const

// The values are checked one by one above; here only which keys there may be.
const any = z.unknown().optional()
export const authYaml = {
  auth: z
    .strictObject({
      mode: any,
      default_role: any,
      jwt: z.strictObject({ issuer: any, audience: any, jwks_url: any }).optional(),
      oidc: z.strictObject({ issuer: any, client_id: any }).optional(),
    })
    .optional(),
}

type Read = <N extends keyof typeof authSettings>(name: N) => z.output<(typeof authSettings)[N]['schema']> | undefined

export function authConfig(value: Read): AuthConfig {
  const jwt = allOrNone(value, ['CADRE_JWT_ISSUER', 'CADRE_JWT_AUDIENCE', 'CADRE_JWT_JWKS_URL'])
  const oidc = allOrNone(value, ['CADRE_OIDC_ISSUER', 'CADRE_OIDC_CLIENT_ID'])
  const public_url = value('CADRE_PUBLIC_URL') ?? null
  if (oidc && public_url === null) throw new ConfigError('CADRE_PUBLIC_URL: must be set beside CADRE_OIDC_ISSUER, which sends browsers back to it')
  return {
    required: value('CADRE_AUTH') === 'required',
    public_url,
    default_role: value('CADRE_AUTH_DEFAULT_ROLE') ?? null,
    jwt: jwt && { issuer: jwt[0] ?? '', audience: jwt[1] ?? '', jwks_url: jwt[2] ?? '' },
    oidc: oidc && { issuer: oidc[0] ?? '', client_id: oidc[1] ?? '', client_secret: value('CADRE_OIDC_CLIENT_SECRET') ?? null },
  }
}

function allOrNone(value: Read, names: (keyof typeof authSettings)[]): string[] | null {
  const values = names.map((name) => value(name))
  const missing = names[values.indexOf(undefined)]
  if (values.every((each) => each === undefined)) return null
  if (missing !== undefined) throw new ConfigError(`${missing}: must be set too; ${names.join(', ')} belong together`)
  return values as string[]
}
