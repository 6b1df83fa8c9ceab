import { createHash } from 'node:crypto'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { ListAudit } from '@cadre/contract/audit'
import { Manifest } from '@cadre/contract/manifest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { listAudit } from './list-audit.ts'
import { verifyAudit } from './verify-audit.ts'

describe.each(databases)('verbs that the audit log tells of, on $name', ({ empty }) => {
  let world: World
  beforeAll(async () => {
    const db = await empty()
    const { target } = db
    await db.close()
    world = await newWorld(target.kind === 'postgres' ? { database_url: target.url, work: false } : { work: false })
  })
  afterAll(() => world.close())

  const entries = async () => (await listAudit(world.app, owner, ListAudit.parse({ limit: 200 }))).items
  /** What one call added. */
  async function added(work: () => Promise<unknown>) {
    const before = (await entries()).length
    await work()
    return (await entries()).slice(0, -before || undefined).map(({ action, target_id, actor_id }) => `${actor_id} ${action} ${target_id}`)
  }

  test('connections, plugins and agents', async () => {
    const { api } = world
    const manifest = Manifest.parse({ ...world.effects.manifest, id: 'noted' })
    expect(await added(() => api.connections.add(owner, { name: 'sales', url: 'postgres://u:hush@h/d' }))).toEqual(['local connections.add sales'])
    expect(await added(() => api.connections.remove(owner, { name: 'sales' }))).toEqual(['local connections.remove sales'])
    expect(await added(() => api.plugins.add(owner, manifest))).toEqual(['local plugins.add noted'])
    expect(await added(() => api.plugins.remove(owner, { id: 'noted' }))).toEqual(['local plugins.remove noted'])
    const agent = await world.agent()
    expect(await added(() => api.agents.delete(owner, { idOrSlug: agent.slug }))).toEqual([`local agents.delete ${agent.id}`])
    expect(await verifyAudit(world.app)).toMatchObject({ ok: true })
    expect(JSON.stringify(await entries())).not.toContain('hush')
  })

  test('a packed ForgeHook in the place of an installed one', async () => {
    const runtime = { type: 'code' as const, source: `export default { '/hello': () => 'hello' }` }
    const manifest = Manifest.parse({ id: 'packed', name: 'Packed', version: '1.0.0', runtime, endpoints: [{ path: '/hello', effect: 'read' }] })
    const bundle = (contents: Manifest) => ({
      format: 'cadre-hook-1' as const,
      manifest: contents,
      lock: [],
      checksum: createHash('sha256')
        .update(canonicalJson({ manifest: contents, lock: [] }))
        .digest('hex'),
    })
    expect(await added(() => world.api.plugins.install(owner, bundle(manifest)))).toEqual(['local plugins.add packed'])
    expect(await added(() => world.api.plugins.install(owner, bundle({ ...manifest, version: '1.0.1' })))).toEqual(['local plugins.install packed'])
  })

  test('what is refused, or was not there, leaves nothing', async () => {
    const { api } = world
    await api.connections.add(owner, { name: 'twice', url: 'postgres://u@h/d' })
    const refused = (work: Promise<unknown>) => expect(work).rejects.toThrow()
    expect(await added(() => refused(api.connections.add(owner, { name: 'twice', url: 'postgres://u@h/d' })))).toEqual([])
    expect(await added(() => refused(api.connections.remove(owner, { name: 'none' })))).toEqual([])
    expect(await added(() => refused(api.plugins.remove(owner, { id: 'none' })))).toEqual([])
    expect(await added(() => refused(api.agents.delete(owner, { idOrSlug: 'none' })))).toEqual([])
  })
})
