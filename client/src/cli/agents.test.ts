import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { agent } from '../test/samples.ts'
import { startWire } from '../test/wire.ts'

function folder(files: Record<string, string | Uint8Array>) {
  const cwd = mkdtempSync(join(tmpdir(), 'cadre-cli-'))
  onTestFinished(() => rmSync(cwd, { recursive: true }))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(cwd, name), content)
  return cwd
}

test('list: an aligned table of at most 100 columns', async () => {
  const second = agent({ slug: 'a-much-longer-slug', name: 'Długa nazwa 日本語', tools: Array.from({ length: 20 }, (_, i) => `tool-${i}`) })
  const wire = await startWire({ 'agents.list': () => ({ items: [agent(), second], next_cursor: 'c2' }) })
  const { code, stdout, stderr } = await cadre(['agents', 'list', '--limit', '2', '--cursor', 'c1'], { url: wire.url, env: { TZ: 'UTC' } })
  expect(code).toBe(0)
  expect(wire.inputOf('agents.list')).toEqual({ limit: 2, cursor: 'c1' })
  expect(stdout).toBe(
    [
      'SLUG                NAME                MODEL            TOOLS                      CHANGED',
      'helper              Helper              builtin/planner  calculator                 2024-03-05 10:15',
      'a-much-longer-slug  Długa nazwa 日本語  builtin/planner  tool-0 tool-1 tool-2 too…  2024-03-05 10:15',
      '',
    ].join('\n'),
  )
  expect(stderr).toBe('There are more: --cursor c2\n')
})

test('list --json: the page as the server gave it; an empty one leaves stdout to the data', async () => {
  const wire = await startWire({ 'agents.list': () => ({ items: [], next_cursor: null }) })
  expect(await cadre(['agents', 'list'], { url: wire.url })).toMatchObject({
    code: 0,
    stdout: '',
    stderr: expect.stringContaining('cadre agents create'),
  })
  expect(JSON.parse((await cadre(['--json', 'agents', 'list'], { url: wire.url })).stdout)).toEqual({ items: [], next_cursor: null })
})

test('get: what there is to know; control characters of others do not reach the terminal', async () => {
  const wire = await startWire({ 'agents.get': () => agent({ description: 'a\u001b[31mred\u0007 \nword' }) })
  const { code, stdout } = await cadre(['agents', 'get', 'helper'], { url: wire.url })
  expect(code).toBe(0)
  expect(stdout).toContain('Description  ared word\n')
  expect(stdout).toContain('Config       max_steps=10 max_tokens=4096')
  expect(stdout.endsWith('\n\nYou help with numbers.\n')).toBe(true)
  expect(JSON.parse((await cadre(['agents', 'get', 'helper', '--json'], { url: wire.url })).stdout)).toMatchObject({ slug: 'helper' })
})

test('create from options', async () => {
  const wire = await startWire({ 'agents.create': ({ input }) => agent(input) })
  const args = [
    '--name',
    'Helper',
    '--prompt',
    'You help.',
    '--tools',
    'calculator,date-utils',
    '--tools',
    'json-utils',
    '--config',
    'max_steps=5',
    '--config',
    'temperature=0',
    '--schema',
    '{"type":"object"}',
    '--public',
  ]
  const { code, stdout, stderr } = await cadre(['agents', 'create', ...args], { url: wire.url })
  expect([code, stdout]).toEqual([0, 'helper\n'])
  expect(stderr).toBe("Made agent Helper. Try: cadre run helper '...'\n")
  expect(wire.inputOf('agents.create')).toMatchObject({
    name: 'Helper',
    system_prompt: 'You help.',
    tools: ['calculator', 'date-utils', 'json-utils'],
    config: { max_steps: 5, temperature: 0 },
    output_schema: { type: 'object' },
    is_public: true,
  })
})

test('create from a YAML file, with options over it and the prompt from a file', async () => {
  const wire = await startWire({ 'agents.create': ({ input }) => agent(input) })
  const cwd = folder({
    'agent.yaml': '\ufeffname: Helper\nsystem_prompt: |\n  Old.\nconfig:\n  max_steps: 3\n  max_retries: 1\n',
    'prompt.md': 'New prompt.\n',
  })
  const { code } = await cadre(['agents', 'create', '-f', 'agent.yaml', '--prompt-file', 'prompt.md', '--config', 'max_steps=7'], {
    url: wire.url,
    cwd,
  })
  expect(code).toBe(0)
  expect(wire.inputOf('agents.create')).toMatchObject({ name: 'Helper', system_prompt: 'New prompt.', config: { max_steps: 7, max_retries: 1 } })
})

test('create from standard input takes what `agents get --json` wrote', async () => {
  const wire = await startWire({ 'agents.create': ({ input }) => agent(input) })
  const { code } = await cadre(['agents', 'create', '-f', '-', '--name', 'Copy'], { url: wire.url, stdin: JSON.stringify(agent()) })
  expect(code).toBe(0)
  expect(wire.inputOf('agents.create')).toMatchObject({ name: 'Copy', system_prompt: 'You help with numbers.' })
})

test('apply makes what is new and changes what has the name, also on a later page', async () => {
  const wire = await startWire({
    'agents.list': ({ input }) => (input.cursor ? { items: [agent()], next_cursor: null } : { items: [agent({ name: 'Other' })], next_cursor: 'c2' }),
    'agents.create': ({ input }) => agent({ ...input, slug: 'new-one' }),
    'agents.update': () => agent(),
  })
  const stdin = '- name: Helper\n  system_prompt: Changed.\n- name: New one\n  system_prompt: New.\n'
  const { code, stdout, stderr } = await cadre(['agents', 'apply', '-f', '-'], { url: wire.url, stdin })
  expect([code, stdout, stderr]).toEqual([0, 'helper\nnew-one\n', 'Changed agent Helper.\nMade agent New one.\n'])
  expect(wire.inputOf('agents.update')).toEqual({ idOrSlug: 'agt_1', name: 'Helper', system_prompt: 'Changed.' })
  const one = await cadre(['agents', 'apply', '-f', '-', '--json'], { url: wire.url, stdin: '{"name":"Helper"}' })
  expect(JSON.parse(one.stdout)).toMatchObject({ slug: 'helper', made: false })
})

test('delete needs the name and asks nothing', async () => {
  const wire = await startWire({ 'agents.delete': () => ({ id: 'agt_1', deleted: true }) })
  expect(await cadre(['agents', 'delete', 'helper'], { url: wire.url })).toEqual({ code: 0, stdout: 'agt_1\n', stderr: 'Deleted agent helper.\n' })
  expect(wire.inputOf('agents.delete')).toEqual({ idOrSlug: 'helper' })
})

test.each([
  ['{"name": ', /^cadre: --file: standard input is not JSON: /],
  ['name: [', /^cadre: --file: standard input is neither JSON nor YAML: /],
  ['just words', /^cadre: --file: must be the fields of an agent/],
  [' \n', /^cadre: --file: standard input is empty/],
  [Buffer.from([0x6e, 0xff, 0xfe]), /^cadre: --file: standard input is not UTF-8 text/],
  ['system_prompt: x', /^cadre: name: is required/],
])('a file that is not usable is exit code 5: %j', async (stdin, message) => {
  const { code, stdout, stderr } = await cadre(['agents', 'apply', '-f', '-'], { stdin })
  expect(stderr).toMatch(message)
  expect([code, stdout]).toEqual([5, ''])
})
