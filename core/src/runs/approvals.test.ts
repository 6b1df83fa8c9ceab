import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { addMail, calling, personOf } from './test/mail-hook.ts'

const letter = { to: 'bob', text: 'hello' }
const sending = { tool: 'mail__send', input: letter }

describe.each(databaseUrls)('approvals, on $name', ({ url }) => {
  let world: World
  let now: () => number
  let person: ReturnType<typeof personOf>
  beforeEach(async () => {
    now = Date.now
    world = await newWorld({ database_url: await url(), now: () => now() })
    await addMail(world)
    person = personOf(world)
    world.says(calling([sending]))
  })
  afterEach(() => world.close())
  const mailer = (config: object = {}, change: object = {}) => world.agent({ tools: ['mail', 'effects'], config, ...change })
  const start = async (agent: { id: string }) => (await world.run(agent, { wait: 0 })).run_id
  const sent = () => world.effects.arrivals.map(({ path, input }) => ({ path, ...input }))
  const results = () => JSON.stringify(resultsSoFar(world.model.requests.at(-1)!).map(({ content }) => content))
  /** A run that asks about one call. */
  async function oneQuestion(config: object = {}) {
    const agent = await mailer(config)
    const run_id = await start(agent)
    const run = await person.waiting(run_id)
    const [asked] = await person.asked()
    return { agent, run, run_id, asked: asked!, id: asked!.id }
  }

  test('a call that its manifest asks about waits, with its exact arguments, and is made when somebody approves it', async () => {
    const { run, run_id, asked, agent, id } = await oneQuestion()
    expect(asked).toMatchObject({
      status: 'pending',
      run_id,
      step: 1,
      agent: { id: agent.id, name: agent.name },
      asked_by: owner.id,
      tool: 'mail__send',
      tool_description: 'Sends a mail',
      effect: 'once',
      input: letter,
      reasons: [{ code: 'manifest', message: expect.stringContaining(`'mail__send'`) }],
    })
    expect(Date.parse(asked.expires_at) - Date.parse(asked.created_at)).toBe(86_400_000)
    expect(run).toMatchObject({
      status: 'pending',
      waiting: { for: 'approval', step: 1, until: asked.expires_at, reason: expect.stringContaining(id) },
    })
    expect(run.steps).toMatchObject([
      { step: 1, tool: 'mail', action: 'send', status: 'waiting', input: letter, approval: { approval_id: id, status: 'pending' } },
    ])
    expect(sent()).toEqual([])
    expect((await world.app.queue.list({ status: 'active' })).length).toBe(0)
    expect(await person.decide(id, { decision: 'approve' })).toMatchObject({ status: 'approved', scope: 'once', decided_by: owner.id })
    const done = await person.ended(run_id)
    expect(done).toMatchObject({
      status: 'completed',
      waiting: null,
      steps: [{ status: 'completed', approval: { status: 'approved', by: owner.id } }],
    })
    expect(sent()).toEqual([{ path: '/send', ...letter }])
    const types = await typesOf(run_id)
    expect(types.slice(2)).toEqual([
      'approval.requested',
      'run.waiting',
      'approval.decided',
      'run.started',
      'tool.started',
      'tool.completed',
      'model.completed',
      'run.ended',
    ])
  })

  test('what its agent requires is asked about, by name or by ForgeHook; what only reads is not, nor what nobody named', async () => {
    world.says(calling([{ tool: 'mail__draft' }, { tool: 'mail__inbox' }, { tool: 'effects__once' }, { tool: 'effects__keyed' }]))
    const run_id = await start(await mailer({ approvals: { require: ['mail__*', 'effects__once'] } }))
    await person.waiting(run_id)
    const asked = await person.asked()
    expect(asked.map(({ tool }) => tool)).toEqual(expect.arrayContaining(['mail__draft', 'effects__once']))
    expect(asked).toHaveLength(2)
    expect(asked[0]?.reasons).toMatchObject([{ code: 'agent', message: expect.stringContaining('approvals.require') }])
    // The others of the batch went on.
    expect(
      sent()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/inbox', '/keyed'])
    for (const { id } of asked) await person.decide(id, { decision: 'approve' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(
      sent()
        .map(({ path }) => path)
        .sort(),
    ).toEqual(['/draft', '/inbox', '/keyed', '/once'])
  })

  test('what an agent requires must be there, and do more than read', async () => {
    const refused = (name: string, words: RegExp) =>
      expect(mailer({ approvals: { require: ['mail__send', name] } })).rejects.toMatchObject({
        code: 'INVALID',
        issues: [{ path: 'config.approvals.require[1]', message: expect.stringMatching(words) }],
      })
    await refused('mial__send', /there is no/)
    await refused('mail__sned', /there is no/)
    await refused('mail__inbox', /only reads/)
    await refused('calculator__*', /only reads/)
    const agent = await mailer({ approvals: { require: ['mail__*', 'agents__anyone'] } })
    await expect(world.api.agents.update(owner, { idOrSlug: agent.id, config: { approvals: { require: ['nothing__*'] } } })).rejects.toMatchObject({
      issues: [{ path: 'config.approvals.require[0]' }],
    })
    // What an update leaves out stays.
    const changed = (await world.api.agents.update(owner, { idOrSlug: agent.id, config: { approvals: { data_flow: 'allow' } } })) as typeof agent
    expect(changed.config.approvals).toEqual({ require: ['mail__*', 'agents__anyone'], data_flow: 'allow', expires_after_ms: 86_400_000 })
  })

  test('each of several questions is answered by itself; what is approved is made while the other still waits', async () => {
    world.says(calling([sending, { tool: 'mail__file', input: { to: 'archive' } }]))
    const run_id = await start(await mailer())
    await person.waiting(run_id)
    const asked = await person.asked()
    const first = asked.find(({ tool }) => tool === 'mail__send')!
    const second = asked.find(({ tool }) => tool === 'mail__file')!
    await person.decide(first.id, { decision: 'approve' })
    await until(() => sent().length === 1)
    await person.waiting(run_id)
    await person.decide(second.id, { decision: 'reject' })
    expect(await person.ended(run_id)).toMatchObject({ steps: [{ status: 'completed' }, { status: 'failed' }] })
    expect(sent()).toHaveLength(1)
  })

  test('when nobody decides in time the model is told so, and whoever comes later is refused', async () => {
    const { run_id, id } = await oneQuestion({ approvals: { expires_after_ms: 3_600_000 } })
    const [job] = await world.app.queue.list({ status: 'delayed' })
    expect(job).toMatchObject({ name: 'approvals.expire', data: { approval_id: id } })
    now = () => Date.now() + 3_600_000
    await expect(person.decide(id, { decision: 'approve' })).rejects.toMatchObject({ code: 'APPROVAL_EXPIRED', status: 409 })
    await world.app.db.write((trx) => trx.updateTable('jobs').set({ run_at: Date.now() }).where('id', '=', job!.id).execute())
    world.app.wakeWorkers()
    const run = await person.ended(run_id)
    expect(run).toMatchObject({
      status: 'completed',
      steps: [{ error: 'nobody approved this call within 1 hour, so it was not made', approval: { status: 'expired', by: null } }],
    })
    expect(results()).toContain('nobody approved this call within 1 hour')
    await expect(person.decide(id, { decision: 'approve' })).rejects.toMatchObject({ code: 'APPROVAL_EXPIRED' })
    expect(sent()).toEqual([])
  })

  test('cancelling the run cancels what it asks', async () => {
    const { run_id, id } = await oneQuestion()
    const run = await world.api.runs.cancel(owner, { runId: run_id })
    expect(run).toMatchObject({ status: 'cancelled', steps: [{ status: 'failed', approval: { status: 'cancelled' } }] })
    expect(await world.api.approvals.get(owner, { id })).toMatchObject({ status: 'cancelled' })
    await expect(person.decide(id, { decision: 'approve' })).rejects.toMatchObject({ code: 'APPROVAL_DECIDED' })
    expect(sent()).toEqual([])
  })

  test('a run that fails while it asks leaves no question behind', async () => {
    world.effects.behave(({ path }) => (path === '/keyed' ? { hang: true } : undefined))
    world.says(calling([sending, { tool: 'effects__keyed' }]))
    const run_id = await start(await mailer({ timeout_ms: 2_000 }))
    expect((await person.ended(run_id)).status).toBe('timeout')
    const { items } = await world.api.approvals.list(owner, { limit: 10 })
    expect(items).toMatchObject([{ status: 'cancelled' }])
  })

  test('the time that a person takes is not the time of the run', async () => {
    const { run_id, id } = await oneQuestion({ timeout_ms: 5_000 })
    now = () => Date.now() + 3_600_000
    await person.decide(id, { decision: 'reject' })
    expect((await person.ended(run_id)).status).toBe('completed')
  })

  test('a person who tries an endpoint by hand is not asked', async () => {
    const { output } = await world.api.plugins.invoke(owner, { id: 'mail', path: 'send', input: letter, dry_run: false })
    expect(output).toMatchObject({ done: '/send' })
    expect((await world.api.approvals.list(owner, { limit: 10 })).items).toEqual([])
  })

  test('the planner inside asks as any model does', async () => {
    const agent = await mailer({}, { provider: 'builtin', model: 'planner', tools: ['mail__send'], system_prompt: 'You send mails.' })
    const run = await world.run(agent, { input: 'Send a mail to "bob" with the text "hello"', wait: 0 })
    await person.waiting(run.run_id)
    const [asked] = await person.asked()
    expect(asked).toMatchObject({ tool: 'mail__send', input: { text: 'hello' } })
    await person.decide(asked!.id, { decision: 'approve' })
    expect((await person.ended(run.run_id)).status).toBe('completed')
    expect(sent()).toHaveLength(1)
  })

  test('questions come in pages, newest first, by run, agent and state', async () => {
    const agent = await mailer()
    const runs = []
    for (let i = 0; i < 3; i++) runs.unshift((await person.waiting(await start(agent))).run_id)
    const list = (input: object) => world.api.approvals.list(owner, { limit: 2, ...input })
    const first = await list({})
    expect(first.items.map(({ run_id }) => run_id)).toEqual(runs.slice(0, 2))
    const second = await list({ cursor: first.next_cursor! })
    expect(second).toMatchObject({ items: [{ run_id: runs[2] }], next_cursor: null })
    expect((await list({ run: runs[1]! })).items).toMatchObject([{ run_id: runs[1] }])
    expect((await list({ status: 'rejected' })).items).toEqual([])
    await person.decide(second.items[0]!.id, { decision: 'reject' })
    expect((await list({ status: 'rejected', agent: agent.slug })).items).toMatchObject([{ run_id: runs[2] }])
    expect((await list({ agent: (await mailer()).id })).items).toEqual([])
    await expect(list({ agent: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
  })

  async function typesOf(runId: string) {
    const types: string[] = []
    for await (const event of await world.api.runs.follow(owner, { runId }, { signal: AbortSignal.timeout(30_000) }))
      if (event.type !== 'text.delta') types.push(event.type)
    return types
  }
})

async function until(holds: () => boolean) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
