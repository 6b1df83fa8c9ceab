import { fileURLToPath } from 'node:url'
import { Manifest, type ManifestInput } from '@cadre/contract/manifest'
import { expect, test } from 'vitest'
import { checkManifest } from './check-manifest.ts'
import { labelsOf } from './data-labels.ts'
import { loadBundled } from './load-bundled.ts'

const http = { type: 'http' as const, base_url: 'https://api.example.org' }
const code = { type: 'code' as const, source: 'export default {}' }
const container = { type: 'container' as const, image: 'x' }
const mcp = { type: 'mcp' as const, transport: { type: 'stdio' as const, command: 'x' } }

function labels(runtime: ManifestInput['runtime'], permissions: ManifestInput['permissions'] = {}, said: object = {}) {
  const manifest = Manifest.parse({ id: 'a', name: 'A', version: '1.0.0', runtime, permissions, endpoints: [{ path: '/a', ...said }] })
  checkManifest(manifest)
  return labelsOf(manifest, manifest.endpoints[0]!)
}

test.each([
  ['an HTTP service', http, {}, ['untrusted'], true],
  ['an MCP server', mcp, {}, ['untrusted'], true],
  ['code', code, {}, [], false],
  ['code with a network', code, { network: ['example.org'] }, [], true],
  ['a container', container, {}, [], false],
  ['a container with a network', container, { network: ['*'] }, [], true],
])('what %s stands for where its manifest says nothing', (_, runtime, permissions, reads, leaves_machine) => {
  expect(labels(runtime, permissions)).toEqual({ approval: 'never', reads, leaves_machine })
})

test('what may read files or databases of the operator reads private data', () => {
  const [embedded] = loadBundled([fileURLToPath(new URL('../../../forgehooks/', import.meta.url))], { error: () => {} })
  for (const permissions of [{ files: ['*'] }, { databases: ['sales'] }]) {
    const manifest = Manifest.parse({ ...embedded!.manifest, permissions })
    expect(labelsOf(manifest, manifest.endpoints[0]!)).toMatchObject({ reads: ['private'], leaves_machine: false })
  }
})

test('what a manifest says holds', () => {
  const said = { approval: 'always', reads: [], leaves_machine: false }
  expect(labels(http, {}, said)).toEqual(said)
})

test('what only reads cannot be asked about each time', () => {
  const refused = expect.objectContaining({
    code: 'INVALID',
    issues: [{ path: 'endpoints[0].approval', message: expect.stringContaining(`'read'`) }],
  })
  expect(() => labels(http, {}, { effect: 'read', approval: 'always' })).toThrow(refused)
})

test('the bundled ForgeHooks: files and databases are private, the web is foreign and far away, the rest is neither', () => {
  const bundled = loadBundled([fileURLToPath(new URL('../../../forgehooks/', import.meta.url))], { error: () => {} })
  const said = bundled.flatMap(({ manifest }) =>
    manifest.endpoints.map((endpoint) => {
      const { approval, reads, leaves_machine } = labelsOf(manifest, endpoint)
      return `${manifest.id} ${approval} ${reads.join()} ${leaves_machine}`
    }),
  )
  expect([...new Set(said)]).toEqual([
    'calculator never  false',
    'data-transform never  false',
    'database-query never private false',
    'date-utils never  false',
    'file-reader never private false',
    'formula-engine never  false',
    'http-fetch never untrusted true',
    'json-utils never  false',
    'redact never  false',
    'text-utils never  false',
    'web-search never untrusted true',
  ])
})
