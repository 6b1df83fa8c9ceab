import { Manifest } from '@cadre/contract/manifest'
import { expect, test } from 'vitest'
import { resultsSoFar } from '../test/model-double.ts'
import { newWorld, owner } from '../test/world.ts'

const manifest = {
  id: 'mailer',
  name: 'Mailer',
  version: '1.0.0',
  runtime: { type: 'code', source: 'export default { "/send": async (_, { secret }) => ({ length: (await secret("token")).length }) }' },
  permissions: { secrets: ['token'] },
  endpoints: [{ path: '/send', effect: 'read', description: 'Sends.', input: { type: 'object' } }],
}

test('a secret that a ForgeHook is given is in the audit log once a minute, by name, with the run', async () => {
  const world = await newWorld({ secrets: { token: 'very secret' } })
  try {
    await world.api.plugins.add(owner, Manifest.parse(manifest))
    const agent = await world.agent({ tools: ['mailer'] })
    world.says((request) => (resultsSoFar(request).length > 0 ? { text: 'sent' } : { calls: [{ tool: 'mailer__send', input: {} }] }))
    const run = await world.run(agent)
    expect(run).toMatchObject({ status: 'completed', steps: [{ output: { length: 11 } }] })
    expect(await world.run(agent)).toMatchObject({ status: 'completed' })
    const used = async () => (await world.api.audit.list(owner, { limit: 100, action: 'secrets.use' })).items
    await expect
      .poll(used)
      .toMatchObject([{ target_type: 'secret', target_id: 'token', detail: { hook: 'mailer', run: run.run_id }, actor_kind: 'system' }])
    // What its manifest holds to open its server by goes with each call.
    const { runtime } = world.effects.manifest
    const opened = { id: 'opened', name: 'Opened', version: '1.0.0', runtime: { ...runtime, headers: { authorization: 'very secret' } } }
    await world.api.plugins.add(owner, Manifest.parse({ ...opened, permissions: world.effects.manifest.permissions, endpoints: [{ path: '/add' }] }))
    await world.api.plugins.invoke(owner, { id: 'opened', path: '/add', input: {}, dry_run: false })
    await expect
      .poll(used)
      .toMatchObject([{ target_type: 'secret', target_id: 'runtime.headers', detail: { hook: 'opened' } }, { target_id: 'token' }])
    expect(JSON.stringify(await world.api.audit.list(owner, { limit: 100 }))).not.toContain('very secret')
  } finally {
    await world.close()
  }
})

test("a provider's key that is used is in the audit log once an hour, by the provider's id", async () => {
  let now = 1_763_700_000_000
  const world = await newWorld({ now: () => now })
  try {
    const keyed = { id: 'keyed', type: 'custom', base_url: world.model.url, api_key: 'sk-very-secret', default_model: 'double' } as const
    await world.api.providers.add(owner, keyed)
    const agent = await world.agent({ provider: 'keyed' })
    const used = async () => (await world.api.audit.list(owner, { limit: 100, action: 'secrets.use' })).items
    await world.run(await world.agent()) // whose provider has no key
    for (const _ of [1, 2]) expect(await world.run(agent)).toMatchObject({ status: 'completed' })
    await expect.poll(used).toMatchObject([{ target_type: 'provider', target_id: 'keyed', actor_kind: 'system', detail: null }])
    now += 3_600_000
    await world.run(agent)
    await expect.poll(async () => (await used()).length).toBe(2)
    expect(JSON.stringify(await world.api.audit.list(owner, { limit: 100 }))).not.toContain('very-secret')
  } finally {
    await world.close()
  }
})
