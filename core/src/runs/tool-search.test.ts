import { afterEach, describe, expect, test } from 'vitest'
import { Manifest } from '@cadre/contract/manifest'
import { newWorld, owner } from '../test/world.ts'
import { rankTools } from '../tools/rank-tools.ts'

const worlds: Awaited<ReturnType<typeof newWorld>>[] = []
afterEach(async () => {
  await Promise.all(worlds.splice(0).map((world) => world.close()))
})

async function worldWithTools(count: number) {
  const world = await newWorld()
  worlds.push(world)
  const endpoints = Array.from({ length: count }, (_, i) => ({
    path: `/thing_${i}`,
    description: `Looks up thing number ${i}`,
    effect: 'read' as const,
  }))
  await world.api.plugins.add(
    owner,
    Manifest.parse({
      id: 'many',
      name: 'Many',
      version: '1.0.0',
      runtime: { type: 'http', base_url: world.effects.url },
      permissions: { network: [new URL(world.effects.url).host] },
      endpoints,
    }),
  )
  return world
}
const toolNames = (request: { tools?: { function: { name: string } }[] }) => (request.tools ?? []).map((tool) => tool.function.name)

describe('an agent with more than 40 tools', () => {
  test('is shown a search, then what it found; the calls are journaled like all others', async () => {
    const world = await worldWithTools(60)
    const shown: string[][] = []
    world.says((request, n) => {
      shown.push(toolNames(request))
      if (n === 1) return { calls: [{ tool: 'tools__search', input: { query: 'evaluate an arithmetic expression', limit: 3 } }] }
      if (n === 2) return { calls: [{ tool: 'calculator__calculate', input: { expression: '12 / 3' } }] }
      return { text: 'It is 4.' }
    })
    const agent = await world.agent({ tools: ['many', 'calculator'] })
    const run = await world.run(agent, { input: 'Divide twelve by three' })
    expect(run).toMatchObject({ status: 'completed', output_text: 'It is 4.' })
    expect(shown[0]).toEqual(['tools__search'])
    expect(shown[1]).toContain('calculator__calculate')
    expect(shown[1]?.length).toBeLessThanOrEqual(4)
    expect(shown[2]).toContain('calculator__calculate')
    expect(run.steps.map(({ tool, action, error }) => [tool, action, error])).toEqual([
      ['tools', 'search', null],
      ['calculator', 'calculate', null],
    ])
  })

  test('a search that is asked wrongly, or finds nothing, says so', async () => {
    const world = await worldWithTools(41)
    world.says((_, n) => {
      if (n === 1) return { calls: [{ tool: 'tools__search', input: {} }] }
      if (n === 2) return { calls: [{ tool: 'tools__search', input: { query: 'xyzzy' } }] }
      return { text: 'No.' }
    })
    const run = await world.run(await world.agent({ tools: ['many'] }))
    expect(run.steps.map(({ error, output }) => error ?? output)).toEqual([
      'query: is required, in plain words',
      { tools: [], hint: 'nothing fits these words; try others' },
    ])
  })

  test('with 40 tools all are shown', async () => {
    const world = await worldWithTools(40)
    const shown: string[][] = []
    world.says((request) => {
      shown.push(toolNames(request))
      return { text: 'Done.' }
    })
    await world.run(await world.agent({ tools: ['many'] }))
    expect(shown[0]).toHaveLength(40)
  })
})

describe('tools are found by what they do', () => {
  test.each([
    ['parse a date into ISO format', 'date-utils__'],
    ['turn CSV into JSON', 'data-transform__csv_to_json'],
    ['percent of a number', 'calculator__percentage'],
    ['compare two JSON documents', 'json-utils__diff'],
    ['time zones', 'date-utils__convert_zone'],
    ['join two tables', 'data-transform__join'],
  ])('%s', async (question, expected) => {
    const world = await newWorld({ work: false })
    worlds.push(world)
    const { items } = await world.api.tools.search(owner, { q: question, limit: 3 })
    expect(items.some(({ tool }) => tool.startsWith(expected))).toBe(true)
  })
  test('words that no tool has find none', () => {
    expect(rankTools([{ name: 'a__b', description: 'c', input: {} }], 'zzz', 5)).toEqual([])
  })
})
