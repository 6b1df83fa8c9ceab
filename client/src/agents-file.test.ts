import type { Agent } from '@cadre/contract/agents'
import { expect, test } from 'vitest'
import { planAgents, readAgentsFile, writeAgentsFile } from './agents-file.ts'
import { agent } from './test/samples.ts'

const withConfig = (name: string, config: object): Agent => ({
  ...agent({ id: `agt_${name}`, slug: name, name }),
  config: { ...agent().config, ...config },
})

test('what was written is read again, and changes nothing where it came from', async () => {
  const known = [withConfig('writer', {}), withConfig('chief', { delegates: ['agt_writer'] })]
  const text = writeAgentsFile(known)
  expect(text).not.toContain('allowed_api_keys')
  expect(JSON.parse(text)[1].config.delegates).toEqual(['writer'])
  const file = await readAgentsFile(text)
  expect(planAgents(file, known).map(({ what }) => what)).toEqual(['same', 'same'])
  expect(planAgents(file, []).map(({ what, id }) => [what, id])).toEqual([
    ['create', null],
    ['create', null],
  ])
})

test('a plan names what would change; fields that are left out do not', async () => {
  const file = await readAgentsFile('name: writer\nsystem_prompt: Other words\nconfig:\n  max_steps: 3\n  max_tokens: 4096\n')
  const [planned] = planAgents(file, [withConfig('writer', { max_steps: 10, max_tokens: 4096 })])
  expect(planned).toMatchObject({ what: 'change', id: 'agt_writer', changed: ['system_prompt', 'config.max_steps'] })
})

test.each([
  ['[1]', '[0]: must be the fields of an agent'],
  ['{"system_prompt": "x"}', 'name: is required'],
  ['[{"name": "a"}, {"name": " "}]', '[1]: name: is required'],
  ['{"name": ', 'JSON'],
  ['a: [', 'Flow sequence'],
])('%s is refused', async (text, message) => {
  await expect(readAgentsFile(text)).rejects.toThrow(message)
})
