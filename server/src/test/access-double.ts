import { CadreError } from '@cadre/contract/errors'
import type { Resolver } from '@cadre/core/access/open-access'
import { resolveActor, type Sources } from '@cadre/core/access/resolve-actor'
import type { Api } from '../router.ts'

/** The real resolver in front of no users and no keys but the server's own. */
export function resolverDouble(api_key: string | null): Resolver {
  const unknown = () => Promise.reject(new CadreError('UNAUTHORIZED', 'The API key is not valid.'))
  const mode = async () => (api_key === null ? 'open' : 'closed') as 'open' | 'closed'
  const sources: Sources = { api_key, mode, key: unknown, token: unknown, session: async () => null }
  return { resolve: (presented, from) => resolveActor(sources, presented, from), mode, jwks: async () => ({ keys: [] }) }
}

const none = () => {
  throw new CadreError('NOT_FOUND', 'The double has none.')
}
const empty = () => ({ items: [], next_cursor: null })

export const accessApi: Pick<
  Api,
  'setup' | 'sessions' | 'users' | 'people' | 'workspaces' | 'keys' | 'grants' | 'tokens' | 'signingKeys' | 'audit' | 'server' | 'logs'
> = {
  setup: { state: none, owner: none },
  sessions: { login: none, me: none, logout: none, switch: none, list: empty, revoke: none, revokeAll: none },
  users: {
    list: empty,
    create: none,
    get: none,
    update: none,
    setPassword: none,
    beginReset: none,
    finishReset: none,
    disable: none,
    enable: none,
    delete: none,
    export: none,
    erase: none,
  },
  people: { list: empty },
  workspaces: { list: empty, create: none, rename: none, members: empty, putMember: none, removeMember: none },
  keys: { list: empty, create: none, revoke: none },
  grants: { list: empty, put: none, remove: none },
  tokens: { create: none },
  signingKeys: { list: empty, rotate: none },
  audit: { list: empty, verify: none },
  server: { settings: none, retention: none, setRetention: none },
  logs: { follow: none },
}
