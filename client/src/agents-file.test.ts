import type { Agent } from '@cadre/contract/agents'
import { expect, test } from 'vitest'
import { planAgents } from './agents-file.ts'
import { agent } from './test/samples.ts'
import { readWorkspaceFile, withRenamedTools, writeWorkspaceFile } from './workspace-file.ts'

const withConfig = (name: string, config: object): Agent => ({
  ...agent({ id: `agt_${name}`, slug: name, name }),
  config: { ...agent().config, ...config },
})

test('what was written is read again, and changes nothing where it came from', async () => {
  const known = [withConfig('writer', {}), withConfig('chief', { delegates: ['agt_writer'] })]
  const text = writeWorkspaceFile(known, [])
  expect(text).not.toContain('allowed_api_keys')
  expect(JSON.parse(text).agents[1].config.delegates).toEqual(['writer'])
  const { agents: file } = await readWorkspaceFile(text)
  expect(planAgents(file, known).map(({ what }) => what)).toEqual(['same', 'same'])
  expect(planAgents(file, []).map(({ what, id }) => [what, id])).toEqual([
    ['create', null],
    ['create', null],
  ])
})

test('a plan names what would change; fields that are left out do not', async () => {
  const { agents: file } = await readWorkspaceFile('name: writer\nsystem_prompt: Other words\nconfig:\n  max_steps: 3\n  max_tokens: 4096\n')
  const [planned] = planAgents(file, [withConfig('writer', { max_steps: 10, max_tokens: 4096 })])
  expect(planned).toMatchObject({ what: 'change', id: 'agt_writer', changed: ['system_prompt', 'config.max_steps'] })
})

test.each([
  ['[1]', '[0]: must be the fields of an agent'],
  ['{"system_prompt": "x"}', 'name: is required'],
  ['[{"name": "a"}, {"name": " "}]', '[1]: name: is required'],
  ['{"name": ', 'JSON'],
  ['a: [', 'Flow sequence'],
  ['{"format": "cadre-workspace-2"}', 'format: must be cadre-workspace-1'],
  ['{"format": "cadre-hook-1"}', 'plugins install'],
  ['{"format": "cadre-workspace-1", "secrets": []}', 'secrets: there is no such part'],
  ['{"format": "cadre-workspace-1", "forgehooks": [[]]}', 'forgehooks: must be a list'],
  ['{"format": "cadre-workspace-1", "agents": {}}', 'agents: must be a list'],
])('%s is refused', async (text, message) => {
  await expect(readWorkspaceFile(text)).rejects.toThrow(message)
})

test('ForgeHooks stand beside agents in one file; a list of agents is a file, too', async () => {
  const forgehook = { manifest: { id: 'mine' } }
  const file = await readWorkspaceFile(JSON.stringify({ format: 'cadre-workspace-1', agents: [{ name: 'a' }], forgehooks: [forgehook] }))
  expect(file).toEqual({ agents: [{ name: 'a' }], forgehooks: [forgehook] })
  expect(await readWorkspaceFile('[{"name": "a"}]')).toEqual({ agents: [{ name: 'a' }], forgehooks: [] })
})

test('tools of a ForgeHook that has another id here go with it', () => {
  const ids = new Map([['mail', 'mail-2']])
  const fields = { name: 'a', tools: ['mail', 'mail__send', 'mail-box__send', 'calculator', 7] }
  expect(withRenamedTools(fields, ids)).toEqual({ name: 'a', tools: ['mail-2', 'mail-2__send', 'mail-box__send', 'calculator', 7] })
  expect(withRenamedTools({ name: 'a' }, ids)).toEqual({ name: 'a' })
})
