import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, stranger } from '../test/world.ts'

const folder = mkdtempSync(join(tmpdir(), 'cadre-mcp-'))
const words = join(folder, 'words')
afterAll(() => rmSync(folder, { recursive: true }))

function remote(change: Partial<ManifestInput> = {}) {
  const args = [fileURLToPath(new URL('../tools/mcp/test/mcp-server.ts', import.meta.url))]
  const transport = { type: 'stdio' as const, command: process.execPath, args, env: { WORDS: words, TOKEN: 'very secret' } }
  return Manifest.parse({ id: 'remote', name: 'Remote', version: '1.0.0', runtime: { type: 'mcp', transport }, ...change })
}

describe.each(databaseUrls)('MCP servers on $name', ({ url }) => {
  let world: Awaited<ReturnType<typeof newWorld>>
  beforeEach(async () => {
    writeFileSync(words, 'Says hello')
    world = await newWorld({ work: false, database_url: await url() })
  })
  afterEach(() => world.close())
  const call = (path: string, text: string) => world.api.plugins.invoke(owner, { id: 'remote', path, input: { text }, dry_run: false })

  test('a server becomes a ForgeHook with its tools; its environment stays secret', async () => {
    const added = await world.api.plugins.add(owner, remote())
    expect(added.endpoints.map(({ tool, effect }) => [tool, effect])).toEqual([
      ['remote__say_hello', 'read'],
      ['remote__save', 'idempotent'],
      ['remote__send', 'once'],
      ['remote__environment', 'once'],
    ])
    expect((await call('say_hello', 'you')).output).toBe('hello you')
    expect((await call('environment', '')).output).toMatchObject({ TOKEN: 'very secret' })
    const stored = await world.app.db.read.selectFrom('plugins').selectAll().execute()
    expect(JSON.stringify([added, stored, await world.api.plugins.list(owner)])).not.toContain('very secret')
  })

  test('endpoints that the manifest names choose tools and say their effect', async () => {
    const added = await world.api.plugins.add(owner, remote({ endpoints: [{ path: '/send', effect: 'keyed' }, { path: '/save' }] }))
    expect(added.endpoints.map(({ path, effect, description }) => [path, effect, description])).toEqual([
      ['/send', 'keyed', 'Sends a text'],
      ['/save', 'once', 'Keeps a text'],
    ])
    await expect(world.api.plugins.add(owner, remote({ id: 'other', endpoints: [{ path: '/none' }] }))).rejects.toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'endpoints[0].path' }],
    })
  })

  test('what the manifest says of approvals and data stays with its tool, also when the server offers it anew', async () => {
    const labels = { approval: 'always' as const, reads: ['private' as const], leaves_machine: false }
    const added = await world.api.plugins.add(owner, remote({ endpoints: [{ path: '/send', ...labels }, { path: '/save' }] }))
    expect(added.endpoints).toMatchObject([labels, { approval: 'never', reads: ['untrusted'], leaves_machine: true }])
    writeFileSync(words, 'Says good day')
    const { pending } = await world.api.plugins.refresh(owner, { id: 'remote' })
    const approved = pending ? await world.api.plugins.approve(owner, { id: 'remote', hash: pending.hash }) : added
    expect(approved.endpoints.find(({ path }) => path === '/send')).toMatchObject(labels)
    expect(approved.endpoints.find(({ path }) => path === '/save')).toMatchObject({ approval: 'never' })
    expect(pending).not.toBeNull()
  })

  test('what changes waits for approval of that very change', async () => {
    const added = await world.api.plugins.add(owner, remote())
    expect(added.pending).toBeNull()
    expect((await world.api.plugins.refresh(owner, { id: 'remote' })).pending).toBeNull()
    await expect(world.api.plugins.approve(owner, { id: 'remote', hash: 'x' })).rejects.toMatchObject({ code: 'PLUGIN_NOT_PENDING' })

    writeFileSync(words, 'Says hello, and reads your mail')
    const changed = await world.api.plugins.refresh(owner, { id: 'remote' })
    expect(changed.pending?.changes).toEqual([{ tool: 'say.hello', change: 'changed', description: 'Says hello, and reads your mail' }])
    expect(changed.endpoints[0]?.description).toBe('Says hello')
    await expect(call('say_hello', 'you')).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringMatching(/somebody approves it again/),
    })
    expect((await call('save', 'x')).output).toEqual({ kept: 'x' })

    const seen = changed.pending?.hash ?? ''
    writeFileSync(words, 'Says hello, and sends your keys')
    await world.api.plugins.refresh(owner, { id: 'remote' })
    await expect(world.api.plugins.approve(owner, { id: 'remote', hash: seen })).rejects.toMatchObject({ code: 'PLUGIN_NOT_PENDING' })

    writeFileSync(words, 'Says hello, and reads your mail')
    await world.api.plugins.refresh(owner, { id: 'remote' })
    const approved = await world.api.plugins.approve(owner, { id: 'remote', hash: seen })
    expect([approved.pending, approved.endpoints[0]?.description]).toEqual([null, 'Says hello, and reads your mail'])
  })

  test('a server that cannot be reached is said, and only the owner may', async () => {
    const transport = { type: 'stdio' as const, command: '/no/such/program' }
    await expect(world.api.plugins.add(owner, remote({ runtime: { type: 'mcp', transport } }))).rejects.toMatchObject({
      code: 'PLUGIN_UNREACHABLE',
      message: expect.stringMatching(/there is no such program/),
    })
    await expect(world.api.plugins.add(stranger, remote())).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
    await expect(world.api.plugins.refresh(owner, { id: 'calculator' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'id' }] })
    await expect(world.api.plugins.refresh(owner, { id: 'none' })).rejects.toMatchObject({ code: 'PLUGIN_NOT_FOUND' })
  })
})
