import { CreateBudget, GetUsage } from '@cadre/contract/usage'
import { CreateAgent } from '@cadre/contract/agents'
import { Manifest } from '@cadre/contract/manifest'
import type { Run } from '@cadre/contract/runs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type Actor, localOwner, type Role } from '../access/actor.ts'
import { unseal } from '../access/secrets.ts'
import { databases } from '../storage/test/databases.ts'
import { resultsSoFar, startModelDouble } from './model-double.ts'
import { newWorld, type World } from './world.ts'

const counting = {
  id: 'counter',
  name: 'Counter',
  version: '1.0.0',
  endpoints: [{ path: '/count', effect: 'once', input: { type: 'object' } }],
  permissions: { store: true },
}
const source = (start: number) =>
  `let loaded = ${start}
   export default { '/count': async (_input, { store }) => {
     const kept = (await store.get('n')) ?? ${start}
     await store.set('n', kept + 1)
     return { kept: kept + 1, loaded: ++loaded }
   } }`

/** Who is in which workspace. Everybody has the same names for their things. */
describe.each(databases)('two workspaces on $name', ({ empty }) => {
  let world: World
  /** How much later it is than it is. */
  let passed: number
  beforeEach(async () => {
    const db = await empty()
    const { target } = db
    await db.close()
    passed = 0
    const now = () => Date.now() + passed
    world = await newWorld({ now, ...(target.kind === 'postgres' ? { database_url: target.url } : {}) })
  })
  afterEach(() => world.close())

  const signal = () => AbortSignal.timeout(30_000)
  const person = (workspace_id: string, id: string, role: Role): Actor => ({ ...localOwner(), id, user_id: id, workspace_id, role })
  const [ana, lea] = [person('default', 'usr_ana', 'owner'), person('wsp_lab', 'usr_lea', 'owner')]
  const agentOf = (actor: Actor, change: Partial<Parameters<typeof CreateAgent.parse>[0] & object> = {}) =>
    world.api.agents.create(actor, CreateAgent.parse({ name: 'Helper', system_prompt: `Of ${actor.workspace_id}.`, provider: 'models', ...change }))
  const run = async (actor: Actor, idOrSlug: string, extra: { idempotency_key?: string } = {}, input = 'go') =>
    (await world.api.runs.start(actor, { idOrSlug, input, stream: false, wait: 20 }, { ...extra, signal: signal() })) as Run

  test('have things of the same names, and a run has its workspace’s model, tools, values, agents and secrets', async () => {
    const asked: string[] = []
    const models = await Promise.all(
      ['default', 'wsp_lab'].map((name) =>
        startModelDouble((request) => {
          asked.push(`${name} ${request.model}`)
          const tools = request.tools?.map((tool) => tool.function.name) ?? []
          const results = resultsSoFar(request).map(({ content }) => JSON.parse(String(content)))
          if (results.length > 0) return { text: JSON.stringify(results[0]) }
          return { calls: [{ tool: tools[0] ?? '', input: tools[0]?.startsWith('agents__') ? { task: 'count' } : {} }] }
        }),
      ),
    )
    try {
      for (const [i, actor] of [ana, lea].entries()) {
        const { url } = models[i] as { url: string }
        await world.api.providers.add(actor, {
          id: 'models',
          type: 'custom',
          base_url: url,
          default_model: 'usual',
          api_key: `key of ${actor.workspace_id}`,
        })
        await world.api.providers.setAlias(actor, { alias: 'usual', model: `of-${actor.workspace_id}`, provider_type: null })
        await world.api.connections.add(actor, { name: 'shop', url: `postgres://u:p@127.0.0.1:1/${actor.id}` })
        await world.api.plugins.add(actor, Manifest.parse({ ...counting, runtime: { type: 'code', source: source(i * 100) } }))
        await agentOf(actor, { name: 'Counter', model: 'usual', tools: ['counter'] })
        // Its model is to be found out, which the worker does; that of the other is known when it is asked.
        await agentOf(actor, { model: 'auto', tools: [], config: { delegates: ['counter'] } })
      }
      const outputs: unknown[] = []
      for (const actor of [ana, lea, ana, lea]) {
        const { status, output_text, error } = await run(actor, 'helper')
        expect([status, error]).toEqual(['completed', null])
        outputs.push(JSON.parse(output_text ?? '').output)
      }
      expect(outputs.map((each) => (each as { kept: number }).kept)).toEqual([1, 101, 2, 102])
      expect(new Set(asked)).toEqual(new Set(['default of-default', 'wsp_lab of-wsp_lab']))
      expect((await world.api.connections.list(lea)).items).toMatchObject([{ name: 'shop', database: 'usr_lea', problem: null }])
      const rows = await world.app.db.read.selectFrom('providers').selectAll().execute()
      for (const { workspace_id, api_key } of rows) {
        expect(unseal(world.app.config, api_key ?? '', 'providers:models', workspace_id)).toBe(`key of ${workspace_id}`)
        const other = workspace_id === 'default' ? 'wsp_lab' : 'default'
        expect(() => unseal(world.app.config, api_key ?? '', 'providers:models', other)).toThrow('another key or for another row')
      }
      // What one removes, the other keeps.
      await world.api.plugins.remove(ana, { id: 'counter' })
      await world.api.providers.remove(ana, { id: 'models' })
      expect((await run(lea, 'helper')).status).toBe('completed')
      await expect(run(ana, 'counter')).rejects.toMatchObject({ code: 'INVALID', message: expect.not.stringContaining('wsp_lab') })
    } finally {
      for (const { close } of models) await close()
    }
  })

  test('what is remembered in memory by code of the same words is not shared', async () => {
    for (const actor of [ana, lea]) await world.api.plugins.add(actor, Manifest.parse({ ...counting, runtime: { type: 'code', source: source(0) } }))
    const count = async (actor: Actor) =>
      (await world.api.plugins.invoke(actor, { id: 'counter', path: 'count', input: {}, dry_run: false })).output as { kept: number; loaded: number }
    const ofAna = await count(ana)
    expect(await count(lea)).toEqual(ofAna)
  })

  test('ids of the other in what an agent names are like none', async () => {
    const theirs = await agentOf(ana, { provider: 'double' })
    await world.api.providers.add(ana, { id: 'spare', type: 'custom', base_url: world.model.url })
    await expect(agentOf(lea, { provider: 'spare' })).rejects.toThrow("provider: there is no provider 'spare'")
    await expect(agentOf(lea, { provider: 'double', tools: ['effects'] })).rejects.toThrow("there is no ForgeHook or tool 'effects'")
    world.says(() => ({ status: 500 }))
    const config = { delegates: [theirs.id], fallbacks: [{ provider: 'spare', model: 'm' }], max_retries: 0 }
    const agent = await agentOf(lea, { provider: 'double', config })
    const failed = await run(lea, agent.id)
    expect(failed).toMatchObject({ status: 'failed', error: { message: expect.stringContaining("there is no provider 'spare'") } })
    expect(world.model.requests.every(({ tools }) => !tools?.some((tool) => tool.function.name.startsWith('agents__')))).toBe(true)
    await expect(run(lea, theirs.id)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
  })

  test('budgets and usage count what happens in their own; a run knows its key and whose it is', async () => {
    const key = (actor: Actor): Actor => ({ ...actor, kind: 'key', id: `key_${actor.user_id}` })
    for (const actor of [ana, lea]) await agentOf(actor, { provider: 'double' })
    const budget = CreateBudget.parse({ scope: 'global', period: 'total', unit: 'tokens', limit: 5 })
    await world.api.budgets.create(ana, budget)
    expect(await run(key(ana), 'helper')).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } })
    const { run_id } = await run(key(lea), 'helper')
    expect(await world.app.db.read.selectFrom('runs').selectAll().where('id', '=', run_id).executeTakeFirst()).toMatchObject({
      status: 'completed',
      workspace_id: 'wsp_lab',
      user_id: 'usr_lea',
      key_id: 'key_usr_lea',
      triggered_by: 'key_usr_lea',
    })
    const usage = (actor: Actor) => world.api.usage.get(actor, GetUsage.parse({ group_by: 'user,key' }))
    expect((await usage(lea)).groups).toMatchObject([{ user: 'usr_lea', key: 'key_usr_lea', calls: 1 }])
    expect((await usage(ana)).groups).toEqual([])
    expect((await world.api.budgets.list(lea)).items).toEqual([])
    for (const [scope, code] of [
      ['agent', 'AGENT_NOT_FOUND'],
      ['run', 'RUN_NOT_FOUND'],
      ['key', 'KEY_NOT_FOUND'],
      ['user', 'USER_NOT_FOUND'],
    ] as const) {
      const scope_id = { agent: (await world.api.agents.list(lea, { limit: 1 })).items[0]?.id, run: run_id, key: 'key_usr_lea', user: 'usr_lea' }[
        scope
      ]
      const made = world.api.budgets.create(ana, CreateBudget.parse({ ...budget, scope, scope_id, period: 'run' }))
      await expect(made, scope).rejects.toMatchObject({ code })
    }
  })

  test('a key for the same request is another one for another actor', async () => {
    for (const actor of [ana, lea]) await agentOf(actor, { provider: 'double' })
    const again = { idempotency_key: 'once' }
    const sameId = { ...ana, workspace_id: 'wsp_lab' }
    const first = await run(ana, 'helper', again)
    expect((await run(ana, 'helper', again)).run_id).toBe(first.run_id)
    expect((await run(sameId, 'helper', again)).run_id).not.toBe(first.run_id)
    expect((await run({ ...ana, kind: 'key', id: 'key_1' }, 'helper', again)).run_id).not.toBe(first.run_id)
  })

  test('the public runs what another workspace made public, by its id, and has it there', async () => {
    const { id, slug } = await agentOf(lea, { provider: 'double', is_public: true, api_key_required: false })
    const stranger: Actor = { ...localOwner(), kind: 'public', id: 'public', user_id: null, role: null }
    expect(await world.api.agents.get(stranger, { idOrSlug: id })).not.toHaveProperty('system_prompt')
    await expect(world.api.agents.get(stranger, { idOrSlug: slug })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    expect((await world.api.agents.list(stranger, { limit: 9 })).items).toEqual([])
    const { run_id } = await run(stranger, id)
    expect(await world.api.runs.get(lea, { runId: run_id })).toMatchObject({ status: 'completed', triggered_by: 'public' })
    await expect(world.api.runs.get(ana, { runId: run_id })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
  })

  test('a command on the server’s machine and its secrets are for those who run it', async () => {
    const manifest = (change: object) => Manifest.parse({ ...counting, runtime: { type: 'code', source: source(0) }, ...change })
    const command = { runtime: { type: 'mcp', transport: { type: 'stdio', command: 'true' } }, endpoints: [] }
    for (const actor of [lea, { ...ana, role: 'builder' as const }]) {
      await expect(world.api.plugins.add(actor, manifest(command))).rejects.toMatchObject({
        code: 'FORBIDDEN',
        issues: [{ path: 'runtime.transport.type' }],
      })
      await expect(world.api.plugins.add(actor, manifest({ permissions: { secrets: ['pay'] } }))).rejects.toMatchObject({ code: 'FORBIDDEN' })
    }
    expect(await world.api.plugins.add(ana, manifest({ permissions: { secrets: ['pay'] } }))).toMatchObject({ id: 'counter' })
  })

  describe('within one', () => {
    const [bea, max, vic] = [person('default', 'usr_bea', 'builder'), person('default', 'usr_max', 'member'), person('default', 'usr_vic', 'viewer')]
    const grant = (user: Actor, resource_id: string, level: 'view' | 'run' | 'edit') =>
      world.app.db.write((trx) =>
        trx
          .insertInto('grants')
          .values({ workspace_id: 'default', user_id: user.id, resource_type: 'agent', resource_id, level, created_by: 'x', created_at: 1 })
          .onConflict((on) => on.columns(['workspace_id', 'user_id', 'resource_type', 'resource_id']).doUpdateSet({ level }))
          .execute(),
      )
    const seen = async (actor: Actor) => (await world.api.runs.list(actor, { limit: 50 })).items.map(({ run_id }) => run_id).toSorted()

    test('members see, follow and cancel their own runs, viewers none of others, builders all', async () => {
      const { id } = await agentOf(ana, { provider: 'double' })
      const [byAna, byMax] = [(await run(ana, id)).run_id, (await run(max, id)).run_id]
      const byKey = (await run({ ...max, kind: 'key', id: 'key_max' }, id)).run_id
      expect(await seen(bea)).toEqual([byAna, byMax, byKey].toSorted())
      expect(await seen(max)).toEqual([byMax, byKey].toSorted())
      expect(await seen(vic)).toEqual([])
      for (const [actor, runId] of [
        [max, byAna],
        [vic, byMax],
      ] as const) {
        const missing = { code: 'RUN_NOT_FOUND' }
        await expect(world.api.runs.get(actor, { runId })).rejects.toMatchObject(missing)
        await expect(world.api.runs.follow(actor, { runId }, { signal: signal() })).rejects.toMatchObject(missing)
        if (actor === max) await expect(world.api.runs.cancel(actor, { runId })).rejects.toMatchObject(missing)
        if (actor === max) await expect(world.api.runs.resolve(actor, { runId, outcome: 'happened' })).rejects.toMatchObject(missing)
      }
      expect(await world.api.runs.get(max, { runId: byKey })).toMatchObject({ run_id: byKey })
      await expect(world.api.runs.cancel(max, { runId: byMax })).rejects.toMatchObject({ code: 'RUN_ENDED' })
      expect((await world.api.runs.listOfAgent(max, { idOrSlug: id, limit: 50 })).items).toHaveLength(2)
    })

    test('who follows a run by a grant stops when it is taken back', async () => {
      const released = Promise.withResolvers<void>()
      world.says(async () => {
        await released.promise
        return { text: 'done' }
      })
      const { id } = await agentOf(ana, { provider: 'double' })
      const begun = (await world.api.runs.start(ana, { idOrSlug: id, input: 'go', stream: false, wait: 0 }, { signal: signal() })) as Run
      await grant(max, id, 'edit')
      const events = await world.api.runs.follow(max, { runId: begun.run_id }, { signal: signal() })
      expect((await events.next()).value).toMatchObject({ type: 'run.started' })
      await grant(max, id, 'run')
      passed = 30_000
      await expect(events.next()).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      released.resolve()
    })

    test('a key for some agents sees these agents and their runs only', async () => {
      const [one, two] = [await agentOf(ana, { provider: 'double' }), await agentOf(ana, { provider: 'double', name: 'Other' })]
      const [ofOne, ofTwo] = [(await run(ana, one.id)).run_id, (await run(ana, two.id)).run_id]
      const key: Actor = { ...ana, kind: 'key', id: 'key_one', agents: [one.id] }
      expect(await seen(key)).toEqual([ofOne])
      await expect(world.api.runs.get(key, { runId: ofTwo })).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' })
      await expect(world.api.runs.listOfAgent(key, { idOrSlug: two.id, limit: 9 })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    })

    test('grants raise on one agent: run for a viewer, edit for a member, and no more than that', async () => {
      const [one, two] = [await agentOf(ana, { provider: 'double' }), await agentOf(ana, { provider: 'double', name: 'Other' })]
      const byAna = (await run(ana, one.id)).run_id
      const change = (actor: Actor, idOrSlug: string) => world.api.agents.update(actor, { idOrSlug, description: actor.id })
      const refused = {
        code: 'FORBIDDEN',
        message: expect.stringMatching(/^This call needs the role .+, or the grant '(run|edit)' on this agent; yours is/),
      }
      await expect(run(vic, one.id)).rejects.toMatchObject(refused)
      await grant(vic, one.id, 'view')
      await expect(run(vic, one.id)).rejects.toMatchObject(refused)
      await grant(vic, one.id, 'run')
      const byVic = (await run(vic, one.id)).run_id
      expect(await seen(vic)).toEqual([byVic])
      await expect(run(vic, two.id)).rejects.toMatchObject(refused)
      await expect(change(vic, one.id)).rejects.toMatchObject(refused)

      await expect(change(max, one.id)).rejects.toMatchObject(refused)
      await grant(max, one.id, 'edit')
      expect(await change(max, one.slug)).toMatchObject({ description: 'usr_max' })
      expect(await seen(max)).toEqual([byAna, byVic].toSorted())
      expect(await world.api.runs.get(max, { runId: byAna })).toMatchObject({ run_id: byAna })
      await expect(change(max, two.id)).rejects.toMatchObject(refused)
      await expect(world.api.agents.delete(max, { idOrSlug: one.id })).rejects.toMatchObject({ code: 'FORBIDDEN' })
      const elsewhere = { ...max, workspace_id: 'wsp_lab' }
      await expect(change(elsewhere, one.id)).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    })

    test('the audit log says who changed agents and providers, and who was refused, once a minute each', async () => {
      const from = { ip: '203.0.113.9', user_agent: 'test', request_id: 'req_1' }
      const agent = await agentOf({ ...ana, ...from }, { provider: 'double' })
      await world.api.agents.update(ana, { idOrSlug: agent.id, description: 'x' })
      await world.api.agents.delete(ana, { idOrSlug: agent.id })
      await world.api.providers.add(ana, { id: 'mine', type: 'custom', base_url: world.model.url })
      await world.api.providers.remove(ana, { id: 'mine' })
      for (let i = 0; i < 3; i++)
        await expect(world.api.providers.remove({ ...max, ...from }, { id: 'mine' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
      await expect(world.api.providers.remove(vic, { id: 'mine' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
      await world.app.access.close()
      const { items } = await world.api.audit.list(ana, { limit: 50 })
      const said = items.map(({ action, actor_id, target_id, request_id, detail }) => ({ action, actor_id, target_id, request_id, detail }))
      const by = (actor_id: string, action: string, target_id: string | null, detail: unknown = null) => ({ action, actor_id, target_id, detail })
      expect(said).toMatchObject([
        by('usr_vic', 'access.refused', null, { endpoint: 'providers.remove', reason: 'FORBIDDEN' }),
        { ...by('usr_max', 'access.refused', null, { endpoint: 'providers.remove', reason: 'FORBIDDEN' }), request_id: 'req_1' },
        by('usr_ana', 'providers.remove', 'mine'),
        by('usr_ana', 'providers.add', 'mine', { type: 'custom' }),
        by('usr_ana', 'agents.delete', agent.id, { name: 'Helper' }),
        by('usr_ana', 'agents.update', agent.id, { fields: ['description'] }),
        { ...by('usr_ana', 'agents.create', agent.id, { name: 'Helper' }), request_id: 'req_1' },
        by('local', 'plugins.add', 'effects', { runtime: 'http' }),
      ])
    })
  })
})
