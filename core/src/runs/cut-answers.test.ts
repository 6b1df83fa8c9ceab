import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, type World } from '../test/world.ts'

let world: World
beforeEach(async () => {
  world = await newWorld()
})
afterEach(() => world.close())

describe('an answer that was cut at the limit of tokens', () => {
  test.each([
    ['whole', { n: 1 }, 1],
    ['cut in the middle', '{"n": ', 0],
  ])('a call that is %s', async (_, input, effects) => {
    world.says((request) => (resultsSoFar(request).length === 0 ? { calls: [{ tool: 'effects__once', input }], finish: 'length' } : { text: 'done' }))
    expect(await world.run(await world.agent())).toMatchObject({ status: 'completed', output_text: 'done', metrics: { total_steps: 1 } })
    expect(world.effects.arrivals).toHaveLength(effects)
  })
  test('says nothing', async () => {
    world.says(() => ({ text: '', finish: 'length' }))
    const agent = await world.agent({ config: { max_tokens: 64 } })
    expect(await world.run(agent)).toMatchObject({ status: 'failed', error: { code: 'TRUNCATED', message: expect.stringContaining('64 tokens') } })
  })
})

test('no call is made of an answer that the content filter stopped', async () => {
  world.says(() => ({ calls: [{ tool: 'effects__once', input: { n: 1 } }], finish: 'content_filter' }))
  expect(await world.run(await world.agent())).toMatchObject({ status: 'failed', error: { code: 'CONTENT_FILTERED' }, metrics: { total_steps: 0 } })
  expect(world.effects.arrivals).toHaveLength(0)
})
