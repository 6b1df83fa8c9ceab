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
    expect(JSON.stringify(await world.api.audit.list(owner, { limit: 100 }))).not.toContain('very secret')
  } finally {
    await world.close()
  }
})
