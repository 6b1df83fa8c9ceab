import { expect, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { plugin } from '../test/samples.ts'
import { startWire } from '../test/wire.ts'

test('plugins list and show', async () => {
  const wire = await startWire({ 'plugins.list': () => ({ items: [plugin], next_cursor: null }), 'plugins.get': () => plugin })
  expect((await cadre(['plugins', 'list'], { url: wire.url })).stdout).toBe(
    'ID          VERSION  RUNTIME  TOOLS  DESCRIPTION\ncalculator  1.0.0    bundled      1  Exact arithmetic\n',
  )
  expect((await cadre(['plugins', 'show', 'calculator'], { url: wire.url })).stdout).toBe(
    'Calculator (calculator) 1.0.0, embedded\nExact arithmetic\n\nTOOL                   EFFECT  DESCRIPTION\ncalculator__calculate  read    Evaluates an expression\n',
  )
  expect(JSON.parse((await cadre(['plugins', 'list', '--json'], { url: wire.url })).stdout)).toEqual({ items: [plugin], next_cursor: null })
})

test('plugins add and remove', async () => {
  const wire = await startWire({ 'plugins.add': () => plugin, 'plugins.remove': () => ({ id: 'calculator', deleted: true }) })
  const manifest = {
    id: 'mine',
    name: 'Mine',
    version: '1.0.0',
    runtime: { type: 'http', base_url: 'http://127.0.0.1:9000' },
    endpoints: [{ path: '/do' }],
  }
  expect(await cadre(['plugins', 'add', '-'], { url: wire.url, stdin: JSON.stringify(manifest) })).toEqual({
    code: 0,
    stdout: 'calculator\n',
    stderr: 'Added calculator with 1 tool.\n',
  })
  expect(wire.inputOf('plugins.add')).toMatchObject(manifest)
  expect(await cadre(['plugins', 'remove', 'calculator'], { url: wire.url })).toEqual({
    code: 0,
    stdout: 'calculator\n',
    stderr: 'Removed calculator.\n',
  })
})

test('plugins invoke writes the output of the tool, or what a dry run would do', async () => {
  const answer = { tool: 'calculator__calculate', effect: 'read', output: { value: 84 }, duration_ms: 3 }
  const wire = await startWire({
    'plugins.invoke': ({ input }) => ({ ...answer, dry_run: input.dry_run, would: input.dry_run ? { call: 'x' } : null }),
  })
  expect(await cadre(['plugins', 'invoke', 'calculator__calculate', '{"expression":"12 * 7"}'], { url: wire.url })).toEqual({
    code: 0,
    stdout: '{\n  "value": 84\n}\n',
    stderr: '3 ms\n',
  })
  expect(wire.inputOf('plugins.invoke')).toEqual({ id: 'calculator', path: 'calculate', input: { expression: '12 * 7' }, dry_run: false })
  expect((await cadre(['plugins', 'invoke', 'calculator__calculate', '{}', '--dry-run'], { url: wire.url })).stdout).toBe('{\n  "call": "x"\n}\n')
  const { code, stderr } = await cadre(['plugins', 'invoke', 'calculator__calculate', '[1]'], { url: wire.url })
  expect([code, stderr]).toEqual([5, 'cadre: the input: must be an object with named fields\n'])
  const wrong = await cadre(['plugins', 'invoke', 'calculator'], { url: wire.url })
  expect([wrong.code, wrong.stderr]).toEqual([2, "cadre: the tool: must be like date-utils__parse_dates, not 'calculator'\n"])
})

test('plugins lifecycle shows where a ForgeHook is called, and switches that', async () => {
  const point = { point: 'before_message_send', description: '', order: 100, timeout_ms: 1000, required: true, changes: true }
  const figures = { calls: 12, changed: 3, refused: 0, failed: 1, last_error: 'it took too long', last_failed_at: null }
  const state = (on: boolean, options: object) => ({
    plugin: 'redact',
    points: [{ ...point, on, ...figures }],
    agents: null,
    options,
    options_schema: null,
    switched_by: null,
    switched_at: null,
  })
  const wire = await startWire({
    'plugins.lifecycle': () => state(false, {}),
    'plugins.switchLifecycle': ({ input }) => state(input.points?.length !== 0, input.options ?? {}),
  })
  const run = (...args: string[]) => cadre(['plugins', 'lifecycle', 'redact', ...args], { url: wire.url })
  expect((await run()).stdout).toBe(
    'POINT                ON  CALLS  CHANGED  REFUSED  FAILED  LAST ERROR\nbefore_message_send  no     12        3        0       1  it took too long\n',
  )
  const on = await run('--on', '--agents', 'helper,writer', '--options', '{"email": true}')
  expect(on.stdout).toMatch(/before_message_send {2}yes[^]*\noptions: \{"email":true\}\n$/)
  expect(wire.inputOf('plugins.switchLifecycle')).toEqual({ id: 'redact', agents: ['helper', 'writer'], options: { email: true } })
  await run('--off')
  expect(wire.calls.at(-1)?.input).toMatchObject({ id: 'redact', points: [] })
  const wrong = await run('--on', '--points', 'before_lunch')
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringMatching(/--points: 'before_lunch' is none of before_message_send/)])
  expect((await run('--on', '--off')).code).toBe(2)
})

test('plugins export and import, with an approval of what was seen', async () => {
  const { bundled: _, created_at: __, pending: ___, endpoints, ...manifest } = plugin
  const bare = {
    manifest: { ...manifest, id: 'mine', endpoints: endpoints.map(({ tool: ____, ...endpoint }) => endpoint) },
    secrets: ['authorization'],
  }
  const made = { index: 0, id: 'mine', name: 'Mine', here: 'mine', outcome: 'made', reason: null, asks: [], hash: 'seen', needs: [] }
  const asks = [{ what: 'network', value: 'example.com' }]
  const refused = { ...made, here: null, outcome: 'refused', reason: { code: 'approval_needed', message: 'it asks' }, asks, needs: ['authorization'] }
  const wire = await startWire({
    'plugins.export': () => ({ format: 'cadre-workspace-1', forgehooks: [bare] }),
    'plugins.import': ({ input }) => ({ dry_run: input.dry_run, items: [input.approve.mine === 'seen' ? made : refused] }),
  })
  const out = await cadre(['plugins', 'export'], { url: wire.url })
  expect(JSON.parse(out.stdout)).toEqual({ format: 'cadre-workspace-1', forgehooks: [bare] })
  expect(out.stderr).toContain('given again when it is imported: mine')

  const take = (...args: string[]) => cadre(['plugins', 'import', '-f', '-', ...args], { url: wire.url, stdin: out.stdout })
  const seen = await take('--dry-run')
  expect(seen.code).toBe(5)
  expect(seen.stdout).toMatch(/mine +refused +it asks; asks for network example\.com; needs authorization/)
  expect(seen.stderr).toBe('Would import 0 ForgeHooks; 1 refused.\n')
  const secrets = '{"mine": {"authorization": "Bearer x"}}'
  expect(await take('--approve', 'mine', '--secrets', secrets, '--on-conflict', 'rename')).toMatchObject({
    code: 0,
    stderr: 'Imported 1 ForgeHook.\n',
  })
  expect(wire.inputOf('plugins.import')).toMatchObject({
    on_conflict: 'rename',
    approve: { mine: 'seen' },
    secrets: { mine: { authorization: 'Bearer x' } },
    dry_run: false,
  })
  expect((await take('--approve', 'other')).stderr).toBe("cadre: --approve: the file has no ForgeHook 'other'\n")
  const list = await cadre(['plugins', 'import', '-f', '-'], { url: wire.url, stdin: '[{"name": "a"}]' })
  expect([list.code, list.stderr]).toEqual([5, 'cadre: --file: has no ForgeHooks\n'])
})
