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
