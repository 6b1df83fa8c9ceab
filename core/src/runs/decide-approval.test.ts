import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, localOwner } from '../access/actor.ts'
import { databaseUrls } from '../storage/test/databases.ts'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { addMail, calling, personOf } from './test/mail-hook.ts'

const letter = { to: 'bob', text: 'hello' }
const sending = { tool: 'mail__send', input: letter }

describe.each(databaseUrls)('decisions on calls, on $name', ({ url }) => {
  let world: World
  let person: ReturnType<typeof personOf>
  beforeEach(async () => {
    world = await newWorld({ database_url: await url() })
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

  test('a refused call is not made; the model is told so with the note, and the run goes on', async () => {
    const { run_id, id } = await oneQuestion()
    expect(await person.decide(id, { decision: 'reject', note: 'Not to Bob.' })).toMatchObject({
      status: 'rejected',
      note: 'Not to Bob.',
      scope: null,
    })
    const run = await person.ended(run_id)
    expect(run).toMatchObject({
      status: 'completed',
      output_text: 'done',
      steps: [{ status: 'failed', error: expect.stringMatching(/refused.*Not to Bob\./) }],
    })
    expect(results()).toMatch(/a person refused this call.*Not to Bob/)
    expect(sent()).toEqual([])
  })

  test('an edited call is made with the new arguments, which must fit the schema, and the model is told what was changed', async () => {
    const { run_id, id } = await oneQuestion()
    await expect(person.decide(id, { decision: 'approve', input: { to: 7 } })).rejects.toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'input.to' }],
    })
    const changed = { to: 'bob', text: 'good day' }
    expect(await person.decide(id, { decision: 'approve', input: changed, note: 'politely' })).toMatchObject({ edited_input: changed, input: letter })
    const run = await person.ended(run_id)
    expect(run.steps).toMatchObject([{ input: changed, status: 'completed', approval: { original_input: letter, note: 'politely' } }])
    expect(sent()).toEqual([{ path: '/send', ...changed }])
    expect(results()).toMatch(/approved this call with other arguments.*good day.*politely/)
  })

  test('what was changed is told in the same words when the run is taken up again', async () => {
    world.says(calling([sending], [{ tool: 'mail__file' }]))
    const { run_id, id } = await oneQuestion()
    await person.decide(id, { decision: 'approve', input: { to: 'bob', text: 'good day' } })
    await until(() => sent().length === 1)
    await person.waiting(run_id)
    await person.decide((await person.asked())[0]!.id, { decision: 'reject' })
    expect((await person.ended(run_id)).warnings).toEqual([])
    expect(results()).toMatch(/approved this call with other arguments.*good day/)
  })

  test('an answer that came when the journal was already read is used', async () => {
    world.says(calling([sending, { tool: 'mail__file' }]))
    const { run_id } = await oneQuestion()
    const [first, second] = await person.asked()
    await world.app.db.write((trx) => trx.updateTable('approvals').set({ status: 'rejected', note: 'late' }).where('id', '=', first!.id).execute())
    await person.decide(second!.id, { decision: 'approve' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(results()).toMatch(/a person refused this call.*late/)
  })

  test('approved for the run, the same tool is not asked about again there, and only there', async () => {
    world.says(calling([sending], [{ tool: 'mail__send', input: { to: 'eve' } }], [{ tool: 'mail__file' }]))
    const { run_id, id, agent } = await oneQuestion()
    await person.decide(id, { decision: 'approve', scope: 'run' })
    await until(() => sent().length === 2)
    await person.waiting(run_id)
    const [other] = await person.asked()
    expect(other).toMatchObject({ tool: 'mail__file', step: 3 })
    await person.decide(other!.id, { decision: 'reject' })
    await person.ended(run_id)
    const again = await start(agent)
    await person.waiting(again)
    expect(await person.asked()).toMatchObject([{ tool: 'mail__send', run_id: again }])
  })

  test('for the run, with fields that must stay the same', async () => {
    world.says(
      calling([sending], [{ tool: 'mail__send', input: { to: 'bob', text: 'more' } }], [{ tool: 'mail__send', input: { to: 'eve', text: 'more' } }]),
    )
    const { run_id, id } = await oneQuestion()
    await expect(person.decide(id, { decision: 'approve', scope: 'run', fixed_fields: ['to', 'nothing'] })).rejects.toThrow(/fixed_fields\[1\]/)
    await person.decide(id, { decision: 'approve', scope: 'run', fixed_fields: ['to'] })
    await until(() => sent().length === 2)
    await person.waiting(run_id)
    expect(await person.asked()).toMatchObject([{ input: { to: 'eve' } }])
  })

  test('a rule holds for calls like the approved one in every run, until it is removed', async () => {
    const { run_id, id, agent } = await oneQuestion()
    await person.decide(id, { decision: 'approve', scope: 'always', fixed_fields: ['to'] })
    await person.ended(run_id)
    const { items } = await world.api.approvalRules.list(owner, { limit: 10 })
    expect(items).toMatchObject([{ tool: 'mail__send', agent_id: agent.id, pattern: { fixed: { to: 'bob' }, open: ['text'] }, created_by: owner.id }])
    world.says(calling([{ tool: 'mail__send', input: { text: 'another', to: 'bob' } }]))
    expect((await person.ended(await start(agent))).status).toBe('completed')
    // Another person, a field that nobody looked at, another agent: asked again.
    for (const input of [
      { to: 'eve', text: 'x' },
      { ...letter, copy: 'eve' },
    ]) {
      world.says(calling([{ tool: 'mail__send', input }]))
      await world.api.runs.cancel(owner, { runId: (await person.waiting(await start(agent))).run_id })
    }
    world.says(calling([sending]))
    await world.api.runs.cancel(owner, { runId: (await person.waiting(await start(await mailer()))).run_id })
    await world.api.approvalRules.remove(owner, { id: items[0]!.id })
    await person.waiting(await start(agent))
    await expect(world.api.approvalRules.remove(owner, { id: items[0]!.id })).rejects.toMatchObject({ code: 'APPROVAL_RULE_NOT_FOUND' })
    expect(sent()).toHaveLength(2)
  })

  test('always without more means exactly this call, and for all agents where that is said', async () => {
    const { run_id, id } = await oneQuestion()
    await person.decide(id, { decision: 'approve', scope: 'always', agents: 'all' })
    await person.ended(run_id)
    const other = await mailer()
    expect((await person.ended(await start(other))).status).toBe('completed')
    world.says(calling([{ tool: 'mail__send', input: { to: 'bob' } }]))
    await person.waiting(await start(other))
  })

  test('approved once, the very same call is asked about again', async () => {
    world.says(calling([sending], [sending]))
    const { run_id, id } = await oneQuestion()
    await person.decide(id, { decision: 'approve' })
    await until(() => sent().length === 1)
    await person.waiting(run_id)
    expect(await person.asked()).toMatchObject([{ step: 2, input: letter }])
  })

  test('an approval is used once: a second decision is refused, whatever it says, and one of two at the same time', async () => {
    const { run_id, id } = await oneQuestion()
    const both = await Promise.allSettled([person.decide(id, { decision: 'approve' }), person.decide(id, { decision: 'reject' })])
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected'])
    expect(both.find((each) => each.status === 'rejected')).toMatchObject({ reason: { code: 'APPROVAL_DECIDED', status: 409 } })
    await expect(person.decide(id, { decision: 'approve' })).rejects.toMatchObject({ code: 'APPROVAL_DECIDED' })
    await person.ended(run_id)
    await expect(person.decide(id, { decision: 'approve', input: { to: 'eve' } })).rejects.toMatchObject({ code: 'APPROVAL_DECIDED' })
    expect(sent().length).toBeLessThanOrEqual(1)
  })

  test('an approval is for the arguments that were shown: with others in its place nothing is done', async () => {
    const { run_id, id } = await oneQuestion()
    await world.app.db.write((trx) => trx.updateTable('approvals').set({ input_hash: 'of another call' }).where('id', '=', id).execute())
    await person.decide(id, { decision: 'approve' })
    expect(await person.ended(run_id)).toMatchObject({ status: 'failed', error: { code: 'APPROVAL_MISMATCH' } })
    expect(sent()).toEqual([])
  })

  test('decisions that make no sense are refused by field', async () => {
    const { id } = await oneQuestion()
    const refused = (decision: object, path: string) =>
      expect(person.decide(id, { decision: 'approve', ...decision })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path }] })
    await refused({ decision: 'reject', scope: 'run' }, 'scope')
    await refused({ decision: 'reject', input: {} }, 'input')
    await refused({ fixed_fields: ['to'] }, 'fixed_fields')
    await refused({ agents: 'all' }, 'agents')
    await refused({ scope: 'always', fixed_fields: ['nothing'] }, 'fixed_fields[0]')
  })

  test('who may: builders, whoever may edit the agent, and the member who started the run; another workspace knows of nothing', async () => {
    const as = (role: Actor['role'], id: string = role ?? '', more: Partial<Actor> = {}): Actor => ({
      ...localOwner(),
      role,
      id,
      user_id: id,
      ...more,
    })
    const agent = await mailer()
    const mine = as('member', 'usr_mine')
    const signal = AbortSignal.timeout(30_000)
    const { run_id } = (await world.api.runs.start(mine, { idOrSlug: agent.id, input: 'go', stream: false, wait: 0 }, { signal })) as {
      run_id: string
    }
    await person.waiting(run_id)
    const [asked] = await person.asked()
    const { id } = asked!
    expect(asked!.asked_by).toBe('usr_mine')
    const refusal = (actor: Actor, decision: object = {}) =>
      person.decide(id, { decision: 'approve', ...decision }, actor).then(String, ({ code }) => code)
    expect(await refusal(as('viewer'))).toBe('APPROVAL_NOT_FOUND')
    expect(await refusal(as('member', 'usr_other'))).toBe('APPROVAL_NOT_FOUND')
    expect(await refusal(mine, { scope: 'always' })).toBe('FORBIDDEN')
    expect(await refusal({ ...mine, role: 'viewer' })).toBe('FORBIDDEN')
    expect(await refusal(as('builder', 'key_1', { kind: 'key', scopes: ['runs:write'] }))).toBe('FORBIDDEN')
    const single = as('builder', 'key_1', { kind: 'key', agents: ['agt_other'] })
    expect(await refusal(single)).toBe('FORBIDDEN')
    await expect(world.api.approvals.get(single, { id })).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    expect((await world.api.approvals.list(single, { limit: 10 })).items).toEqual([])
    expect(await refusal(as('owner', 'usr_x', { workspace_id: 'wsp_2' }))).toBe('APPROVAL_NOT_FOUND')
    expect(await refusal({ ...as(null, 'public'), kind: 'public' })).toBe('UNAUTHORIZED')
    expect((await world.api.approvals.list(as('owner', 'usr_x', { workspace_id: 'wsp_2' }), { limit: 10 })).items).toEqual([])
    const filter = { limit: 10, run: run_id, status: 'pending' as const, agent: agent.slug }
    expect((await world.api.approvals.list(as('builder'), filter)).items).toHaveLength(1)
    expect((await world.api.approvals.list(mine, filter)).items).toHaveLength(1)
    expect((await world.api.approvals.list(as('viewer'), filter)).items).toEqual([])
    expect(sent()).toEqual([])
    expect((await person.decide(id, { decision: 'approve' }, mine)).decided_by).toBe('usr_mine')
    await person.ended(run_id)

    // A grant on the agent: to run it is not enough, to edit it is; and it ends at this agent.
    const { id: reader } = await world.api.users.create(owner, { email: 'r@example.org', name: 'R', password: 'a long password', role: 'owner' })
    const granted = as('viewer', reader)
    const ref = { resource_type: 'agent' as const, resource_id: agent.id, user_id: reader }
    const second = await start(agent)
    await person.waiting(second)
    const [again] = await person.asked()
    const decide = (given: object) => person.decide(again!.id, { decision: 'approve', ...given }, granted)
    await world.api.grants.put(owner, { ...ref, level: 'run' })
    await expect(decide({})).rejects.toMatchObject({ code: 'APPROVAL_NOT_FOUND' })
    await world.api.grants.put(owner, { ...ref, level: 'edit' })
    await expect(decide({ scope: 'always', agents: 'all' })).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: expect.stringMatching(/^agents: 'all'/),
    })
    expect(await decide({ scope: 'always', agents: 'this' })).toMatchObject({ decided_by: reader, scope: 'always' })
    await person.ended(second)
    const { items } = await world.api.audit.list(owner, { limit: 50, action: 'approvals' })
    expect(items).toMatchObject([
      { action: 'approvals.decide', actor_id: reader, detail: { scope: 'always' } },
      { action: 'approvals.decide', actor_id: 'usr_mine', target_id: id, detail: { decision: 'approved', tool: 'mail__send' } },
    ])
    expect(JSON.stringify(items)).not.toContain('hello')
  })
})

async function until(holds: () => boolean) {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}
