import { UpdateAgent } from '@cadre/contract/agents'
import { afterEach, expect, test } from 'vitest'
import { newWorld, owner, type World } from '../test/world.ts'

let world: World
afterEach(() => world.close())

test('role, backstory and goal stand in the prompt of a run, which keeps the one that it began with', async () => {
  const asked = Promise.withResolvers<void>()
  const changed = Promise.withResolvers<void>()
  const script = async (_: unknown, count: number) => {
    if (count > 1) return { text: 'done' }
    asked.resolve()
    await changed.promise
    return { calls: [{ tool: 'calculator__calculate', input: { expression: '1+1' } }] }
  }
  world = await newWorld({ script })
  const agent = await world.agent({ name: 'Ana', role: 'cook', goal: 'Nobody is hungry.', system_prompt: 'Be brief.' })
  const run = world.run(agent)
  await asked.promise
  await world.api.agents.update(owner, { idOrSlug: agent.id, ...UpdateAgent.parse({ role: 'chef' }) })
  changed.resolve()
  expect((await run).status).toBe('completed')
  await world.run(agent)
  const systems = world.model.requests.map(({ messages }) => messages[0]?.content)
  const prompt = (role: string) => expect.stringContaining(`You are Ana. Your role: ${role}\n\nYour goal: Nobody is hungry.\n\nBe brief.`)
  expect(systems[1]).toBe(systems[0])
  expect(systems).toEqual([prompt('cook'), prompt('cook'), prompt('chef')])
})
