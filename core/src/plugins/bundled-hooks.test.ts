import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { loadBundled } from './load-bundled.ts'
import { lifecycleOf } from '@cadre/contract/lifecycle-hooks'
import { checkSchemas } from './check-manifest.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, owner } from '../test/world.ts'

const bundledHooks = fileURLToPath(new URL('../../../forgehooks/', import.meta.url))
/** The moment at which the examples of the manifests are true. */
const now = Date.UTC(2024, 2, 6, 10)
const plugins = loadBundled([bundledHooks], {
  error: (_, message) => {
    throw new Error(message)
  },
})
let world: Awaited<ReturnType<typeof newWorld>>
beforeAll(async () => {
  world = await newWorld({ work: false, now: () => now })
})
afterAll(() => world.close())

test('every bundled ForgeHook of requirement R9 is there, and the two examples of lifecycle hooks', () => {
  const ids = plugins.map(({ manifest }) => manifest.id)
  const r9 = 'calculator data-transform database-query date-utils file-reader formula-engine http-fetch json-utils text-utils web-search'
  expect(ids).toEqual([...r9.split(' '), 'date-and-language', 'redact'].toSorted())
  expect(readdirSync(bundledHooks).filter((name) => name.includes('-') && !name.includes('.'))).toEqual(ids.filter((id) => id.includes('-')))
})

// Each hook's own tests call its handlers; here the same goes through threads, schemas and JSON, as a caller's request does.
describe.each(plugins.map(({ manifest }) => [manifest.id, manifest] as const))('%s', (id, manifest) => {
  test('has schemas that compile', () => checkSchemas(manifest))

  for (const { point, hook } of lifecycleOf(manifest))
    test(`does at ${point} what its examples say`, async () => {
      const offered = (await world.app.hooks.lifecycleOf('default', [id])).get(id)
      const tool = offered?.find((each) => each.point === point)?.tool
      if (!tool) throw new Error('it is not offered')
      for (const { input, output = null } of hook.examples ?? []) {
        const { signal } = new AbortController()
        const said = await world.app.hooks.invoke({ tool, workspace_id: 'default', input, idempotency_key: 'k', run_id: null, now, signal })
        expect(said ?? null).toEqual(output)
      }
    })

  const examples = manifest.endpoints.flatMap(({ path, examples: given = [] }) => given.map((example, i) => ({ path, i: i + 1, ...example })))
  test.each(
    examples.filter(
      (each) =>
        each.output !== undefined &&
        !['file-reader', 'http-fetch', 'web-search'].includes(id) &&
        !/"(file|files|path)":/.test(JSON.stringify(each.input)),
    ),
  )('$path example $i', async ({ path, input, output }) => {
    const answer = await world.api.plugins.invoke(owner, {
      id,
      path: path.slice(1).replaceAll('/', '_'),
      input: input as Record<string, unknown>,
      dry_run: false,
    })
    expect(answer.output).toEqual(output)
  })
})
