import { readFileSync } from 'node:fs'
import type { HookContext, HookHandlers } from '@cadre/contract/forgehook'
import { Manifest } from '@cadre/contract/manifest'
import { ungranted } from '@cadre/contract/ungranted'
import { Ajv } from 'ajv'
import { expect, test } from 'vitest'

export const NOW = Date.UTC(2024, 2, 6, 10)
export const context: HookContext = {
  now: NOW,
  signal: new AbortController().signal,
  idempotencyKey: 'test',
  settings: {},
  log: () => {},
  ...ungranted,
}

/** Tests that the manifest is lawful, that its schemas compile, and that every example does what it says. */
export function testManifest(folder: URL, handlers: HookHandlers) {
  const manifest = Manifest.parse(JSON.parse(readFileSync(new URL('forgehook.json', folder), 'utf8')))
  const ajv = new Ajv({ allErrors: true, allowUnionTypes: true })
  test('every endpoint has a handler, and every handler an endpoint', () => {
    expect(Object.keys(handlers).toSorted()).toEqual(manifest.endpoints.map((endpoint) => endpoint.path).toSorted())
  })
  for (const endpoint of manifest.endpoints) {
    test(`${endpoint.path} describes each property and refuses others`, () => {
      expect(endpoint.effect).toBe('read')
      expect(endpoint.input.additionalProperties).toBe(false)
      const properties = Object.entries(endpoint.input.properties as Record<string, { description?: string }>)
      expect(properties.filter(([, schema]) => !schema.description)).toEqual([])
    })
    for (const [at, example] of (endpoint.examples ?? []).entries()) {
      test(`${endpoint.path} example ${at + 1}: ${example.title}`, async () => {
        const accepts = ajv.compile(endpoint.input)
        accepts(example.input)
        expect(accepts.errors ?? []).toEqual([])
        const output = await handlers[endpoint.path]?.(example.input, context)
        if (example.output !== undefined) expect(output).toEqual(example.output)
        const promises = ajv.compile(endpoint.output ?? {})
        promises(output)
        expect(promises.errors ?? []).toEqual([])
      })
    }
  }
}
