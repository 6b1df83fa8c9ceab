import type { EndpointName } from '@cadre/core/access/policies'
import { startModelDouble } from '@cadre/core/test/model-double'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { acting, furnish, type Things } from './test/furnish.ts'
import { type Answer, type Caller, withOwner } from './test/real-cadre.ts'

type Thing = keyof Things
/** `ids`: every field that takes an id, and of what; a dot goes into an object, a number into a list. `with`: what else the call needs. */
type Positions = { ids: Record<string, Thing | readonly Thing[]>; with?: object }
const at = (field: string, thing: Thing | readonly Thing[], more?: object): Positions => ({ ids: { [field]: thing }, ...(more ? { with: more } : {}) })
const none = { ids: {} }
const agents = ['agent', 'slug'] as const
const runs = ['run', 'asking'] as const
const prompt = { name: 'x', system_prompt: 'x' }
const ofAgent = {
  'tools.0': ['plugin', 'tool'],
  provider: 'provider',
  'allowed_api_keys.0': 'key',
  'config.delegates.0': agents,
} as const
const grant = { resource_id: ['agent', 'conversation', 'project'], user_id: 'user' } as const
const party = (field: string) => ({ [field]: ['user', 'agent'] as const })

/** Every place of every call where an id goes. An endpoint without a line does not compile. */
const positions: Record<EndpointName, Positions> = {
  'agents.list': none,
  'agents.get': at('idOrSlug', agents),
  'agents.create': { ids: ofAgent, with: prompt },
  'agents.update': { ids: { idOrSlug: agents, ...ofAgent }, with: { name: 'x' } },
  'agents.delete': at('idOrSlug', agents),
  'runs.start': at('idOrSlug', agents, { input: 'x' }),
  'runs.get': at('runId', runs),
  'runs.follow': at('runId', runs),
  'runs.list': at('agent', agents),
  'runs.listOfAgent': at('idOrSlug', agents),
  'runs.cancel': at('runId', runs),
  'runs.resolve': at('runId', runs, { outcome: 'run_again' }),
  'approvals.list': { ids: { run: runs, agent: agents } },
  'approvals.get': at('id', 'approval'),
  'approvals.decide': at('id', 'approval', { decision: 'approve' }),
  'approvalRules.list': none,
  'approvalRules.remove': at('id', 'rule'),
  'plugins.list': none,
  'plugins.get': at('id', 'plugin'),
  'plugins.add': none,
  'plugins.remove': at('id', 'plugin'),
  'plugins.install': none,
  'plugins.importOpenapi': none,
  'plugins.refresh': at('id', 'plugin'),
  'plugins.approve': at('id', 'plugin', { hash: 'x' }),
  'plugins.invoke': at('id', 'plugin', { path: 'see', input: {} }),
  'tools.search': none,
  'connections.list': none,
  'connections.add': none,
  'connections.remove': at('name', 'connection'),
  'connections.test': at('name', 'connection'),
  'providers.list': none,
  'providers.models': at('provider', 'provider'),
  'providers.aliases': none,
  'providers.alias': at('alias', 'alias'),
  'providers.add': none,
  'providers.remove': at('id', 'provider'),
  'providers.test': at('id', 'provider'),
  'providers.detect': none,
  'providers.setAlias': none,
  'providers.removeAlias': at('alias', 'alias'),
  'usage.get': { ids: { agent: 'agent', user: 'user', key: 'key', provider: 'provider' }, with: { group_by: 'agent,user,key,provider' } },
  'budgets.list': none,
  'budgets.create': { ids: { scope_id: ['agent', 'slug', 'user', 'key', 'run'] }, with: { period: 'run', unit: 'tokens', limit: 9 } },
  'budgets.update': at('id', 'budget', { limit: 9 }),
  'budgets.delete': at('id', 'budget'),
  'budgets.raiseOfRun': at('runId', runs, { tokens: 9 }),
  'prices.list': none,
  'prices.get': at('provider', 'provider', { model: 'x' }),
  'prices.put': none,
  'prices.delete': none,
  'setup.owner': none,
  'sessions.login': at('workspace', 'workspace', { email: 'chief@example.org', password: 'the password of chief' }),
  'sessions.me': none,
  'sessions.logout': none,
  'sessions.switch': at('workspace', 'workspace'),
  'sessions.list': none,
  'sessions.revoke': at('id', 'session'),
  'sessions.revokeAll': none,
  'tokens.create': none,
  'users.get': at('id', 'user'),
  'users.update': at('id', 'user', { name: 'x' }),
  'users.setPassword': at('id', 'user', { password: 'a long password' }),
  'users.list': none,
  'users.create': none,
  'users.disable': at('id', 'user'),
  'users.enable': at('id', 'user'),
  'users.delete': at('id', 'user'),
  'users.export': at('id', 'user'),
  'users.erase': at('id', 'user'),
  'workspaces.list': none,
  'workspaces.create': none,
  'workspaces.rename': at('id', 'workspace', { name: 'x' }),
  'workspaces.members': at('id', 'workspace'),
  'workspaces.putMember': { ids: { id: 'workspace', userId: 'user' }, with: { role: 'viewer' } },
  'workspaces.removeMember': { ids: { id: 'workspace', userId: 'user' } },
  'keys.list': none,
  'keys.create': at('agents.0', 'agent', { name: 'x' }),
  'keys.revoke': at('id', 'key'),
  'grants.list': { ids: grant },
  'grants.put': { ids: grant, with: { level: 'view' } },
  'grants.remove': { ids: grant },
  'audit.list': { ids: { actor: ['user', 'key'], target: ['agent', 'key', 'connection', 'plugin', 'provider', 'user'] } },
  'audit.verify': none,
  'signingKeys.list': none,
  'signingKeys.rotate': none,
  'projects.list': none,
  'projects.create': none,
  'projects.get': at('projectId', 'project'),
  'projects.update': at('projectId', 'project', { name: 'x' }),
  'projects.delete': at('projectId', 'project'),
  'conversations.list': { ids: { project: 'project', agent: 'agent' } },
  'conversations.create': { ids: { project_id: 'project', 'participants.0.id': ['user', 'agent'] }, with: { kind: 'channel', title: 'x' } },
  'conversations.get': at('conversationId', 'conversation'),
  'conversations.update': at('conversationId', 'conversation', { title: 'x' }),
  'conversations.delete': at('conversationId', 'conversation'),
  'conversations.participants': at('conversationId', 'conversation'),
  'conversations.addParticipant': { ids: { conversationId: 'conversation', ...party('id') } },
  'conversations.removeParticipant': { ids: { conversationId: 'conversation', ...party('id') } },
  'conversations.read': at('conversationId', 'conversation', { seq: 1 }),
  'conversations.mute': at('conversationId', 'conversation', { muted: true }),
  'conversations.typing': at('conversationId', 'conversation'),
  'conversations.follow': at('conversationId', 'conversation'),
  'conversations.export': at('conversationId', 'conversation', { format: 'json' }),
  'conversations.import': none,
  'conversations.agents': at('conversationId', 'conversation'),
  'conversations.stop': at('conversationId', 'conversation'),
  'messages.list': { ids: { conversationId: 'conversation', thread: 'message' } },
  'messages.send': {
    ids: { conversationId: 'conversation', thread_id: 'message', parent_id: 'message', 'attachments.0': 'attachment' },
    with: { content: 'x' },
  },
  'messages.get': at('messageId', 'message'),
  'messages.edit': at('messageId', 'message', { content: 'x' }),
  'messages.delete': at('messageId', 'message'),
  'messages.regenerate': at('messageId', 'message'),
  'messages.retry': at('messageId', 'message'),
  'messages.react': at('messageId', 'message', { emoji: 'x' }),
  'messages.unreact': at('messageId', 'message', { emoji: 'x' }),
  'messages.pin': at('messageId', 'message'),
  'messages.unpin': at('messageId', 'message'),
  'messages.pins': at('conversationId', 'conversation'),
  'messages.search': { ids: { conversation: 'conversation', author: ['user', 'agent'] }, with: { q: 'words' } },
  'attachments.upload': at('conversationId', 'conversation', { name: 'x', content: 'eA==' }),
  'attachments.download': at('attachmentId', 'attachment'),
  'events.follow': none,
}

type Value = string | number | boolean | object
const cases = endpoints.flatMap((endpoint) => {
  const { ids } = positions[endpoint.name as EndpointName]
  return Object.entries(ids).flatMap(([field, things]) => [things].flat().map((thing) => ({ endpoint, field, thing, name: endpoint.name })))
})

describe.each(['SQLite', 'Postgres'] as const)('ids of another workspace, on %s', (kind) => {
  const stops: (() => Promise<void>)[] = []
  let boss: Caller
  let theirs: Things
  let own: Things
  const strangers: Record<string, Caller> = {}
  beforeAll(async () => {
    const model = await startModelDouble(acting)
    const server = await withOwner(kind)
    stops.push(server.stop, model.close)
    boss = server.boss
    theirs = await furnish(boss, { id: server.bossId, workspace: 'default' }, 'zebra', model.url)
    const { data: lab } = await boss('POST', 'workspaces', { name: 'Lab' })
    await boss('POST', 'sessions/switch', { workspace: lab.id })
    const person = async (name: string, role: string) => {
      const fields = { email: `${name}@example.org`, name, password: `the password of ${name}`, role }
      const { id } = (await boss('POST', 'users', fields)).data
      return { id, ...(await server.login(fields.email, fields.password)) }
    }
    const chief = await person('chief', 'owner')
    strangers['the owner there'] = chief.call
    strangers['a member there'] = (await person('hand', 'member')).call
    strangers['a key of the owner there'] = (await server.key(chief.call)).call
    await boss('POST', 'sessions/switch', { workspace: 'default' })
    await boss('DELETE', `workspaces/${lab.id}/members/${server.bossId}`)
    own = await furnish(chief.call, { id: chief.id, workspace: lab.id }, 'okapi', model.url)
  }, 60_000)
  afterAll(async () => {
    for (const stop of stops) await stop()
  })

  /** The call with one's own ids everywhere but in one place. */
  async function ask(call: Caller, { endpoint, field, thing }: (typeof cases)[number], id: string): Promise<Answer> {
    const { name, method, segments } = endpoint
    const { ids, with: more = {} } = positions[name as EndpointName]
    const input: Record<string, Value> = { ...structuredClone(more), ...besides(name, field, thing) }
    for (const [each, things] of Object.entries(ids)) {
      const isPath = segments.includes(`{${each}}`)
      if (each === field) put(input, each, id)
      else if (isPath) put(input, each, name.startsWith('grants.') ? (each === 'user_id' ? own.user : own.agent) : own[[things].flat()[0] as Thing])
    }
    const path = segments.map((segment) => (segment.startsWith('{') ? encodeURIComponent(String(take(input, segment.slice(1, -1)))) : segment)).join('/')
    const isStream = name.endsWith('.follow')
    if (isStream || method !== 'GET') return call(isStream ? 'HEAD' : method, path, isStream ? undefined : input)
    return call(method, `${path}?${new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)] as [string, string]))}`)
  }

  test.each(cases)('$name: $field, of $thing', async (given) => {
    for (const [who, call] of Object.entries(strangers)) {
      const foreign = await ask(call, given, theirs[given.thing])
      const missing = await ask(call, given, notThere(theirs[given.thing]))
      expect(plain(foreign, theirs[given.thing]), `${given.name} by ${who}`).toEqual(plain(missing, notThere(theirs[given.thing])))
      expect(JSON.stringify(foreign).replaceAll(theirs[given.thing], '')).not.toMatch(/zebra/i)
    }
  })

  test('the calls are made as they must be: with one’s own id they find it', async () => {
    const reads = cases.filter(({ endpoint, name }) => endpoint.method === 'GET' && !name.endsWith('.follow'))
    for (const given of reads) {
      const { status, error } = await ask(strangers['the owner there'] as Caller, given, own[given.thing])
      expect([given.name, given.field, given.thing, status, error]).toEqual([given.name, given.field, given.thing, expect.any(Number), undefined])
    }
  })

  test('lists, search, usage and the audit log have nothing of the other workspace', async () => {
    const lists = endpoints.filter(({ method, params, name }) => method === 'GET' && params.length === 0 && !name.endsWith('.follow'))
    const queries: Record<string, string> = { 'tools.search': '?q=zebra', 'messages.search': '?q=zebra', 'usage.get': '?group_by=agent,user,key,provider' }
    const found: string[] = []
    for (const { name, segments } of lists) {
      const path = `${segments.join('/')}${queries[name] ?? ''}`
      for (const [who, call] of Object.entries(strangers)) {
        const text = JSON.stringify((await call('GET', path)).data ?? null)
        expect(text, `${name} by ${who}`).not.toMatch(/zebra/i)
        for (const thing of ['user', 'session', 'key', 'agent', 'run', 'approval', 'rule', 'budget', 'conversation', 'message'] as const)
          expect(text, `${name} by ${who}`).not.toContain(theirs[thing])
      }
      if (/zebra/i.test(JSON.stringify((await boss('GET', path)).data ?? null))) found.push(name)
    }
    expect(found).toEqual(expect.arrayContaining(['agents.list', 'runs.list', 'plugins.list', 'connections.list', 'providers.list', 'messages.search']))
  })

  test('and all of it is as it was', async () => {
    const paths = [
      `agents/${theirs.agent}`,
      `runs/${theirs.asking}`,
      `plugins/${theirs.plugin}`,
      `users/${theirs.user}`,
      `conversations/${theirs.conversation}`,
      `messages/${theirs.message}`,
      `attachments/${theirs.attachment}`,
      `model-aliases/${theirs.alias}`,
    ]
    for (const path of paths) expect(await boss('GET', path), path).toMatchObject({ status: 200 })
    expect((await boss('GET', `runs/${theirs.asking}`)).data).toMatchObject({ status: 'pending', waiting: { for: 'approval' } })
    expect((await boss('GET', `approvals/${theirs.approval}`)).data).toMatchObject({ status: 'pending' })
    expect((await boss('GET', 'approval-rules')).data.items.map(({ id }: { id: string }) => id)).toEqual([theirs.rule])
    expect((await boss('GET', 'connections')).data.items).toMatchObject([{ name: 'zebra', user: 'zebra' }])
    expect((await boss('GET', 'budgets')).data.items).toMatchObject([{ id: theirs.budget, limit: 1_000_000 }])
    expect((await boss('GET', `agents/${theirs.agent}`)).data).toMatchObject({ name: 'zebra agent', allowed_api_keys: [] })
    expect((await boss('GET', 'keys')).data.items).toMatchObject([{ id: theirs.key, revoked_at: null }])
  })
})

/** What stands beside an id and says what it is of. */
function besides(name: string, field: string, thing: Thing): Record<string, Value> {
  if (name === 'budgets.create') return { scope: thing === 'slug' ? 'agent' : thing }
  if (name === 'agents.create') return { name: `x ${crypto.randomUUID()}` }
  if (name === 'agents.update') return { name: `x ${crypto.randomUUID()}` }
  if (name.startsWith('grants.')) return { resource_type: field === 'resource_id' ? thing : 'agent' }
  if (name.endsWith('Participant')) return { kind: field === 'id' ? thing : 'user' }
  return name === 'conversations.create' && field !== 'project_id' ? { kind: 'group', participants: [{ kind: thing }] } : {}
}

/** Of the same shape, and of nothing. */
function notThere(id: string): string {
  return /^[a-z]{3}_/.test(id) ? `${id.slice(0, -6)}000000` : id.replace(/[a-z0-9]{3,}$/, (end) => 'q'.repeat(end.length))
}

/** Without what is new in each answer: the id that was asked for, ids that were made, times. */
function plain({ status, code, error, data }: Answer, id: string) {
  const text = JSON.stringify({ status, code, error, data })
  return text
    .replaceAll(id, 'ID')
    .replace(/\b[a-z]{3}_[0-9a-z]{20,}/g, 'new')
    .replace(/x-?\s?[0-9a-f]{8}-[0-9a-f-]{27}/g, 'named')
    .replace(/cdr_\w+/g, 'key')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'now')
    .replace(/"seq":\d+|"last_seq":\d+|[0-9a-f]{64}/g, 'counted')
}

function put(input: Record<string, Value>, path: string, value: Value) {
  const names = path.split('.')
  let place = input as Record<string, Value>
  for (const [i, name] of names.slice(0, -1).entries()) place = (place[name] ??= /^\d/.test(names[i + 1] ?? '') ? [] : {}) as Record<string, Value>
  place[names.at(-1) ?? ''] = value
}

function take(input: Record<string, Value>, name: string): Value {
  const value = input[name] ?? 'nothing'
  delete input[name]
  return value
}
