import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { decideApproval } from './decide-approval.ts'
import { followRun } from './follow-run.ts'
import { addMail, calling, personOf } from './test/mail-hook.ts'
import { openBeside, workElsewhere } from './test/restart.ts'

const letter = { to: 'bob', text: 'hello' }
const sending = { tool: 'mail__send', input: letter }
const approve = { decision: 'approve', scope: 'once', agents: 'this' } as const

describe.each(databaseUrls)('approvals across processes, on $name', ({ url }) => {
  let world: World
  let person: ReturnType<typeof personOf>
  const closing: (() => Promise<unknown>)[] = []
  beforeEach(async () => {
    world = await newWorld({ database_url: await url() })
    await addMail(world)
    person = personOf(world)
    world.says(calling([sending]))
  })
  afterEach(async () => {
    for (const close of closing.splice(0)) await close()
    await world.close()
  })
  const start = async () => (await world.run(await world.agent({ tools: ['mail', 'effects'] }), { wait: 0 })).run_id
  const question = async () => {
    await until(async () => (await person.asked()).length > 0)
    return (await person.asked())[0]!
  }

  test('any server takes the decision, any worker goes on, and whoever follows the run sees it', async () => {
    const run_id = await start()
    await person.waiting(run_id)
    const { id } = await question()
    await world.worker?.stop()
    const server = await openBeside(world)
    closing.push(server.close)
    await decideApproval(server.app, owner, id, approve)
    expect(await person.get(run_id)).toMatchObject({ status: 'pending', waiting: null })
    const types: string[] = []
    const following = (async () => {
      for await (const event of await followRun(world.app, owner, run_id, undefined, AbortSignal.timeout(30_000))) types.push(event.type)
    })()
    closing.push(await workElsewhere(world))
    expect((await person.ended(run_id)).status).toBe('completed')
    await following
    expect(types).toEqual(expect.arrayContaining(['approval.requested', 'approval.decided', 'tool.started', 'run.ended']))
    expect(world.effects.arrivals).toHaveLength(1)
  })

  test.each(['approve', 'reject'] as const)('somebody decides (%s) while other calls of the same answer are still at work', async (decision) => {
    const release = Promise.withResolvers<void>()
    world.says(calling([sending, { tool: 'effects__once' }]))
    world.effects.behave(({ path }) => (path === '/once' ? { until: release.promise } : undefined))
    const run_id = await start()
    const { id } = await question()
    await until(async () => world.effects.arrivals.length === 1)
    expect((await person.get(run_id)).status).toBe('running')
    await person.decide(id, { decision })
    release.resolve()
    expect(await person.ended(run_id)).toMatchObject({
      status: 'completed',
      steps: [{ status: decision === 'approve' ? 'completed' : 'failed' }, { status: 'completed' }],
    })
    expect(world.effects.arrivals.map(({ path }) => path)).toEqual(decision === 'approve' ? ['/once', '/send'] : ['/once'])
  })

  test('a call that was interrupted after its approval is settled as any other; run again, it is the one that was approved', async () => {
    const arrived = Promise.withResolvers<void>()
    world.effects.behave((_, count) => {
      arrived.resolve()
      return count === 1 ? { hang: true } : undefined
    })
    const run_id = await start()
    await person.waiting(run_id)
    const { id } = await question()
    const changed = { to: 'bob', text: 'good day' }
    await person.decide(id, { decision: 'approve', input: changed })
    await arrived.promise
    closing.push(await workElsewhere(world))
    await until(async () => (await person.get(run_id)).waiting?.for === 'uncertain')
    expect((await person.get(run_id)).steps).toMatchObject([{ status: 'uncertain', input: changed, approval: { status: 'approved' } }])
    await world.api.runs.resolve(owner, { runId: run_id, outcome: 'run_again' })
    expect(await person.ended(run_id)).toMatchObject({ status: 'completed', steps: [{ input: changed, approval: { original_input: letter } }] })
    expect(world.effects.arrivals.map(({ input }) => input)).toEqual([changed, changed])
    expect((await world.api.approvals.list(owner, { limit: 10 })).items).toHaveLength(1)
  })

  test('large arguments, and large edited ones, come through whole', async () => {
    const long = 'x'.repeat(20_000)
    world.says(calling([{ tool: 'mail__send', input: { text: long } }]))
    const run_id = await start()
    await person.waiting(run_id)
    const { id, input } = await question()
    expect(input).toEqual({ text: long })
    await person.decide(id, { decision: 'approve', input: { text: `${long}y` } })
    expect(await person.ended(run_id)).toMatchObject({ steps: [{ input: { text: `${long}y` }, approval: { original_input: { text: long } } }] })
    expect(world.effects.arrivals[0]?.input).toEqual({ text: `${long}y` })
  })
})

async function until(holds: () => Promise<boolean>) {
  while (!(await holds())) await new Promise((resolve) => setImmediate(resolve))
}
