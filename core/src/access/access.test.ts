import { describe, expect, test } from 'vitest'
import { localOwner, publicActor, systemActor } from './actor.ts'
import { type Identity, noCredential } from './identity.ts'
import { cacheMs, IdentityCache } from './identity-cache.ts'
import { isLoopback, ModeWatch } from './mode.ts'
import { Passwords } from './passwords.ts'
import { authorize, withPolicies } from './policies.ts'

describe('passwords', () => {
  const passwords = new Passwords()
  test('are kept as argon2id with their parameters, each with its own salt', async () => {
    const [one, two] = await Promise.all([passwords.hash('correct horse'), passwords.hash('correct horse')])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toBe(two)
    expect(await passwords.verify('correct horse', one)).toBe(true)
    expect(await passwords.verify('correct horsE', one)).toBe(false)
    expect(await passwords.verify('', one)).toBe(false)
    expect(await passwords.verify('correct horse', null)).toBe(false)
  })
  test('may be typed composed or decomposed', async () => {
    expect(await passwords.verify('e\u0301te\u0301 Zu\u0308rich', await passwords.hash('\u00e9t\u00e9 Z\u00fcrich'))).toBe(true)
  })
  test('that were made with less are weak, and still verified', async () => {
    // argon2id of `correct horse` with m=1024, t=1.
    const weak = await weakHash('correct horse')
    expect(passwords.isWeak(weak)).toBe(true)
    expect(passwords.isWeak(await passwords.hash('x'))).toBe(false)
    expect(await passwords.verify('correct horse', weak)).toBe(true)
  })
  test('wait for each other, and too many are told to come back', async () => {
    const many = await Promise.allSettled(Array.from({ length: 60 }, () => passwords.hash('x')))
    const refused = many.filter((each) => each.status === 'rejected')
    expect(refused).toHaveLength(8)
    expect(refused[0]?.reason).toMatchObject({ code: 'TOO_MANY_REQUESTS' })
    expect(await passwords.hash('x')).toContain('argon2id')
  })
})

async function weakHash(password: string) {
  const { argon2Sync } = await import('node:crypto')
  const salt = Buffer.alloc(16, 7)
  const hash = argon2Sync('argon2id', { message: password, nonce: salt, memory: 1024, passes: 1, parallelism: 1, tagLength: 32 })
  const text = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
  return `$argon2id$v=19$m=1024,t=1,p=1$${text(salt)}$${text(hash)}`
}

describe('the memory of identities', () => {
  const identity = (expires_at: number | null): Identity => {
    const { ip: _, user_agent: __, ...rest } = localOwner()
    return { ...rest, credential: noCredential, expires_at }
  }
  function cache() {
    let now = 1_000
    let loads = 0
    const made = new IdentityCache(() => now)
    const get = (secret: string, expires_at: number | null = null) =>
      made.get(secret, async () => {
        loads++
        return identity(expires_at)
      })
    return { made, get, loads: () => loads, pass: (ms: number) => (now += ms) }
  }
  test('lasts two seconds, and no longer than what it remembers', async () => {
    const { get, loads, pass } = cache()
    await get('a')
    await get('a')
    expect(loads()).toBe(1)
    pass(cacheMs)
    await get('a')
    expect(loads()).toBe(2)
    await get('short', 3_100)
    pass(100)
    await get('short', 3_100)
    expect(loads()).toBe(4)
  })
  test('ends with any change, also for what was being looked up meanwhile', async () => {
    const { made, get, loads } = cache()
    await get('a')
    made.clear()
    await get('a')
    expect(loads()).toBe(2)
    const { promise, resolve } = Promise.withResolvers<Identity>()
    const slow = made.get('b', () => promise)
    made.clear()
    resolve(identity(null))
    await slow
    await get('b')
    expect(loads()).toBe(3)
  })
  test('keeps nothing of what was wrong', async () => {
    const { made, get, loads } = cache()
    await expect(made.get('a', () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    await get('a')
    expect(loads()).toBe(1)
  })
})

describe('the mode of a server', () => {
  const watch = (options: Partial<ConstructorParameters<typeof ModeWatch>[0]> = {}) => {
    let users = false
    let now = 0
    const modes = new ModeWatch({ host: '127.0.0.1', api_key: null, required: false, now: () => now, hasUsers: async () => users, ...options })
    return { modes, addUser: () => (users = true), pass: (ms: number) => (now += ms) }
  }
  test('is open on loopback only, and closed for good with the first user', async () => {
    const { modes, addUser, pass } = watch()
    expect(await modes.get()).toBe('open')
    addUser()
    expect(await modes.get()).toBe('open')
    pass(1_000)
    expect(await modes.get()).toBe('closed')
  })
  test('follows a user of its own process at once', async () => {
    const { modes, addUser } = watch({ required: true })
    expect(await modes.get()).toBe('locked')
    addUser()
    modes.changed()
    expect(await modes.get()).toBe('closed')
  })
  test('is locked where others can reach it, and closed with a key', async () => {
    expect(await watch({ host: '0.0.0.0' }).modes.get()).toBe('locked')
    expect(await watch({ host: '0.0.0.0', api_key: 'k' }).modes.get()).toBe('closed')
    expect(['127.0.0.1', '127.8.0.1', '::1', 'localhost'].every(isLoopback)).toBe(true)
    expect(['0.0.0.0', '::', '10.0.0.1', 'example.org', '127.0.0.1.example.org'].some(isLoopback)).toBe(false)
  })
})

test('a refusal says what is missing', () => {
  const key = { ...localOwner(), kind: 'key' as const, id: 'key_1' }
  authorize(systemActor, 'workspaces.create')
  authorize(localOwner(), 'workspaces.create')
  authorize(publicActor(), 'agents.list')
  expect(() => authorize(publicActor(), 'runs.list')).toThrow('This call needs a login or an API key')
  expect(() => authorize({ ...key, role: 'member' }, 'agents.create')).toThrow('needs the role builder or a stronger one; yours is member')
  expect(() => authorize({ ...key, role: null }, 'agents.list')).toThrow('yours is none')
  expect(() => authorize({ ...key, scopes: ['runs:read'] }, 'agents.list')).toThrow('lacks the scope agents:read; it has runs:read')
  expect(() => authorize({ ...key, agents: [] }, 'users.list')).toThrow('for single agents only')
  expect(() => authorize({ ...localOwner(), workspace_id: 'wsp_1' }, 'workspaces.create')).toThrow('only the first workspace')
})

test('every verb stands behind its policy, and a verb without one is a defect at the start', async () => {
  const asked: string[] = []
  const api = withPolicies({ agents: { create: async (actor: typeof systemActor) => asked.push(actor.id) } })
  await expect(api.agents.create({ ...localOwner(), role: 'viewer' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  expect(asked).toEqual([])
  await api.agents.create(localOwner())
  expect(asked).toEqual(['local'])
  expect(() => withPolicies({ agents: { forget: async () => 1 } })).toThrow('agents.forget has no policy')
})
