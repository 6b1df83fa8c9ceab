import { readFileSync } from 'node:fs'
import type { HookContext, HookHandlers } from '@cadre/contract/forgehook'
import { lifecycleOf } from '@cadre/contract/lifecycle-hooks'
import { lifecycleInput, lifecycleOutput } from '@cadre/contract/lifecycle'
import { Manifest } from '@cadre/contract/manifest'
import { ungranted } from '@cadre/contract/ungranted'
import { Ajv, type ValidateFunction } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { expect, test } from 'vitest'

/** 2024-03-06T10:00:00Z, the `now` of every example. */
export const NOW = Date.UTC(2024, 2, 6, 10)

/** Without permissions; `more` brings what the handler under test needs. */
export function testContext(more: Partial<HookContext> = {}): HookContext {
  return { now: NOW, signal: new AbortController().signal, idempotencyKey: 'test', settings: {}, log: () => {}, ...ungranted, ...more } as HookContext
}

export function readManifest(folder: URL): Manifest {
  return Manifest.parse(JSON.parse(readFileSync(new URL('forgehook.json', folder), 'utf8')))
}

/** Compiles in both drafts that a manifest may be written in, so that a schema cannot lean on one of them. */
function compile(schema: Record<string, unknown>): ValidateFunction {
  const options = { allErrors: true, allowUnionTypes: true }
  new Ajv2020(options).compile(schema)
  return new Ajv(options).compile(schema)
}

function expectValid(validate: ValidateFunction, value: unknown) {
  validate(value)
  expect(validate.errors ?? []).toEqual([])
}

/** Every property, however deep, that a model may fill and that nobody described. */
function undescribed(schema: unknown, at = ''): string[] {
  if (typeof schema !== 'object' || schema === null) return []
  if (Array.isArray(schema)) return schema.flatMap((item, index) => undescribed(item, `${at}/${index}`))
  return Object.entries(schema).flatMap(([key, value]) => {
    if (key !== 'properties') return key === 'description' || key === 'enum' ? [] : undescribed(value, `${at}/${key}`)
    return Object.entries(value as Record<string, { description?: string }>).flatMap(([name, property]) => [
      ...(property.description ? [] : [`${at}/${name}`]),
      ...undescribed(property, `${at}/${name}`),
    ])
  })
}

/**
 * Calls an endpoint as the runtime does: the input must pass the endpoint's schema, and the answer must survive JSON
 * and pass the output schema. What it returns has been through JSON.
 */
export function caller(folder: URL, handlers: HookHandlers) {
  const call = checkedCalls(folder, handlers)
  // oxlint-disable-next-line typescript/no-explicit-any -- an answer has the type of whatever the test looks at
  return async (path: string, input: unknown, context?: HookContext): Promise<any> => {
    const { output, checked } = call(path, input, context)
    return checked(await output)
  }
}

/** The same for endpoints that answer without waiting for anything. */
export function syncCaller(folder: URL, handlers: HookHandlers) {
  const call = checkedCalls(folder, handlers)
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  return (path: string, input: unknown, context?: HookContext): any => {
    const { output, checked } = call(path, input, context)
    return checked(output)
  }
}

function checkedCalls(folder: URL, handlers: HookHandlers) {
  const { endpoints } = readManifest(folder)
  const compiled = new Map(endpoints.map(({ path, input, output }) => [path, { input: compile(input), output: compile(output ?? {}) }]))
  return (path: string, input: unknown, context: HookContext = testContext()) => {
    const endpoint = compiled.get(path)
    const handler = handlers[path]
    if (!endpoint || !handler) throw new Error(`no endpoint ${path}`)
    expectValid(endpoint.input, input)
    const checked = (output: unknown): unknown => {
      const sent: unknown = JSON.parse(JSON.stringify(output))
      expect(output).toEqual(sent)
      expectValid(endpoint.output, sent)
      return sent
    }
    return { output: handler(input, context), checked }
  }
}

/**
 * The test that every bundled hook has: the manifest is lawful, each endpoint has a handler and the reverse, the schemas
 * compile and describe every property, unknown fields are refused, and each example gives what it says.
 * `context`: with what the examples need of the ways out.
 */
export function testExamples(folder: URL, handlers: HookHandlers, context?: HookContext) {
  const manifest = readManifest(folder)
  const call = caller(folder, handlers)

  const points = lifecycleOf(manifest)

  test('every endpoint and lifecycle hook has a handler, and every handler is one', () => {
    const paths = [...manifest.endpoints.map((endpoint) => endpoint.path), ...points.map(({ point }) => `/${point}`)]
    expect(Object.keys(handlers).toSorted()).toEqual(paths.toSorted())
    if (manifest.options) expect(undescribed(manifest.options)).toEqual([])
  })

  for (const { point, hook } of points)
    test(`${point} is described and does what its examples say`, async () => {
      expect(hook.description.length).toBeGreaterThan(20)
      expect(hook.examples?.length).toBeGreaterThan(0)
      for (const { input, output } of hook.examples ?? []) {
        expect(lifecycleInput[point].safeParse(input).error?.issues ?? []).toEqual([])
        if (manifest.options) expectValid(compile(manifest.options), (input as { options: unknown }).options)
        const said: unknown = JSON.parse(JSON.stringify((await handlers[`/${point}`]?.(input, context ?? testContext())) ?? null))
        expect(lifecycleOutput[point].safeParse(said).error?.issues ?? []).toEqual([])
        expect(said).toEqual(output)
      }
    })

  for (const endpoint of manifest.endpoints) {
    test(`${endpoint.path} is described, strict and shown by example`, () => {
      expect(endpoint.description.length).toBeGreaterThan(20)
      expect(undescribed(endpoint.input)).toEqual([])
      expect(endpoint.input.additionalProperties).toBe(false)
      expect(endpoint.output).toBeDefined()
      expect(endpoint.examples?.length).toBeGreaterThan(0)
      const validate = compile(endpoint.input)
      expect(validate({ no_such_field: 1 })).toBe(false)
    })

    for (const [index, example] of (endpoint.examples ?? []).entries()) {
      test(`${endpoint.path} example ${index + 1}${example.title ? `: ${example.title}` : ''}`, async () => {
        const output = await call(endpoint.path, example.input, context)
        if (example.output !== undefined) expect(output).toEqual(example.output)
      })
    }
  }
}
