import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseUrls } from '../../storage/test/databases.ts'
import { newWorld, owner, type World } from '../../test/world.ts'

describe.each(databaseUrls)('versions of an agent, on $name', ({ url }) => {
  let world: World
  beforeAll(async () => (world = await newWorld({ database_url: await url(), work: false })))
  afterAll(() => world.close())
  const versions = async (idOrSlug: string) => (await world.api.agents.versions(owner, { idOrSlug, limit: 50 })).items

  test('each change keeps what the agent was, who changed it and in what; what changes nothing makes none', async () => {
    const agent = await world.agent({ system_prompt: 'One.' })
    expect(agent).toMatchObject({ version: 1, updated_by: null })
    expect(await versions(agent.id)).toMatchObject([{ version: 1, is_current: true, changed: [], changed_by: 'local' }])
    const ann = { ...owner, kind: 'user' as const, id: 'usr_ann', user_id: 'usr_ann' }
    const second = await world.api.agents.update(ann, { idOrSlug: agent.id, system_prompt: 'Two.', config: { max_steps: 3 } })
    expect(second).toMatchObject({ version: 2, updated_by: 'usr_ann' })
    expect(await world.api.agents.update(owner, { idOrSlug: agent.id, system_prompt: 'Two.' })).toEqual(second)
    expect(await versions(agent.id)).toMatchObject([
      { version: 2, is_current: true, changed: ['config.max_steps', 'system_prompt'], changed_by: 'usr_ann', changed_at: second.updated_at },
      { version: 1, is_current: false, changed: [], changed_by: 'local', changed_at: agent.updated_at },
    ])
    const before = await world.api.agents.version(owner, { idOrSlug: agent.slug, version: 1 })
    expect(before.definition).toMatchObject({ name: agent.name, system_prompt: 'One.', config: agent.config, tools: agent.tools })
    await expect(world.api.agents.version(owner, { idOrSlug: agent.id, version: 3 })).rejects.toMatchObject({ code: 'AGENT_VERSION_NOT_FOUND' })
  })

  test('rolling back is a new version, and can itself be taken back', async () => {
    const agent = await world.agent({ system_prompt: 'One.', description: 'first' })
    const { api } = world
    await api.agents.update(owner, { idOrSlug: agent.id, name: `${agent.name} two`, system_prompt: 'Two.', description: null, tools: [] })
    const back = await api.agents.rollBack(owner, { idOrSlug: agent.id, version: 1 })
    const { version: _, updated_at: __, updated_by: ___, ...same } = agent
    expect(back).toMatchObject({ ...same, version: 3, updated_by: 'local' })
    expect((await versions(agent.id)).map(({ version, restored_from }) => [version, restored_from])).toEqual([
      [3, 1],
      [2, null],
      [1, null],
    ])
    expect(await api.agents.rollBack(owner, { idOrSlug: agent.id, version: 2 })).toMatchObject({ version: 4, system_prompt: 'Two.', tools: [] })
    expect((await versions(agent.id))[1]).toMatchObject({ version: 3, restored_from: 1 })
    await expect(api.agents.rollBack({ ...owner, kind: 'user', role: 'member' }, { idOrSlug: agent.id, version: 1 })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })

  test('what an earlier version refers to must still be there, and its name be free', async () => {
    const { api } = world
    const agent = await world.agent()
    await api.agents.update(owner, { idOrSlug: agent.id, name: `${agent.name} moved` })
    const rival = await world.agent({ name: agent.name })
    await expect(api.agents.rollBack(owner, { idOrSlug: agent.id, version: 1 })).rejects.toMatchObject({ code: 'AGENT_NAME_TAKEN' })
    await api.agents.delete(owner, { idOrSlug: rival.id })
    expect(await api.agents.rollBack(owner, { idOrSlug: agent.id, version: 1 })).toMatchObject({ version: 3, name: agent.name })
  })

  test('changes at the same time each get a version, and pages of them have no gaps', async () => {
    const agent = await world.agent()
    await Promise.all([1, 2, 3, 4, 5].map((n) => world.api.agents.update(owner, { idOrSlug: agent.id, description: `change ${n}` })))
    const seen: number[] = []
    let cursor: string | undefined
    do {
      const page = await world.api.agents.versions(owner, { idOrSlug: agent.id, limit: 2, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map(({ version }) => version))
      cursor = page.next_cursor ?? undefined
    } while (cursor)
    expect(seen).toEqual([6, 5, 4, 3, 2, 1])
    await expect(world.api.agents.versions(owner, { idOrSlug: agent.id, limit: 2, cursor: 'x' })).rejects.toMatchObject({ code: 'BAD_REQUEST' })
  })

  test('a version that an older Cadre kept gets what came since', async () => {
    const agent = await world.agent()
    await world.api.agents.update(owner, { idOrSlug: agent.id, description: 'now' })
    const old = JSON.stringify({ name: agent.name, system_prompt: 'Old.', config: { max_steps: 3 } })
    await world.app.db.write((trx) => trx.updateTable('agent_versions').set({ definition: old }).where('agent_id', '=', agent.id).execute())
    const { definition } = await world.api.agents.version(owner, { idOrSlug: agent.id, version: 1 })
    expect(definition).toMatchObject({ system_prompt: 'Old.', provider: 'auto', config: { max_steps: 3, max_tokens: 4096 } })
  })
})
