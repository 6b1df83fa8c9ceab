import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newWorld, owner, type World } from '../../test/world.ts'

let world: World
beforeAll(async () => {
  world = await newWorld({ work: false })
})
afterAll(() => world.close())

const manifest = (change: Partial<ManifestInput>) =>
  Manifest.parse({ id: 'mine', name: 'Mine', version: '1.0.0', runtime: { type: 'http', base_url: 'https://hooks.example.com' }, ...change })

test('code tells its lifecycle hooks itself, beside its endpoints or without any', async () => {
  const source = `import { defineHook } from '@cadre/contract/forgehook'
export default defineHook({}, {
  before_message_send: { description: 'Loud', order: 7, changes: true, handler: ({ message }) => ({ content: message.content.toUpperCase() }) },
})`
  const added = await world.api.plugins.add(owner, manifest({ id: 'loud', runtime: { type: 'code', language: 'javascript', source } }))
  const hook = { description: 'Loud', order: 7, timeout_ms: 1000, required: false, changes: true }
  expect(added).toMatchObject({ endpoints: [], lifecycle: { before_message_send: hook } })
  expect(await world.api.plugins.lifecycle(owner, { id: 'loud' })).toMatchObject({
    points: [{ point: 'before_message_send', ...hook, on: false, calls: 0, last_error: null }],
    agents: null,
    options_schema: null,
  })
})

test.each<[Partial<ManifestInput>, string]>([
  [{ lifecycle: {} }, 'endpoints'],
  [{ lifecycle: { agent_initialization: { changes: true } } }, 'lifecycle.agent_initialization.changes'],
  [{ lifecycle: { before_message_send: {} }, endpoints: [{ path: '/before_message_send' }] }, 'lifecycle.before_message_send'],
  [{ lifecycle: { workflow_execution: {} }, options: { type: 'array' } }, 'options'],
  [{ lifecycle: { workflow_execution: {} }, options: { type: 'objekt' } }, 'options'],
  [
    { runtime: { type: 'mcp', transport: { type: 'http', url: 'https://mcp.example.com' } }, lifecycle: { workflow_execution: {} } },
    'lifecycle.workflow_execution',
  ],
  [{ runtime: { type: 'code', language: 'javascript', source: 'export default {}' }, lifecycle: { workflow_execution: {} } }, 'runtime.source'],
])('%j is refused by the field %s', async (change, path) => {
  const refused = await world.api.plugins.add(owner, manifest(change)).then(
    () => 'taken',
    (error) => error.issues?.[0]?.path,
  )
  expect(refused).toBe(path)
})
