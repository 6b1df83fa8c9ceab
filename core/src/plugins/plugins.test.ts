import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { localOwner } from '../access/actor.ts'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { openSqlGuard } from '../tools/sql/sql-guard.ts'
import { startService } from '../tools/test/http-service.ts'
import { loadConfig } from '../config.ts'
import { newId } from '../storage/ids.ts'
import { addPlugin } from './add-plugin.ts'
import { type HookHost, openHooks } from './hook-host.ts'
import { getPlugin, listPlugins } from './list-plugins.ts'
import { noteOffer } from './note-offer.ts'
import { removePlugin } from './remove-plugin.ts'

const owner = localOwner()
const schema = { type: 'object', properties: { n: { type: 'number' } } }

function http(change: Partial<ManifestInput> = {}) {
  return Manifest.parse({
    id: 'remote',
    name: 'Remote',
    version: '1.0.0',
    runtime: { type: 'http', base_url: 'http://127.0.0.1:9000' },
    endpoints: [
      { path: '/a', effect: 'read', input: schema },
      { path: '/b/c', description: 'does c' },
    ],
    permissions: { network: ['127.0.0.1:9000'] },
    ...change,
  })
}

describe.each(databases)('plugins on $name', ({ empty }) => {
  let db: Db
  let folder: string
  let logged: string[]
  const open: HookHost[] = []
  beforeEach(async () => {
    db = await empty()
    folder = mkdtempSync(join(tmpdir(), 'cadre-plugins-'))
    logged = []
    writePlugin(
      'math',
      { id: 'math', endpoints: [{ path: '/twice', effect: 'read', input: schema }] },
      `export default { '/twice': ({ n }) => n * 2 }`,
    )
  })
  afterEach(async () => {
    await Promise.all(open.splice(0).map((hooks) => hooks.close()))
    await db.close()
    rmSync(folder, { recursive: true })
  })

  function writePlugin(name: string, manifest: object | string, code?: string) {
    mkdirSync(join(folder, name))
    const whole =
      typeof manifest === 'string'
        ? manifest
        : JSON.stringify({ name, version: '1.0.0', runtime: { type: 'embedded', entry: './index.mjs' }, ...manifest })
    writeFileSync(join(folder, name, 'forgehook.json'), whole)
    if (code !== undefined) writeFileSync(join(folder, name, 'index.mjs'), code)
  }
  function newApp() {
    const config = loadConfig({ env: { CADRE_DATA_DIR: folder }, cwd: folder })
    const log = { error: (_: object, message: string) => void logged.push(message), warn: () => {}, info: () => {} }
    const sql = openSqlGuard()
    const app = { db, sql, config, log, now: () => 1_700_000_000_000, newId }
    const offers: Promise<void>[] = []
    const hooks: HookHost = openHooks(app, {
      folders: [mkdtempSync(join(tmpdir(), 'cadre-own-')), folder],
      connections: () => Promise.reject(new Error('there are none')),
      onSecret: () => {},
      onOffer: (workspace, id, endpoints) => void offers.push(noteOffer({ ...app, hooks }, workspace, id, endpoints)),
    })
    open.push(hooks)
    return { ...app, hooks, offers }
  }
  const call = (input: unknown) => ({
    input,
    workspace_id: 'default',
    idempotency_key: 'k',
    run_id: null,
    now: 0,
    signal: new AbortController().signal,
  })

  test('a folder with a manifest is a ForgeHook whose endpoints can be called', async () => {
    const { hooks } = newApp()
    const [tool] = await hooks.resolveTools('default', ['math'])
    expect(tool).toMatchObject({
      name: 'math__twice',
      hook_id: 'math',
      action: 'twice',
      effect: 'read',
      description: 'math: twice',
      limits: { timeout_ms: 30_000 },
    })
    expect(await hooks.invoke({ tool: tool!, ...call({ n: 21 }) })).toBe(42)
    expect(logged).toEqual([])
  })

  test('a broken one is left out, said by its folder, and spoils no other', async () => {
    writePlugin('bad-json', '{')
    writePlugin('bad-path', { id: 'bad-path', endpoints: [{ path: 'x' }] }, '')
    writePlugin('bad-schema', { id: 'bad-schema', endpoints: [{ path: '/x', input: { type: 'objekt' } }] }, '')
    writePlugin('no-entry', { id: 'no-entry', endpoints: [{ path: '/x' }] })
    writePlugin('twin', { id: 'math', endpoints: [{ path: '/x' }] }, '')
    writePlugin('ungranted', { id: 'ungranted', runtime: { type: 'http', base_url: 'http://127.0.0.1:9' }, endpoints: [{ path: '/x' }] })
    mkdirSync(join(folder, 'no-manifest'))
    const { hooks } = newApp()
    expect((await hooks.all('default')).map((plugin) => plugin.manifest.id)).toEqual(['math'])
    const said = (name: string, reason: RegExp) => expect(logged.find((each) => each.includes(join(folder, name)))).toMatch(reason)
    expect(logged).toHaveLength(6)
    said('ungranted', /runtime\.base_url: 127\.0\.0\.1:9 is a private address/)
    said('bad-json', /broken and was left out: .*JSON/)
    said('bad-path', /endpoints\.0\.path: must be like \/parse_dates/)
    said('bad-schema', /endpoints\[0\]\.input: is not a valid JSON Schema/)
    said('no-entry', /runtime\.entry: there is no \.\/index\.mjs/)
    said('twin', /a ForgeHook with the id 'math' is already loaded/)
  })

  test('an http one is registered, seen by every process at once, called, and removed', async () => {
    const service = await startService((_, response) => response.end('{"ok":true}'))
    const [one, two] = [newApp(), newApp()]
    const manifest = http({
      runtime: { type: 'http', base_url: service.url, headers: { Authorization: 'Bearer very-secret' } },
      permissions: { network: [service.host] },
    })
    const added = await addPlugin(one, owner, manifest)
    expect(added).toMatchObject({
      id: 'remote',
      bundled: false,
      created_at: '2023-11-14T22:13:20.000Z',
      endpoints: [{ tool: 'remote__a' }, { tool: 'remote__b_c' }],
    })
    expect((await listPlugins(two, owner)).items.map(({ id, bundled }) => [id, bundled])).toEqual([
      ['math', true],
      ['remote', false],
    ])
    expect(await getPlugin(two, owner, 'remote')).toEqual(added)

    const [tool] = await two.hooks.findTools('default', ['remote__a', 'remote__gone', 'none__x'])
    expect(await two.hooks.invoke({ tool: tool!, ...call({ n: 1 }) })).toEqual({ ok: true })
    expect(service.seen).toMatchObject([{ url: '/a', headers: { authorization: 'Bearer very-secret' } }])
    const everywhere = JSON.stringify([added, await two.hooks.all('default'), await db.read.selectFrom('plugins').selectAll().execute()])
    expect(everywhere).not.toContain('very-secret')

    expect(await removePlugin(one, owner, 'remote')).toEqual({ id: 'remote', deleted: true })
    await expect(getPlugin(two, owner, 'remote')).rejects.toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
    expect(await two.hooks.findTools('default', ['remote__a'])).toEqual([])
    await service.close()
  })

  describe("an agent's tools", () => {
    test('are whole ForgeHooks or single tools, each once', async () => {
      const app = newApp()
      await addPlugin(app, owner, http())
      const names = async (refs: string[]) => (await app.hooks.resolveTools('default', refs)).map(({ name }) => name)
      expect(await names(['remote__b_c', 'math', 'remote', 'math__twice'])).toEqual(['remote__b_c', 'math__twice', 'remote__a'])
      expect(await names([])).toEqual([])
    })
    test.each(['none', 'math__none', 'math__', 'twice', ''])("'%s' is none, and the field is named", async (ref) => {
      const message = `tools[1]: there is no ForgeHook or tool '${ref}'; known: math`
      await expect(newApp().hooks.resolveTools('default', ['math', ref])).rejects.toMatchObject({
        code: 'INVALID',
        message,
        issues: [{ path: 'tools[1]' }],
      })
    })
  })

  describe('a manifest that is refused', () => {
    const base = (base_url: string, network: string[] = [], headers: Record<string, string> = {}) => ({
      runtime: { type: 'http' as const, base_url, headers },
      permissions: { network },
    })
    test.each<[string, Partial<ManifestInput>, string, RegExp]>([
      ['embedded', { runtime: { type: 'embedded' } }, 'runtime.type', /installed as folders/],
      [
        'a bad input schema',
        { endpoints: [{ path: '/a' }, { path: '/b', input: { type: 'objekt' } }] },
        'endpoints[1].input',
        /not a valid JSON Schema/,
      ],
      ['a bad output schema', { endpoints: [{ path: '/a', output: { $ref: 'http://x.test/y' } }] }, 'endpoints[0].output', /refers to/],
      ['an input that is no object', { endpoints: [{ path: '/a', input: { type: 'array' } }] }, 'endpoints[0].input', /must describe an object/],
      [
        'one tool name twice',
        { endpoints: [{ path: '/a/b' }, { path: '/a_b' }] },
        'endpoints[1].path',
        /another endpoint already makes the tool 'remote__a_b'/,
      ],
      ['a long tool name', { endpoints: [{ path: `/${'x'.repeat(57)}` }] }, 'endpoints[0].path', /longer than 64/],
      ['an unnamed private address', base('http://10.0.0.1:80'), 'runtime.base_url', /private address/],
      ['localhost, unnamed', base('http://localhost:9000', ['127.0.0.1:9001']), 'runtime.base_url', /private address/],
      ['a mapped address', base('http://[::ffff:127.0.0.1]/'), 'runtime.base_url', /private address/],
      ['a metadata service', base('http://169.254.169.254/', ['169.254.169.254']), 'runtime.base_url', /metadata service/],
      ['a grant that is none', base('http://127.0.0.1', ['127.0.0.1', 'http://x']), 'permissions.network[1]', /is not a host/],
      ['a password in the address', base('http://a:b@example.com'), 'runtime.base_url', /must not hold a password/],
      ['a header that cannot be sent', base('http://example.com', [], { 'a b': 'x' }), 'runtime.headers.a b', /not the name of a header/],
      ['a header with a line break', base('http://example.com', [], { a: 'x\r\nb: c' }), 'runtime.headers.a', /characters that a header cannot hold/],
      ['a header of the connection', base('http://example.com', [], { Host: 'x' }), 'runtime.headers.Host', /belongs to the connection/],
    ])('%s', async (_, change, path, message) => {
      await expect(addPlugin(newApp(), owner, http(change))).rejects.toMatchObject({
        code: 'INVALID',
        message: expect.stringMatching(message),
        issues: [{ path }],
      })
    })
    test.each(['http://example.com/', 'https://example.com/api'])('%s needs no grant', async (base_url) => {
      expect(await addPlugin(newApp(), owner, http(base(base_url)))).toMatchObject({ id: 'remote' })
    })
  })

  test('an id is taken once, also in a race, and bundled ones stay', async () => {
    const [one, two] = [newApp(), newApp()]
    await expect(addPlugin(one, owner, http({ id: 'math' }))).rejects.toMatchObject({ code: 'PLUGIN_ID_TAKEN', issues: [{ path: 'id' }] })
    const both = await Promise.allSettled([addPlugin(one, owner, http()), addPlugin(two, owner, http())])
    expect(both.map((each) => (each.status === 'rejected' ? each.reason.code : 'ok')).sort()).toEqual(['PLUGIN_ID_TAKEN', 'ok'])
    await expect(removePlugin(one, owner, 'math')).rejects.toMatchObject({ code: 'PLUGIN_BUNDLED' })
    await expect(removePlugin(one, owner, 'none')).rejects.toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
  })

  test('a registered one whose id is bundled later gives way', async () => {
    await addPlugin(newApp(), owner, http({ id: 'later' }))
    writePlugin('later', { id: 'later', endpoints: [{ path: '/own' }] }, 'export default {}')
    const { hooks } = newApp()
    expect((await hooks.all('default')).map((plugin) => plugin.manifest.id)).toEqual(['later', 'math'])
    expect((await hooks.resolveTools('default', ['later'])).map(({ name }) => name)).toEqual(['later__own'])
  })
})
