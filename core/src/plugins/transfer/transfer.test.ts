import { fileURLToPath } from 'node:url'
import { ListAudit } from '@cadre/contract/audit'
import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { type HooksFile, ImportHooks, type ImportHooksInput } from '@cadre/contract/plugin-transfer'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { localOwner } from '../../access/actor.ts'
import { databaseUrls } from '../../storage/test/databases.ts'
import { newWorld, owner, stranger, type World } from '../../test/world.ts'

const lab = {
  ...localOwner({ ip: '127.0.0.1', user_agent: 'test' }),
  workspace_id: 'wsp_lab',
  kind: 'user' as const,
  user_id: 'usr_lab',
  id: 'usr_lab',
}

const double = (factor: number) => `export default { '/times': ({ n }) => n * ${factor} }`
const code = (id: string, change: Partial<ManifestInput> = {}): ManifestInput => ({
  id,
  name: `Hook ${id}`,
  version: '1.0.0',
  runtime: { type: 'code', language: 'javascript', source: double(2) },
  endpoints: [{ path: '/times', effect: 'read', input: { type: 'object', properties: { n: { type: 'number' } } } }],
  ...change,
})
const http = (id: string, change: Partial<ManifestInput> = {}): ManifestInput => ({
  id,
  name: id,
  version: '1.0.0',
  runtime: {
    type: 'http',
    base_url: 'https://api.example.com/v1',
    headers: { authorization: 'Bearer very-secret-value', 'x-team': 'blue-and-secret' },
  },
  endpoints: [{ path: '/search', effect: 'read', input: { type: 'object' } }],
  ...change,
})

describe.each(databaseUrls)('ForgeHooks as a file, on $name', ({ url }) => {
  let world: World
  beforeAll(async () => {
    world = await newWorld({ work: false, database_url: await url() })
  })
  afterAll(() => world.close())

  const add = (manifest: ManifestInput, actor = owner) => world.api.plugins.add(actor, Manifest.parse(manifest))
  const file = (ids?: string[], actor = owner) => world.api.plugins.export(actor, { ids })
  const take = (forgehooks: object[], more: Partial<ImportHooksInput> = {}, actor = owner) =>
    world.api.plugins.import(
      actor,
      ImportHooks.parse({ format: 'cadre-workspace-1', forgehooks: structuredClone(forgehooks) as Record<string, unknown>[], ...more }),
    )
  const one = async (hook: object, more: Partial<ImportHooksInput> = {}, actor = owner) => (await take([hook], more, actor)).items[0]!
  const call = async (id: string, n: number, actor = owner) =>
    (await world.api.plugins.invoke(actor, { id, path: 'times', input: { n }, dry_run: false })).output
  const idsOf = async (actor = owner) => (await world.api.plugins.list(actor)).items.filter(({ bundled }) => !bundled).map(({ id }) => id)

  test('what goes out of one workspace comes into another, without values, which are given again; a second time it is the same', async () => {
    await add(code('sums'))
    await add(http('finder'))
    const out = await file(['sums', 'finder'])
    expect(out.forgehooks.map(({ manifest, secrets }) => [manifest.id, secrets])).toEqual([
      ['sums', []],
      ['finder', ['authorization', 'x-team']],
    ])
    expect(JSON.stringify(out)).toContain(JSON.stringify(double(2)).slice(1, -1))
    expect(JSON.stringify(out)).not.toMatch(/secret-value|and-secret|\*\*\*/)
    expect((await take(out.forgehooks)).items.map(({ outcome }) => outcome)).toEqual(['same', 'same'])

    const first = await take(out.forgehooks, {}, lab)
    expect(first.items).toMatchObject([
      { id: 'sums', here: 'sums', outcome: 'made', reason: null, asks: [], needs: [] },
      {
        id: 'finder',
        here: null,
        outcome: 'refused',
        reason: { code: 'approval_needed' },
        asks: [{ what: 'server', value: 'https://api.example.com/v1' }],
        needs: ['authorization', 'x-team'],
      },
    ])
    expect(await idsOf(lab)).toEqual(['sums'])
    expect(await call('sums', 4, lab)).toBe(8)
    const approve = { finder: first.items[1]!.hash! }
    expect(await one(out.forgehooks[1]!, { approve }, lab)).toMatchObject({ outcome: 'refused', reason: { code: 'secrets_needed' } })
    const secrets = { finder: { authorization: 'Bearer mine', 'x-team': '' } }
    expect(await one(out.forgehooks[1]!, { approve, secrets, dry_run: true }, lab)).toMatchObject({ outcome: 'made' })
    expect(await idsOf(lab)).toEqual(['sums'])
    expect(await one(out.forgehooks[1]!, { approve, secrets }, lab)).toMatchObject({ outcome: 'made', here: 'finder', needs: [] })
    expect((await file(undefined, lab)).forgehooks).toEqual(out.forgehooks)

    const { items } = await world.api.audit.list(lab, ListAudit.parse({ action: 'plugins' }))
    expect(items.map(({ action, target_id }) => `${action} ${target_id}`)).toEqual([
      'plugins.export null',
      'plugins.import finder',
      'plugins.import sums',
    ])
    const stored = await world.app.db.read.selectFrom('plugins').selectAll().execute()
    expect(JSON.stringify([stored, items])).not.toMatch(/Bearer mine|very-secret/)
  })

  test('one whose id is taken is skipped, renamed or put in its place', async () => {
    await add(code('twin'))
    const [twin] = (await file(['twin'])).forgehooks
    const other = { ...twin, manifest: { ...twin!.manifest, version: '2.0.0', runtime: { type: 'code', language: 'javascript', source: double(3) } } }
    expect(await one(other)).toMatchObject({ outcome: 'skipped', here: 'twin' })
    expect(await one(other, { on_conflict: 'rename' })).toMatchObject({ outcome: 'made', id: 'twin', here: 'twin-2' })
    expect([await call('twin', 5), await call('twin-2', 5)]).toEqual([10, 15])
    // What is in the same file keeps its name, also from one that comes before it.
    const third = { ...other, manifest: { ...other.manifest, id: 'twin-3', version: '3.0.0' } }
    expect((await take([other, third], { on_conflict: 'rename' })).items.map(({ here }) => here)).toEqual(['twin-4', 'twin-3'])
    expect(await one(other, { on_conflict: 'replace', dry_run: true })).toMatchObject({ outcome: 'changed' })
    expect(await call('twin', 5)).toBe(10)
    expect(await one(other, { on_conflict: 'replace' })).toMatchObject({ outcome: 'changed', here: 'twin' })
    expect(await call('twin', 5)).toBe(15)
    expect(await one(other)).toMatchObject({ outcome: 'same' })
    const long = 'x'.repeat(40)
    await add(code(long))
    expect(await one(code40(long), { on_conflict: 'rename' })).toMatchObject({ outcome: 'made', here: `${'x'.repeat(38)}-2` })

    expect(await one({ manifest: code('calculator') }, { on_conflict: 'replace' })).toMatchObject({ outcome: 'refused', reason: { code: 'bundled' } })
    expect(await one({ manifest: code('calculator') }, { on_conflict: 'rename' })).toMatchObject({ outcome: 'made', here: 'calculator-2' })
  })
  const code40 = (id: string) => ({ manifest: code(id, { version: '4.0.0' }) })

  test('values stay with whom they are for: a file cannot send them elsewhere', async () => {
    const kept = http('keeper', { permissions: { network: ['api.example.com'] } })
    await add(kept)
    const [there] = (await file(['keeper'])).forgehooks
    const change = async (hook: object) => {
      const seen = await one(hook, { on_conflict: 'replace', dry_run: true })
      return one(hook, { on_conflict: 'replace', approve: { keeper: seen.hash! } })
    }
    const elsewhere = { ...there!.manifest, runtime: { type: 'http', base_url: 'https://thief.example.com/v1' } }
    expect(await change({ ...there, manifest: elsewhere })).toMatchObject({ outcome: 'refused', reason: { code: 'secrets_needed' } })
    const wider = { ...there!.manifest, permissions: { network: ['*'] } }
    expect(await change({ ...there, manifest: wider })).toMatchObject({ outcome: 'refused', reason: { code: 'secrets_needed' } })
    const newer = { ...there!.manifest, version: '1.1.0' }
    expect(await change({ ...there, manifest: newer })).toMatchObject({ outcome: 'changed', needs: [] })
    const row = await world.app.hooks.find('default', 'keeper')
    expect(row).toMatchObject({ manifest: { version: '1.1.0' }, sealed: expect.any(String) })
  })

  test('an approval is for exactly what was seen', async () => {
    const asking = { manifest: code('asking', { permissions: { network: ['example.com'], store: true, files: ['docs'] } }) }
    const seen = await one(asking)
    expect(seen.asks).toEqual([
      { what: 'network', value: 'example.com' },
      { what: 'files', value: 'docs' },
      { what: 'store', value: 'asking' },
    ])
    const more = { manifest: code('asking', { permissions: { network: ['*'], store: true, files: ['docs'] } }) }
    const altered = { manifest: { ...asking.manifest, runtime: { type: 'code', language: 'javascript', source: double(9) } } }
    const approve = { asking: seen.hash! }
    for (const hook of [more, altered])
      expect(await one(hook, { approve })).toMatchObject({ outcome: 'refused', reason: { code: 'approval_needed' } })
    expect(await one(asking, { approve })).toMatchObject({ outcome: 'made' })
  })

  test('an MCP server is not started before somebody approved it, and its tools must be those of the file', async () => {
    const args = [fileURLToPath(new URL('../../tools/mcp/test/mcp-server.ts', import.meta.url))]
    const transport = { type: 'stdio' as const, command: process.execPath, args }
    await add({ id: 'remote', name: 'Remote', version: '1.0.0', runtime: { type: 'mcp', transport } })
    const [remote] = (await file(['remote'])).forgehooks
    await world.api.plugins.remove(owner, { id: 'remote' })
    const command = `${process.execPath} ${args[0]}`
    const absent = { ...remote, manifest: { ...remote!.manifest, runtime: { type: 'mcp', transport: { ...transport, command: '/nowhere/at/all' } } } }
    const unseen = await one(absent, { dry_run: true })
    expect(unseen).toMatchObject({ reason: { code: 'approval_needed' }, asks: [{ what: 'command', value: `/nowhere/at/all ${args[0]}` }] })
    expect(await one(absent, { approve: { remote: unseen.hash! } })).toMatchObject({ reason: { code: 'unreachable' } })
    const forged = structuredClone(remote!)
    forged.manifest.endpoints[0]!.mcp!.hash = 'another'
    const seen = await one(forged)
    expect(await one(forged, { approve: { remote: seen.hash! } })).toMatchObject({ reason: { code: 'changed_there' } })
    const { hash, asks } = await one(remote!)
    expect(asks).toEqual([{ what: 'command', value: command }])
    expect(await one(remote!, { approve: { remote: hash! } })).toMatchObject({ outcome: 'made' })
    // A command of the server's machine is not for other workspaces.
    expect(await one(remote!, { approve: { remote: hash! } }, lab)).toMatchObject({ outcome: 'refused', reason: { code: 'not_allowed' } })
  })

  test('hostile files: each is refused for its own reason, what is good beside them comes in', async () => {
    const before = await idsOf()
    const good = { manifest: code('good-one') }
    const hostile: [object, string, RegExp][] = [
      [{}, 'malformed', /manifest/],
      [{ manifest: null }, 'malformed', /manifest/],
      [{ manifest: code('own-1', { workspace_id: 'wsp_lab' } as object) }, 'malformed', /workspace_id/],
      [{ manifest: code('own-2'), sealed: 'x' }, 'malformed', /sealed/],
      [{ manifest: code('own-3'), workspace_id: 'wsp_lab' }, 'malformed', /workspace_id/],
      [{ manifest: code('../../etc/passwd') }, 'malformed', /manifest\.id/],
      [{ manifest: code('own-4', { endpoints: [{ path: '/../../x' }] }) }, 'malformed', /endpoints\.0\.path/],
      [{ manifest: code('own-5', { runtime: { type: 'code', entry: '../../../etc/passwd' } }) }, 'malformed', /runtime\.source/],
      [{ manifest: code('own-6', { runtime: { type: 'embedded', entry: '/etc/passwd' } }) }, 'malformed', /runtime\.type/],
      [{ manifest: code('own-7', { runtime: { type: 'code', source: 'export default {' } }) }, 'malformed', /runtime\.source/],
      [{ manifest: code('own-8', { endpoints: [{ path: '/times', input: { type: 'nonsense' } }] }) }, 'malformed', /input/],
      [{ manifest: http('own-9', { runtime: { type: 'http', base_url: 'http://127.0.0.1:1' } }) }, 'malformed', /base_url/],
      [{ manifest: code('own-10'), secrets: ['TOKEN'] }, 'malformed', /secrets/],
      [good, 'twice', /good-one/],
      [{ manifest: code('wide', { endpoints: Array.from({ length: 1_000 }, (_, i) => ({ path: `/e${i}` })) }) }, 'malformed', /runtime\.source/],
      [{ manifest: code('wider', { endpoints: Array.from({ length: 1_000 }, (_, i) => ({ path: `/e${i}` })) }) }, 'too_many', /2000/],
    ]
    const { items } = await take([good, ...hostile.map(([hook]) => hook)])
    expect(items[0]).toMatchObject({ outcome: 'made', here: 'good-one' })
    for (const [i, [, reason, message]] of hostile.entries())
      expect(items[i + 1], `${i}`).toMatchObject({
        index: i + 1,
        here: null,
        outcome: 'refused',
        reason: { code: reason, message: expect.stringMatching(message) },
      })
    expect(await idsOf()).toEqual([...before, 'good-one'])
  })

  test('what is not of this workspace is not there to be exported', async () => {
    await add(code('theirs'), lab)
    await expect(file(['theirs'])).rejects.toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
    await expect(file(['calculator'])).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'ids[0]' }] })
    await expect(file(undefined, stranger)).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    expect((await file()).forgehooks.map(({ manifest }) => manifest.id)).not.toContain('theirs')
  })
})

test.each<[string, object]>([
  ['another format', { format: 'cadre-workspace-2', forgehooks: [{}] }],
  ['nothing in it', { format: 'cadre-workspace-1', forgehooks: [] }],
  ['more than can be looked at', { format: 'cadre-workspace-1', forgehooks: Array.from({ length: 201 }, () => ({})) }],
  ['what is no ForgeHook', { format: 'cadre-workspace-1', forgehooks: ['calculator'] }],
  ['a field that nobody knows', { format: 'cadre-workspace-1', forgehooks: [{}], workspace_id: 'wsp_lab' }],
])('%s is refused as a whole', (_, input) => {
  expect(ImportHooks.safeParse(input).success).toBe(false)
})

test('a file that was written is one that can be read', () => {
  const file: HooksFile = { format: 'cadre-workspace-1', forgehooks: [{ manifest: Manifest.parse(code('any')), secrets: [] }] }
  expect(ImportHooks.safeParse(JSON.parse(JSON.stringify(file))).success).toBe(true)
})
