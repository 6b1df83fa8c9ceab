import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { loadConfig } from './config.ts'

const load = (env: Record<string, string>) => loadConfig({ env, cwd: tmpdir() })

describe('access', () => {
  test('by names in the environment or auth: in cadre.yaml', () => {
    const env = {
      CADRE_AUTH: 'required',
      CADRE_PUBLIC_URL: 'https://Cadre.example.org/',
      CADRE_OIDC_ISSUER: 'https://login.example.org',
      CADRE_OIDC_CLIENT_ID: 'cadre',
      CADRE_OIDC_CLIENT_SECRET: 's',
    }
    const oidc = { issuer: 'https://login.example.org', client_id: 'cadre', client_secret: 's' }
    expect(load(env).auth).toEqual({ required: true, public_url: 'https://cadre.example.org', default_role: null, jwt: null, oidc })
  })
  test.each([
    [{ CADRE_AUTH: 'yes' }, 'CADRE_AUTH: must be auto or required'],
    [{ CADRE_AUTH_DEFAULT_ROLE: 'admin' }, 'CADRE_AUTH_DEFAULT_ROLE: must be builder, member or viewer'],
    [{ CADRE_PUBLIC_URL: 'https://a.example/b' }, 'CADRE_PUBLIC_URL: must be an address such as'],
    [{ CADRE_JWT_ISSUER: 'x' }, 'CADRE_JWT_AUDIENCE: must be set too'],
    [{ CADRE_JWT_ISSUER: 'x', CADRE_JWT_AUDIENCE: 'y', CADRE_JWT_JWKS_URL: 'http://a.example' }, 'CADRE_JWT_JWKS_URL: must be an https address'],
    [{ CADRE_OIDC_ISSUER: 'https://a.example', CADRE_OIDC_CLIENT_ID: 'x' }, 'CADRE_PUBLIC_URL: must be set beside CADRE_OIDC_ISSUER'],
  ])('%j is refused', (env, words) => expect(() => load(env as Record<string, string>)).toThrow(words))
})
