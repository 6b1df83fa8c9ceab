import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import type { ChatRequest } from '../test/model-double.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { addMail, calling, personOf } from './test/mail-hook.ts'
import { workElsewhere } from './test/restart.ts'

const post = { tool: 'mail__post', input: { to: 'blog', text: 'x' } }
const inbox = { tool: 'mail__inbox' }
const web = { tool: 'mail__web' }

describe.each(databaseUrls)('approvals by the flow of data, on $name', ({ url }) => {
  let world: World
  let person: ReturnType<typeof personOf>
  const closing: (() => Promise<unknown>)[] = []
  beforeEach(async () => {
    world = await newWorld({ database_url: await url() })
    await addMail(world)
    person = personOf(world)
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await world.close()
  })
  const agent = (config: object = {}, change: object = {}) => world.agent({ tools: ['mail', 'effects'], config, ...change })
  const start = async (who: { id: string }, input = 'go') => (await world.run(who, { wait: 0, input })).run_id
  const done = () => world.effects.arrivals.map(({ path }) => path)

  test.each([
    ['private data and what strangers wrote', [[inbox], [web], [post]]],
    ['the two the other way round, in one batch', [[web, inbox], [post]]],
  ])('after %s, a call that leaves the machine asks, and says what was read where', async (_, batches) => {
    world.says(calling(...batches))
    const run_id = await start(await agent())
    await person.waiting(run_id)
    const [asked, ...others] = await person.asked()
    expect(others).toEqual([])
    expect(asked).toMatchObject({
      tool: 'mail__post',
      step: 3,
      reasons: [{ code: 'data_flow', message: expect.stringMatching(/'mail__inbox' \(step \d of run_/) }],
    })
    expect(asked!.reasons[0]!.message).toMatch(/'mail__web' \(step \d of/)
    expect(done()).not.toContain('/post')
    await person.decide(asked!.id, { decision: 'approve' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(done().filter((path) => path === '/post')).toHaveLength(1)
  })

  test('a call that only reads but leaves the machine asks, too', async () => {
    world.says(calling([inbox], [web], [{ tool: 'mail__fetch' }]))
    await person.waiting(await start(await agent()))
    expect(await person.asked()).toMatchObject([{ tool: 'mail__fetch', effect: 'read' }])
  })

  test.each([
    ['private data alone', [[inbox], [inbox], [post]]],
    ['what strangers wrote alone', [[web], [web], [post]]],
    ['both, for a call that stays', [[inbox], [web], [{ tool: 'mail__draft' }]]],
    ['both in the same batch as the call, which cannot know of them', [[inbox, web, post]]],
  ])('nobody is asked after %s', async (_, batches) => {
    world.says(calling(...batches))
    expect((await person.ended(await start(await agent()))).status).toBe('completed')
    expect((await world.api.approvals.list(owner, { limit: 10 })).items).toEqual([])
  })

  test('a call that was refused has read nothing', async () => {
    world.says(calling([inbox], [{ tool: 'mail__collect' }], [post]))
    const run_id = await start(await agent())
    await person.waiting(run_id)
    await person.decide((await person.asked())[0]!.id, { decision: 'reject' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(done()).toEqual(['/inbox', '/post'])
  })

  test('one that was approved has; also where the run is taken up again after it', async () => {
    world.says(calling([inbox], [{ tool: 'mail__collect' }], [{ tool: 'mail__send' }], [post]))
    const run_id = await start(await agent())
    for (const tool of ['mail__collect', 'mail__send', 'mail__post']) {
      await person.waiting(run_id)
      const [asked] = await person.asked()
      expect(asked).toMatchObject({ tool })
      await person.decide(asked!.id, { decision: 'approve' })
    }
    expect((await person.ended(run_id)).status).toBe('completed')
  })

  test('an agent that is exempt does not ask', async () => {
    world.says(calling([inbox], [web], [post]))
    expect((await person.ended(await start(await agent({ approvals: { data_flow: 'allow' } })))).status).toBe('completed')
    expect(done()).toContain('/post')
  })

  test('a service that says nothing of its data counts as foreign', async () => {
    world.says(calling([inbox], [{ tool: 'effects__read' }], [{ tool: 'effects__idempotent' }]))
    await person.waiting(await start(await agent()))
    expect(await person.asked()).toMatchObject([{ tool: 'effects__idempotent', reasons: [{ code: 'data_flow' }] }])
  })

  test('a rule or an approval for the run answers for later calls', async () => {
    world.says(calling([inbox], [web], [post], [post], [post]))
    const who = await agent()
    const run_id = await start(who)
    await person.waiting(run_id)
    await person.decide((await person.asked())[0]!.id, { decision: 'approve', scope: 'always' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(done().filter((path) => path === '/post')).toHaveLength(3)
  })

  /** The one that leads makes its calls, of which some hand on; those below make theirs. */
  const family = (lead: Parameters<typeof calling>, below: Parameters<typeof calling>) => (request: ChatRequest) =>
    (request.tools?.some(({ function: { name } }) => name.startsWith('agents__')) ? calling(...lead) : calling(...below))(request)
  const handOn = { tool: 'agents__helper', input: { task: 'do it' } }

  test('what the agent above has read counts below', async () => {
    world.says(family([[inbox], [handOn]], [[web], [post]]))
    await agent({}, { name: 'Helper' })
    const run_id = await start(await agent({ delegates: ['helper'] }))
    const above = await person.waiting(run_id)
    const [asked] = await person.asked()
    expect(asked).toMatchObject({ tool: 'mail__post', agent: { name: 'Helper' }, asked_by: owner.id })
    expect(asked!.reasons[0]!.message).toContain(`(step 1 of ${run_id})`)
    expect(above.waiting).toMatchObject({ step: 2, until: asked!.expires_at, reason: expect.stringContaining(asked!.run_id) })
    await person.decide(asked!.id, { decision: 'approve' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect(done().filter((path) => path === '/post')).toHaveLength(1)
  })

  test('one kind of data alone asks nobody among several agents either', async () => {
    world.says(family([[inbox], [handOn], [post]], [[inbox], [post]]))
    await agent({}, { name: 'Helper' })
    expect((await person.ended(await start(await agent({ delegates: ['helper'] })))).status).toBe('completed')
    expect(done().filter((path) => path === '/post')).toHaveLength(2)
  })

  test('what an agent below has read counts above', async () => {
    world.says(family([[web], [handOn], [post]], [[inbox]]))
    await agent({}, { name: 'Helper' })
    const run_id = await start(await agent({ delegates: ['helper'] }))
    await person.waiting(run_id)
    expect(await person.asked()).toMatchObject([{ run_id, tool: 'mail__post', step: 3 }])
  })

  test('an agent above that is not exempt makes those below ask; what it requires they require', async () => {
    world.says(family([[handOn]], [[{ tool: 'mail__draft' }], [inbox], [web], [post]]))
    await agent({ approvals: { data_flow: 'allow' } }, { name: 'Helper' })
    const run_id = await start(await agent({ delegates: ['helper'], approvals: { require: ['mail__draft'] } }))
    await person.waiting(run_id)
    const [first] = await person.asked()
    expect(first).toMatchObject({ tool: 'mail__draft' })
    await person.decide(first!.id, { decision: 'approve' })
    await until(async () => (await person.asked()).length > 0)
    expect(await person.asked()).toMatchObject([{ tool: 'mail__post' }])
  })

  test('what an agent above asks for holds below also where the same agent ran by itself before', async () => {
    const config = { approvals: { data_flow: 'allow' }, max_steps: 9 }
    const helper = await agent(config, { name: 'Helper' })
    world.says(calling([inbox], [web], [post]))
    expect((await person.ended(await start(helper))).status).toBe('completed')
    world.says(family([[handOn]], [[inbox], [web], [post]]))
    await person.waiting(await start(await agent({ delegates: ['helper'] })))
    expect(await person.asked()).toMatchObject([{ tool: 'mail__post', agent: { id: helper.id } }])
  })

  test('two below that wait are answered one after the other; a whole line of agents goes on, also elsewhere', async () => {
    world.says((request) => {
      const tools = request.tools?.map(({ function: { name } }) => name) ?? []
      if (tools.includes('agents__middle')) return calling([{ tool: 'agents__middle', input: { task: 'a' } }])(request)
      if (tools.includes('agents__helper')) return calling([handOn, { tool: 'agents__helper', input: { task: 'do more' } }])(request)
      return calling([{ tool: 'mail__send', input: { text: 'hello' } }])(request)
    })
    await agent({}, { name: 'Helper' })
    await agent({ delegates: ['helper'] }, { name: 'Middle' })
    const run_id = await start(await agent({ delegates: ['middle'] }))
    await until(async () => (await person.asked()).length === 2)
    await person.waiting(run_id)
    const [first, second] = await person.asked()
    await person.decide(first!.id, { decision: 'approve' })
    await until(async () => (await person.get(first!.run_id)).completed_at !== null)
    await person.waiting(run_id)
    closing.push(await workElsewhere(world))
    await person.decide(second!.id, { decision: 'reject' })
    expect((await person.ended(run_id)).status).toBe('completed')
    expect((await world.api.runs.list(owner, { limit: 50 })).items.map(({ status }) => status)).toEqual(Array(4).fill('completed'))
    expect(done()).toEqual(['/send'])
  })

  test('an answer for the agent below that comes while the one above is still at other work wakes it all the same', async () => {
    const release = Promise.withResolvers<void>()
    world.effects.behave(({ path }) => (path === '/once' ? { until: release.promise } : undefined))
    world.says(family([[handOn, { tool: 'effects__once' }]], [[{ tool: 'mail__send' }]]))
    await agent({}, { name: 'Helper' })
    const run_id = await start(await agent({ delegates: ['helper'] }))
    await until(async () => (await person.asked()).length === 1 && done().includes('/once'))
    const [asked] = await person.asked()
    await person.waiting(asked!.run_id)
    await person.decide(asked!.id, { decision: 'approve' })
    await person.ended(asked!.run_id)
    expect((await person.get(run_id)).status).toBe('running')
    release.resolve()
    expect((await person.ended(run_id)).status).toBe('completed')
  })

  test('cancelling the run at the top cancels what is asked below', async () => {
    world.says(family([[handOn]], [[{ tool: 'mail__send' }]]))
    await agent({}, { name: 'Helper' })
    const run_id = await start(await agent({ delegates: ['helper'] }))
    await person.waiting(run_id)
    await world.api.runs.cancel(owner, { runId: run_id })
    const { items } = await world.api.approvals.list(owner, { limit: 10 })
    expect(items).toMatchObject([{ status: 'cancelled' }])
  })

  test('many families at once, decided as they ask, all come to their end', { timeout: 60_000 }, async () => {
    world.says(family([[handOn, handOn]], [[{ tool: 'mail__send', input: { text: 'x' } }], [{ tool: 'mail__file', input: { text: 'y' } }]]))
    await agent({}, { name: 'Helper' })
    const lead = await agent({ delegates: ['helper'] })
    const runs = await Promise.all(Array.from({ length: 6 }, () => start(lead)))
    const decided = new Set<string>()
    await until(async () => {
      const open = (await person.asked()).filter(({ id }) => !decided.has(id))
      for (const { id } of open) decided.add(id)
      await Promise.all(open.map(({ id }) => person.decide(id, { decision: 'approve' })))
      return (await Promise.all(runs.map((id) => person.get(id)))).every((run) => run.completed_at !== null)
    })
    expect((await Promise.all(runs.map((id) => person.get(id)))).map(({ status }) => status)).toEqual(Array(6).fill('completed'))
    expect(decided.size).toBe(24)
    expect(done()).toHaveLength(24)
  })
})

async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
