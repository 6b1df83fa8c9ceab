import { expect, test } from 'vitest'
import { newWorld, owner } from '../test/world.ts'

test('where too many runs wait, a new one is refused before anything is stored, and told when to come again', async () => {
  const world = await newWorld({ work: false, max_queue: 2 })
  try {
    const agent = await world.agent()
    const first = await world.run(agent, { wait: 0 }, { idempotency_key: 'k1' })
    await world.run(agent, { wait: 0 })
    const refused = await world.run(agent, { wait: 0 }).catch((error: unknown) => error)
    expect(refused).toMatchObject({ code: 'UNAVAILABLE', status: 503, retry_after_ms: expect.any(Number) })
    // Who asks for a run that is there already is not told to come again.
    expect(await world.run(agent, { wait: 0 }, { idempotency_key: 'k1' })).toMatchObject({ run_id: first.run_id })
    expect((await world.api.runs.list(owner, { limit: 10 })).items).toHaveLength(2)
  } finally {
    await world.close()
  }
})
