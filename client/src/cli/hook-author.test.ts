import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { plugin } from '../test/samples.ts'
import { startWire } from '../test/wire.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-author-'))
})
afterEach(() => rmSync(cwd, { recursive: true }))

const file = (path: string) => readFileSync(join(cwd, path), 'utf8')
function edit(path: string, change: (text: string) => string) {
  writeFileSync(join(cwd, path), change(file(path)))
}
const bundleOf = (path: string) =>
  JSON.parse(file(path)) as { manifest: Record<string, never> & { runtime: { source: string } }; lock: unknown[]; checksum: string }

describe('plugins new', () => {
  test('makes a ForgeHook that passes its own test and can be packed', async () => {
    expect(await cadre(['plugins', 'new', 'tip-share'], { cwd })).toMatchObject({ code: 0, stdout: `${join(cwd, 'tip-share')}\n` })
    const tested = await cadre(['plugins', 'test', 'tip-share'], { cwd })
    expect([tested.code, tested.stderr]).toEqual([0, expect.stringContaining('3 checks, 0 failed; its own tests: passed')])
    const packed = await cadre(['plugins', 'pack', 'tip-share'], { cwd })
    expect([packed.code, packed.stdout]).toEqual([0, `${join(cwd, 'tip-share', 'tip-share-0.1.0.hook.json')}\n`])
    const { manifest, lock } = bundleOf('tip-share/tip-share-0.1.0.hook.json')
    expect(manifest).toMatchObject({
      id: 'tip-share',
      runtime: { type: 'code', language: 'javascript' },
      endpoints: [{ path: '/share', effect: 'read' }],
    })
    expect(manifest.runtime.source).not.toContain(cwd)
    expect(lock).toEqual([])
  })
  test('makes one with a lifecycle hook, whose examples are tested as its point has it', async () => {
    expect((await cadre(['plugins', 'new', 'our-names', '--lifecycle'], { cwd })).code).toBe(0)
    const tested = await cadre(['plugins', 'test', 'our-names'], { cwd })
    expect([tested.code, tested.stderr]).toEqual([0, expect.stringContaining('3 checks, 0 failed; its own tests: passed')])
    expect((await cadre(['plugins', 'pack', 'our-names'], { cwd })).code).toBe(0)
    const { manifest } = bundleOf('our-names/our-names-0.1.0.hook.json')
    expect(manifest).toMatchObject({ endpoints: [], lifecycle: { before_message_send: { changes: true, timeout_ms: 1000, required: false } } })
    edit('our-names/index.ts', (text) => text.replace('changes: true', 'changes: false'))
    const { code, stderr } = await cadre(['plugins', 'test', 'our-names'], { cwd })
    expect([code, stderr]).toEqual([1, expect.stringMatching(/before_message_send example 1: .*it changes the message, which needs "changes": true/)])
  })
  test.each([
    ['Not A Name', /must be at most 40 lower-case letters/],
    ['../up', /must be at most 40 lower-case letters/],
    ['taken', /is not empty/],
  ])('%s is refused', async (name, message) => {
    mkdirSync(join(cwd, 'taken'))
    writeFileSync(join(cwd, 'taken', 'mine.txt'), 'mine')
    const { code, stderr } = await cadre(['plugins', 'new', name], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringMatching(message)])
    expect(existsSync(join(cwd, 'up'))).toBe(false)
  })
})

describe('plugins test says what is wrong', () => {
  test.each<[string, string, (text: string) => string, number, RegExp]>([
    [
      'an example that gives something else',
      'index.ts',
      (text) => text.replace('Bo: 333', 'Bo: 3'),
      1,
      /example 1.*gave \{"Ana":334,"Bo":333,"Cy":333\}, not/,
    ],
    ['an input that does not fit', 'index.ts', (text) => text.replace('cents: 1000,', 'cents: -1,'), 1, /example 1.*its input does not fit/],
    [
      'a manifest that says something else',
      'forgehook.json',
      (text) => text.replace('Divides', 'Shares'),
      1,
      /its endpoints or lifecycle hooks differ/,
    ],
    ['a test that fails', 'index.test.ts', (text) => text.replace('cents)', 'cents + 1)'), 1, /its own tests: failed/],
    ['no default export', 'index.ts', (text) => text.replace('export default', 'export const hook ='), 5, /must export defineHook/],
    ['a syntax error', 'index.ts', (text) => `${text}\n}`, 5, /index\.ts: cannot be loaded/],
    [
      'a manifest that is none',
      'forgehook.json',
      (text) => text.replace('"0.1.0"', '"one"'),
      5,
      /forgehook\.json: version: must be a semantic version/,
    ],
  ])('%s', async (_, path, change, exit, message) => {
    await cadre(['plugins', 'new', 'tip-share'], { cwd })
    edit(`tip-share/${path}`, change)
    const { code, stderr } = await cadre(['plugins', 'test', 'tip-share'], { cwd })
    expect([code, stderr]).toEqual([exit, expect.stringMatching(message)])
  })
  test('a folder without a manifest', async () => {
    const { code, stderr } = await cadre(['plugins', 'test'], { cwd })
    expect([code, stderr]).toEqual([2, expect.stringMatching(/there is no forgehook\.json in .*plugins new NAME/)])
  })
})

describe('plugins pack', () => {
  beforeEach(async () => {
    await cadre(['plugins', 'new', 'tip-share'], { cwd })
  })
  test('takes packages along and names them in the lock', async () => {
    const folder = join(cwd, 'tip-share/node_modules/left-over')
    mkdirSync(folder)
    writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'left-over', version: '1.2.3', type: 'module', main: 'index.js' }))
    writeFileSync(join(folder, 'index.js'), 'export const leftOver = (n) => n % 7')
    edit(
      'tip-share/index.ts',
      (text) =>
        `import { leftOver } from 'left-over'\n${text.replace('const left = cents % people.length', 'const left = leftOver(cents) % people.length')}`,
    )
    expect((await cadre(['plugins', 'pack', 'tip-share'], { cwd })).code).toBe(0)
    const { manifest, lock } = bundleOf('tip-share/tip-share-0.1.0.hook.json')
    expect(lock).toEqual([{ name: 'left-over', version: '1.2.3', integrity: null }])
    expect(manifest.runtime.source).toContain('% 7')
  })
  test.each([
    ["import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n", /imports 'node:fs', which the sandbox does not have/],
    ["import { x } from 'no-such-package'\nexport const y = x\n", /cannot be (found|loaded)/],
  ])('refuses what the sandbox has not: %s', async (code, message) => {
    edit('tip-share/index.ts', (text) => code + text)
    const { code: exit, stderr } = await cadre(['plugins', 'pack', 'tip-share'], { cwd })
    expect([exit, stderr]).toEqual([5, expect.stringMatching(message)])
  })
})

describe('plugins install', () => {
  test('sends the file, after what it asks for is approved', async () => {
    const wire = await startWire({ 'plugins.install': () => plugin })
    await cadre(['plugins', 'new', 'tip-share'], { cwd })
    edit('tip-share/forgehook.json', (text) => text.replace('"network": []', '"network": ["api.example.com"]'))
    await cadre(['plugins', 'pack', 'tip-share', '-o', join(cwd, 'x.json')], { cwd })
    const refused = await cadre(['plugins', 'install', 'x.json'], { cwd, url: wire.url })
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringMatching(/it asks for network: api\.example\.com\n.*nothing was installed: say --yes/),
    ])
    expect(await cadre(['plugins', 'install', 'x.json', '--yes'], { cwd, url: wire.url })).toMatchObject({ code: 0, stdout: 'calculator\n' })
    expect(wire.inputOf('plugins.install')).toMatchObject({ checksum: bundleOf('x.json').checksum })
    writeFileSync(join(cwd, 'y.json'), '{"format": "zip"}')
    const broken = await cadre(['plugins', 'install', 'y.json'], { cwd, url: wire.url })
    expect([broken.code, broken.stderr]).toEqual([5, expect.stringMatching(/the file is no packed ForgeHook: format/)])
  })
})

test('plugins search, openapi, refresh and approve', async () => {
  const pending = {
    hash: 'abc',
    seen_at: '2026-01-01T00:00:00.000Z',
    changes: [{ tool: 'say', change: 'changed' as const, description: 'Says more' }],
  }
  const found = {
    tool: 'calculator__calculate',
    plugin: 'calculator',
    path: '/calculate',
    description: 'Evaluates',
    effect: 'read',
    input: {},
    score: 2,
  }
  const wire = await startWire({
    'tools.search': () => ({ items: [found], next_cursor: null }),
    'plugins.importOpenapi': ({ input }) => ({
      plugin: input.preview ? null : plugin,
      operations: [{ operation: 'GET /a', path: '/get_a', description: 'One', effect: 'read', problem: null }],
    }),
    'plugins.refresh': () => ({ ...plugin, pending }),
    'plugins.approve': () => plugin,
  })
  const { url } = wire
  expect((await cadre(['plugins', 'search', 'add', 'numbers'], { url })).stdout).toBe(
    'TOOL                   EFFECT  DESCRIPTION\ncalculator__calculate  read    Evaluates\n',
  )
  expect(wire.inputOf('tools.search')).toEqual({ q: 'add numbers', limit: 10 })
  expect((await cadre(['plugins', 'openapi', 'https://x.test/api', '--preview'], { url })).stdout).toContain('GET /a')
  await cadre(['plugins', 'openapi', 'https://x.test/api', '--id', 'x', '--header', 'Authorization: Bearer t'], { url })
  expect(wire.inputOf('plugins.importOpenapi')).toEqual({
    url: 'https://x.test/api',
    id: 'x',
    headers: { Authorization: 'Bearer t' },
    preview: false,
  })
  const refreshed = await cadre(['plugins', 'refresh', 'remote'], { url })
  expect(refreshed.stdout).toContain('changed  say   Says more')
  expect(refreshed.stderr).toContain('cadre plugins approve remote abc')
  expect((await cadre(['plugins', 'approve', 'remote', 'abc'], { url })).code).toBe(0)
  expect(wire.inputOf('plugins.approve')).toEqual({ id: 'remote', hash: 'abc' })
})
