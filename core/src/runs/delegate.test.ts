import { afterEach, beforeEach, expect, test } from 'vitest'
import { newWorld, owner } from '../test/world.ts'

let world: Awaited<ReturnType<typeof newWorld>>
beforeEach(async () => {
  world = await newWorld()
})
afterEach(() => world.close())

const lastUser = (request: { messages: { role: string; content?: unknown }[] }) =>
  JSON.stringify(request.messages.findLast(({ role }) => role === 'user')?.content)
const results = (request: { messages: { role: string }[] }) => request.messages.filter(({ role }) => role === 'tool').length

/** The first agent hands `task` on by this tool; everyone else answers. */
function handOn(tool: string, answer: (task: string) => string = () => 'forty-two') {
  world.says((request) => {
    if (lastUser(request).includes('lead'))
      return results(request) === 0 ? { calls: [{ tool, input: { task: 'What is it?', data: { n: 1 } } }] } : { text: 'It is settled.' }
    return { text: answer(lastUser(request)) }
  })
}

test('an agent hands a task to another, whose run is one of its own', async () => {
  const expert = await world.agent({ name: 'Number Expert', description: 'Knows numbers.', config: { max_steps: 50, timeout_ms: 90_000 } })
  const lead = await world.agent({ config: { delegates: ['number-expert'], max_steps: 3 } })
  handOn('agents__number-expert')
  const run = await world.run(lead, { input: 'lead this' })
  expect(run).toMatchObject({ status: 'completed', output_text: 'It is settled.', parent_run_id: null })
  const [step] = run.steps
  expect(step).toMatchObject({ tool: 'agents', action: 'number-expert', effect: 'idempotent', output: { output: { result: 'forty-two' } } })
  const child = await world.api.runs.get(owner, { runId: String((step?.output as { run_id: string } | undefined)?.run_id) })
  expect(child).toMatchObject({
    agent_id: expert.id,
    parent_run_id: run.run_id,
    input: 'What is it?',
    data: { n: 1 },
    triggered_by: run.triggered_by,
  })
})

test('what goes wrong below is an error of the tool, and the run goes on', async () => {
  await world.agent({ name: 'Broken', config: { max_retries: 0 } })
  const lead = await world.agent({ config: { delegates: ['broken'] } })
  world.says((request) => {
    if (!lastUser(request).includes('lead')) return { status: 400 }
    return results(request) === 0 ? { calls: [{ tool: 'agents__broken', input: { task: 'try' } }] } : { text: 'It could not.' }
  })
  const run = await world.run(lead, { input: 'lead this' })
  expect(run).toMatchObject({ status: 'completed', output_text: 'It could not.', steps: [{ error: expect.stringMatching(/ended as failed/) }] })
})

test('agents that hand on to each other come to an end', async () => {
  await world.agent({ name: 'Ping', config: { delegates: [] } })
  const pong = await world.agent({ name: 'Pong', config: { delegates: ['ping'] } })
  await world.api.agents.update(owner, { idOrSlug: 'ping', config: { delegates: [pong.id] } })
  world.says((request) => {
    const tool = request.tools?.find(({ function: { name } }) => name.startsWith('agents__'))?.function.name
    return results(request) === 0 && tool ? { calls: [{ tool, input: { task: 'you do it' } }] } : { text: 'enough' }
  })
  const run = await world.run({ id: 'ping' }, { input: 'go' })
  expect(run).toMatchObject({ status: 'completed', output_text: 'enough' })
  const all = await world.api.runs.list(owner, { limit: 50 })
  expect(all.items).toHaveLength(6)
})

test('more runs that wait for others than there are places do not stand still', async () => {
  await world.close()
  world = await newWorld({ concurrency: 2 })
  await world.agent({ name: 'Helper' })
  const lead = await world.agent({ config: { delegates: ['helper'] } })
  handOn('agents__helper')
  const runs = await Promise.all(Array.from({ length: 8 }, () => world.run(lead, { input: 'lead this' })))
  expect(runs.map(({ status }) => status)).toEqual(Array(8).fill('completed'))
})

test('a cancelled run takes those below it with it', async () => {
  await world.agent({ name: 'Slow' })
  const lead = await world.agent({ config: { delegates: ['slow'] } })
  const asked = Promise.withResolvers<void>()
  world.says((request) => {
    if (lastUser(request).includes('lead')) return { calls: [{ tool: 'agents__slow', input: { task: 'take your time' } }] }
    asked.resolve()
    return { text: 'late', delay_ms: 60_000 }
  })
  const running = world.run(lead, { input: 'lead this' })
  await asked.promise
  const [child, parent] = (await world.api.runs.list(owner, { limit: 10 })).items
  await world.api.runs.cancel(owner, { runId: parent!.run_id })
  expect((await running).status).toBe('cancelled')
  expect((await world.api.runs.get(owner, { runId: child!.run_id })).status).toBe('cancelled')
})
