import { createHash } from 'node:crypto'
import type { Worker } from 'node:worker_threads'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { HookBundle } from '@cadre/contract/plugins'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, stranger } from '../test/world.ts'
import { startService } from '../tools/test/http-service.ts'

const input = { type: 'object', properties: { n: { type: 'number' } }, required: ['n'], additionalProperties: false }
const source = `
import { HookError } from '@cadre/contract/forgehook'
let calls = 0
export default {
  '/twice': ({ n }: { n: number }) => n * 2,
  '/count': () => ++calls,
  '/refuse': () => { throw new HookError('must be even', 'n') },
  '/break': () => { null.x },
  '/keep': async ({ n }: { n: number }, context: any) => { await context.store.set('n', n); return context.store.get('n') },
  '/read': (_: unknown, context: any) => context.store.get('n'),
  '/visit': async (_: unknown, context: any) => new TextDecoder().decode((await context.fetch(context.settings.url)).body),
}
`
const paths = ['/twice', '/count', '/refuse', '/break', '/keep', '/read', '/visit']
const code = (change: Partial<ManifestInput> = {}) =>
  Manifest.parse({
    id: 'mine',
    name: 'Mine',
    version: '1.0.0',
    runtime: { type: 'code', source },
    endpoints: paths.map((path) => ({ path, effect: 'read', ...(path === '/twice' ? { input } : {}) })),
    ...change,
  })

describe.each(databaseUrls)('registered code on $name', ({ url }) => {
  let world: Awaited<ReturnType<typeof newWorld>>
  beforeEach(async () => {
    world = await newWorld({ database_url: await url() })
  })
  afterEach(() => world.close())
  const call = async (path: string, given: Record<string, unknown> = {}, id = 'mine') =>
    (await world.api.plugins.invoke(owner, { id, path, input: given, dry_run: false })).output

  test('runs, checks its input, and carries nothing to the next call', async () => {
    const added = await world.api.plugins.add(owner, code())
    expect(added.runtime).toEqual({ type: 'code', language: 'typescript' })
    expect(await call('twice', { n: 21 })).toBe(42)
    expect([await call('count'), await call('count')]).toEqual([1, 1])
    await expect(call('twice', { n: 'x' })).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'input.n' }] })
    await expect(call('refuse')).rejects.toMatchObject({ code: 'TOOL_FAILED', message: 'n: must be even' })
    // The owner is told all of it, the model one line.
    await expect(call('break')).rejects.toMatchObject({ code: 'TOOL_FAILED', message: expect.stringMatching(/TypeError[^]*\n/) })
  })

  test('has its thread by the time a run calls it', async () => {
    await world.api.plugins.add(owner, code())
    const started: string[] = []
    const note = ({ threadName }: Worker) => void started.push(threadName ?? '')
    process.on('worker', note)
    try {
      await world.app.hooks.findTools('default', ['mine__twice'])
      await expect.poll(() => started).toEqual(['cadre-code'])
      expect(await call('twice', { n: 21 })).toBe(42)
      expect(started).toEqual(['cadre-code'])
    } finally {
      process.off('worker', note)
    }
  })

  test('is a tool of an agent, and a failure is one line to its model', async () => {
    await world.api.plugins.add(owner, code())
    const heard: string[] = []
    world.says((request, n) => {
      heard.push(JSON.stringify(request.messages.at(-1)?.content))
      if (n === 1) return { calls: [{ tool: 'mine__twice', input: { n: 4 } }] }
      if (n === 2) return { calls: [{ tool: 'mine__break', input: {} }] }
      return { text: 'done' }
    })
    const run = await world.run(await world.agent({ tools: ['mine'] }))
    expect(run).toMatchObject({ status: 'completed', steps: [{ output: 8 }, { error: expect.stringMatching(/^'mine__break' failed: /) }] })
    expect(heard[2]).not.toMatch(/\\n\s+at |:\d+:\d+/)
  })

  test('keeps values where it may, and reaches the host that the operator named', async () => {
    const service = await startService((_, response) => response.end('hello'))
    world.app.config.hooks['mine'] = { url: service.url }
    await expect(world.api.plugins.add(owner, code()).then(() => call('keep', { n: 1 }))).rejects.toThrow(/permissions\.store is not true/)
    await expect(call('visit')).rejects.toThrow(/permissions\.network is empty/)
    await world.api.plugins.remove(owner, { id: 'mine' })
    await world.api.plugins.add(owner, code({ permissions: { store: true, network: ['settings:url'] } }))
    expect([await call('keep', { n: 7 }), await call('read'), await call('visit')]).toEqual([7, 7, 'hello'])
    await world.api.plugins.remove(owner, { id: 'mine' })
    await world.api.plugins.add(owner, code({ permissions: { store: true } }))
    expect(await call('read')).toBeNull()
    await service.close()
  })

  test.each<[string, Partial<ManifestInput>, string, RegExp]>([
    ['no source', { runtime: { type: 'code' } }, 'runtime.source', /is needed/],
    ['a syntax error', { runtime: { type: 'code', source: 'export default {' } }, 'runtime.source', /./],
    ['a missing handler', { endpoints: [{ path: '/none' }] }, 'runtime.source', /\/none/],
    ['another import', { runtime: { type: 'code', source: `import fs from 'node:fs'\nexport default {}` } }, 'runtime.source', /node:fs/],
    ['an endless module', { runtime: { type: 'code', source: 'for (;;);\nexport default {}' } }, 'runtime.source', /./],
    ['no endpoints at all', { endpoints: [], runtime: { type: 'code', source: 'export default {}' } }, 'runtime.source', /defines no endpoints/],
  ])('%s is refused', async (_, change, path, message) => {
    await expect(world.api.plugins.add(owner, code(change))).rejects.toMatchObject({
      code: 'INVALID',
      issues: [{ path, message: expect.stringMatching(message) }],
    })
  })

  test('endpoints may be defined in the code', async () => {
    const defined = `import { defineHook } from '@cadre/contract/forgehook'
export default defineHook({ '/half': { description: 'Halves', effect: 'read', input: ${JSON.stringify(input)}, handler: ({ n }) => n / 2 } })`
    const added = await world.api.plugins.add(owner, code({ endpoints: [], runtime: { type: 'code', source: defined } }))
    expect(added.endpoints).toMatchObject([{ path: '/half', description: 'Halves', effect: 'read', tool: 'mine__half' }])
    expect(await call('half', { n: 8 })).toBe(4)
  })

  test('a packed file is installed, replaced by a newer one, and refused when it was changed', async () => {
    const bundle = (version: string, factor: number) => {
      const javascript = `export default { '/times': ({ n }) => n * ${factor} }`
      const runtime = { type: 'code' as const, language: 'javascript' as const, source: javascript }
      const manifest = Manifest.parse({ id: 'packed', name: 'Packed', version, runtime, endpoints: [{ path: '/times', effect: 'read', input }] })
      const checksum = createHash('sha256')
        .update(canonicalJson({ manifest, lock: [] }))
        .digest('hex')
      return HookBundle.parse({ format: 'cadre-hook-1', manifest, lock: [], checksum })
    }
    await world.api.plugins.install(owner, bundle('1.0.0', 2))
    expect(await call('times', { n: 3 }, 'packed')).toBe(6)
    expect(await world.api.plugins.install(owner, bundle('1.1.0', 5))).toMatchObject({ version: '1.1.0' })
    expect(await call('times', { n: 3 }, 'packed')).toBe(15)
    const changed = { ...bundle('1.2.0', 7), checksum: bundle('1.2.0', 8).checksum }
    await expect(world.api.plugins.install(owner, changed)).rejects.toMatchObject({ code: 'INVALID', issues: [{ path: 'checksum' }] })
    await expect(world.api.plugins.install(stranger, bundle('1.3.0', 1))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })
})
