import { roles } from '@cadre/core/access/actor'
import { policies, type EndpointName, type Policy } from '@cadre/core/access/policies'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { type Caller, withOwner } from './test/real-cadre.ts'

/** Who calls, and what the policy must make of it: 401, 403, or null for let in. */
type Identity = { call: Caller; refusal: (policy: Policy) => 401 | 403 | null }
// Where a grant on an agent would do as well, the verb says no, and of this agent it knows nothing.
const least = (role: (typeof roles)[number]) => (policy: Policy) => (policy.or || roles.indexOf(role) <= roles.indexOf(policy.least) ? null : 403)

const identities: Record<string, Identity> = {}
let stop: () => Promise<void>
beforeAll(async () => {
  const server = await withOwner('SQLite')
  stop = server.stop
  const { at, as, key, boss, login } = server
  const nobody = (call: Caller): Identity => ({ call, refusal: () => 401 })
  identities['the public'] = { call: at(), refusal: (policy) => (policy.public ? null : 401) }
  for (const role of roles) identities[role] = { call: (await key((await as(role, `a-${role}`)).call)).call, refusal: least(role) }
  const scoped = await key(boss, { scopes: ['runs:read'] })
  identities['a key with one scope'] = { call: scoped.call, refusal: ({ scope }) => (scope === null || scope === 'runs:read' ? null : 403) }
  const single = await key(boss, { agents: ['agt_one'] })
  identities['a key for one agent'] = {
    call: single.call,
    refusal: ({ scope }) => (scope === null || /^(agents|runs|conversations):/.test(scope) ? null : 403),
  }
  const revoked = await key(boss)
  await boss('DELETE', `keys/${revoked.id}`)
  identities['a revoked key'] = nobody(revoked.call)
  const gone = await as('admin', 'gone')
  const goneKey = await key(gone.call)
  await boss('POST', `users/${gone.id}/disable`)
  identities['a key of a disabled user'] = nobody(goneKey.call)
  identities['a session of a disabled user'] = { call: gone.call, refusal: (policy) => (policy.public ? null : 401) }
  identities['a forged key'] = nobody(at({ 'x-api-key': `cdr_abcdefgh_${'x'.repeat(32)}` }))
  const { data: lab } = await boss('POST', 'workspaces', { name: 'Lab' })
  await boss('POST', 'sessions/switch', { workspace: lab.id })
  await boss('POST', 'users', { email: 'chief@example.org', name: 'Chief', password: 'the password of chief', role: 'owner' })
  const chief = await key((await login('chief@example.org', 'the password of chief')).call)
  identities['the owner of another workspace'] = { call: chief.call, refusal: ({ server: isServer }) => (isServer ? 403 : null) }
  await boss('POST', 'users', { email: 'hand@example.org', name: 'Hand', password: 'the password of hand', role: 'member' })
  const hand = await key((await login('hand@example.org', 'the password of hand')).call)
  const asMember = least('member')
  identities['a member of another workspace'] = { call: hand.call, refusal: (policy) => (policy.server ? 403 : asMember(policy)) }
})
afterAll(() => stop())

test.each(endpoints.map(({ name, method, segments }) => [name, method, segments] as const))('%s', async (name, method, segments) => {
  const policy: Policy = policies[name as EndpointName]
  const path = segments.map((segment) => (segment.startsWith('{') ? 'nothing' : segment)).join('/')
  const answers = await Promise.all(
    Object.entries(identities).map(async ([who, { call, refusal }]) => {
      // A stream has no end; its head tells as much.
      const isStream = name.endsWith('.follow')
      const { status, error = '' } = await call(isStream ? 'HEAD' : method, path, method === 'GET' ? undefined : {})
      // What a verb itself refuses is about one thing, not about the call.
      const refused = status === 401 ? 401 : status === 403 && (isStream || /^This (call|API key) /.test(error)) ? 403 : null
      return [who, refused, refusal(policy)] as const
    }),
  )
  for (const [who, refused, expected] of answers) expect(refused, `${name} by ${who}`).toBe(expected)
})

test('GET /me names what the caller may call, and nothing else', async () => {
  for (const [who, { call, refusal }] of Object.entries(identities)) {
    const { status, data } = await call('GET', 'me')
    if (status !== 200) continue
    const listed: string[] = data.permissions.calls
    const open = endpoints.filter(({ name }) => refusal(policies[name as EndpointName]) === null).map(({ name }) => name)
    expect(open, who).toEqual(expect.arrayContaining(listed))
    // What is left takes a grant on one agent.
    const left = open.filter((name) => !listed.includes(name))
    expect(
      left.filter((name) => (policies[name as EndpointName] as Policy).or === undefined),
      who,
    ).toEqual([])
    if (['owner', 'admin', 'builder'].includes(who)) expect(left, who).toEqual([])
    expect(data.permissions.on_agents, who).toEqual({})
  }
})
