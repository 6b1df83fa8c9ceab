import type { EndpointName } from '@cadre/core/access/policies'
import { startModelDouble } from '@cadre/core/test/model-double'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { endpoints } from './endpoints.ts'
import { acting, furnish, type Things } from './test/furnish.ts'
import { positions, type Thing } from './test/id-positions.ts'
import { type Answer, type Caller, withOwner } from './test/real-cadre.ts'

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
    const path = segments
      .map((segment) => (segment.startsWith('{') ? encodeURIComponent(String(take(input, segment.slice(1, -1)))) : segment))
      .join('/')
    const isStream = name.endsWith('.follow')
    if (isStream || method !== 'GET') return call(isStream ? 'HEAD' : method, path, isStream ? undefined : input)
    return call(method, `${path}?${new URLSearchParams(Object.entries(input).map(([key, value]) => [key, String(value)] as [string, string]))}`)
  }

  test('the calls are made as they must be: with one’s own id they find it', async () => {
    const reads = cases.filter(({ endpoint, name }) => endpoint.method === 'GET' && !name.endsWith('.follow'))
    for (const given of reads) {
      const { status, error } = await ask(strangers['the owner there'] as Caller, given, own[given.thing])
      expect([given.name, given.field, given.thing, status, error]).toEqual([given.name, given.field, given.thing, expect.any(Number), undefined])
    }
  })

  test('lists, search, usage and the audit log have nothing of the other workspace', async () => {
    const lists = endpoints.filter(({ method, params, name }) => method === 'GET' && params.length === 0 && !name.endsWith('.follow'))
    const queries: Record<string, string> = {
      'tools.search': '?q=zebra',
      'messages.search': '?q=zebra',
      'usage.get': '?group_by=agent,user,key,provider',
    }
    const found: string[] = []
    for (const { name, segments } of lists) {
      const path = `${segments.join('/')}${queries[name] ?? ''}`
      for (const [who, call] of Object.entries(strangers)) {
        const text = JSON.stringify((await call('GET', path)).data ?? null)
        expect(text, `${name} by ${who}`).not.toMatch(/zebra/i)
        for (const thing of ['user', 'session', 'key', 'agent', 'run', 'approval', 'rule', 'budget', 'conversation', 'message'] as const)
          // Whoever made that workspace stands in its log.
          if (thing !== 'user' || name !== 'audit.list') expect(text, `${name} by ${who}`).not.toContain(theirs[thing])
      }
      if (/zebra/i.test(JSON.stringify((await boss('GET', path)).data ?? null))) found.push(name)
    }
    expect(found).toEqual(
      expect.arrayContaining(['agents.list', 'runs.list', 'plugins.list', 'connections.list', 'providers.list', 'messages.search']),
    )
  })

  test.each(cases)('$name: $field, of $thing', async (given) => {
    for (const [who, call] of Object.entries(strangers)) {
      const foreign = await ask(call, given, theirs[given.thing])
      const missing = await ask(call, given, notThere(theirs[given.thing]))
      expect(plain(foreign, theirs[given.thing]), `${given.name} by ${who}`).toEqual(plain(missing, notThere(theirs[given.thing])))
      expect(JSON.stringify(foreign).replaceAll(theirs[given.thing], '')).not.toMatch(/zebra/i)
    }
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
    for (const path of paths) expect((await boss('GET', path)).error, path).toBeUndefined()
    expect((await boss('GET', `runs/${theirs.asking}`)).data).toMatchObject({ status: 'pending', waiting: { for: 'approval' } })
    expect((await boss('GET', `approvals/${theirs.approval}`)).data).toMatchObject({ status: 'pending' })
    expect((await boss('GET', 'approval-rules')).data.map(({ id }: { id: string }) => id)).toEqual([theirs.rule])
    expect((await boss('GET', 'connections')).data).toMatchObject([{ name: 'zebra', user: 'zebra' }])
    expect((await boss('GET', 'budgets')).data).toMatchObject([{ id: theirs.budget, limit: 1_000_000 }])
    expect((await boss('GET', `agents/${theirs.agent}`)).data).toMatchObject({ name: 'zebra agent', allowed_api_keys: [] })
    expect((await boss('GET', 'keys')).data).toMatchObject([{ id: theirs.key, revoked_at: null }])
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
    .replace(/cdr_[\w-]+/g, 'key')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'now')
    .replace(/"seq":\d+|"last_seq":\d+|"version":\d+|[0-9a-f]{64}/g, 'counted')
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
