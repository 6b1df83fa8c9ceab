import { type EffectService, startEffectService } from '@cadre/core/test/effect-service'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Caller, withOwner } from './test/real-cadre.ts'

type Server = Awaited<ReturnType<typeof withOwner>>

describe.each(['SQLite', 'Postgres'] as const)('approvals over HTTP, on %s', (kind) => {
  let server: Server
  let mail: EffectService
  let agent: string
  beforeEach(async () => {
    mail = await startEffectService('mail')
    server = await withOwner(kind)
    const { runtime, permissions } = mail.manifest
    const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'], additionalProperties: false }
    const endpoints = [{ path: '/send', description: 'Sends a mail with this text', approval: 'always', input }]
    const manifest = { id: 'mail', name: 'Mail', version: '1.0.0', runtime, permissions, endpoints }
    expect(await server.boss('POST', 'plugins', manifest)).toMatchObject({
      status: 201,
      data: { endpoints: [{ approval: 'always', reads: ['untrusted'] }] },
    })
    const made = await server.boss('POST', 'agents', {
      name: 'Mailer',
      system_prompt: 'You send mails.',
      provider: 'builtin',
      model: 'planner',
      tools: ['mail__send'],
    })
    agent = made.data.id
  })
  afterEach(async () => {
    await server.stop()
    await mail.close()
  })

  /** Starts a run by this caller, and gives its id and that of what it asks. */
  async function ask(caller: Caller) {
    const { data } = await caller('POST', `agents/${agent}/run`, { input: 'Send a mail with the text "hello"', wait: 0 })
    const id = await eventually(async () => {
      const { data: asked } = await server.boss('GET', `approvals?status=pending&run=${data.run_id}`)
      return asked[0]?.id as string | undefined
    })
    return { run_id: data.run_id as string, id }
  }
  const ended = (run_id: string) =>
    eventually(async () => {
      const { data } = await server.boss('GET', `runs/${run_id}`)
      return data.completed_at === null ? undefined : data
    })
  const approve = { decision: 'approve' }

  test('the planner asks, somebody looks and approves, the mail is sent; a replay is refused', async () => {
    const { run_id, id } = await ask(server.boss)
    expect(await server.boss('GET', `approvals/${id}`)).toMatchObject({
      status: 200,
      data: { status: 'pending', tool: 'mail__send', input: { text: 'hello' }, agent: { id: agent, name: 'Mailer' }, asked_by: server.bossId },
    })
    // The question is there a moment before the run has come to rest.
    await expect.poll(async () => (await server.boss('GET', `runs/${run_id}`)).data.waiting).toMatchObject({ for: 'approval' })
    expect(mail.arrivals).toEqual([])
    expect(await server.boss('POST', `approvals/${id}`, approve)).toMatchObject({
      status: 200,
      data: { status: 'approved', decided_by: server.bossId },
    })
    expect((await ended(run_id)).status).toBe('completed')
    expect(mail.arrivals).toMatchObject([{ input: { text: 'hello' } }])
    expect(await server.boss('POST', `approvals/${id}`, approve)).toMatchObject({ status: 409, code: 'APPROVAL_DECIDED' })
    const events = await server.boss('GET', `runs/${run_id}/events`)
    expect(events.data).toMatch(/approval\.requested[\s\S]*approval\.decided[\s\S]*tool\.started/)
    expect(mail.arrivals).toHaveLength(1)
  })

  test('each identity may what its role and scopes say, and nothing of another workspace', async () => {
    const member = await server.as('member')
    const other = await server.as('member', 'other')
    const viewer = await server.as('viewer')
    const builder = await server.as('builder')
    const { run_id, id } = await ask(member.call)
    const path = `approvals/${id}`
    const status = async (call: Caller, body: object = approve) => (await call('POST', path, body)).status
    expect(await status(server.at())).toBe(401)
    expect((await server.at()('GET', 'approvals')).status).toBe(401)
    expect(await status(viewer.call)).toBe(404)
    expect(await status(other.call)).toBe(404)
    expect(await status(member.call, { ...approve, scope: 'always' })).toBe(403)
    const weak = await server.key(server.boss, { scopes: ['runs:read', 'runs:write'] })
    expect(await status(weak.call)).toBe(403)
    expect((await weak.call('GET', path)).status).toBe(200)
    const elsewhere = await server.key(server.boss, { agents: ['agt_another'] })
    expect(await status(elsewhere.call)).toBe(403)
    expect((await elsewhere.call('GET', path)).status).toBe(404)
    expect((await elsewhere.call('GET', 'approvals')).data).toEqual([])
    const workspace = await server.boss('POST', 'workspaces', { name: 'Second' })
    const switched = await server.login('olga@example.org', 'correct horse battery')
    expect((await switched.call('POST', 'sessions/switch', { workspace: workspace.data.id })).status).toBe(200)
    expect(await status(switched.call)).toBe(404)
    expect((await switched.call('GET', path)).status).toBe(404)
    expect((await switched.call('GET', 'approvals')).data).toEqual([])
    expect(mail.arrivals).toEqual([])
    const strong = await server.key(builder.call, { scopes: ['approvals:write', 'runs:read'] })
    expect(await status(strong.call, { ...approve, scope: 'always' })).toBe(200)
    expect((await ended(run_id)).status).toBe('completed')
    const rules = await server.boss('GET', 'approval-rules')
    expect(rules.data).toMatchObject([{ tool: 'mail__send', created_by: strong.id }])
    const rule = `approval-rules/${rules.data[0].id}`
    expect((await switched.call('GET', 'approval-rules')).data).toEqual([])
    expect((await switched.call('DELETE', rule)).status).toBe(404)
    expect((await member.call('DELETE', rule)).status).toBe(403)
    expect((await builder.call('DELETE', rule)).status).toBe(200)
    const second = await ask(member.call)
    expect((await member.call('POST', `approvals/${second.id}`, approve)).status).toBe(200)
    expect((await ended(second.run_id)).status).toBe('completed')
    const audit = await server.boss('GET', 'audit?action=approvals')
    expect(audit.data.map(({ actor_id }: { actor_id: string }) => actor_id)).toEqual([member.id, strong.id])
  })

  test('what is not a decision is refused by field, unknown fields too', async () => {
    const { id } = await ask(server.boss)
    for (const body of [{}, { decision: 'maybe' }, { ...approve, decided_by: 'me' }, { ...approve, input: 'text' }, { ...approve, note: '' }])
      expect(await server.boss('POST', `approvals/${id}`, body)).toMatchObject({ status: 422, code: 'INVALID' })
    expect(await server.boss('POST', 'approvals/apr_nothing', approve)).toMatchObject({ status: 404, code: 'APPROVAL_NOT_FOUND' })
    expect(await server.boss('GET', 'approvals?status=open')).toMatchObject({ status: 422 })
  })
})

async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
  }
}
