import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HookHandlers } from '@cadre/contract/forgehook'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { LifecycleHooks } from '@cadre/contract/lifecycle-hooks'
import { HookEndpoint, Manifest } from '@cadre/contract/manifest'
import type { z } from 'zod'
import { InputError, UsageError } from '../cli/exit-codes.ts'
import { linkContract } from './link-contract.ts'

/** What a ForgeHook's code defines. `lifecycle` is not there where it has no such hooks. */
export type Defined = { endpoints: HookEndpoint[]; lifecycle?: LifecycleHooks }
/** A ForgeHook in its author's folder. `defined`: null where it exports plain handlers. */
export type AuthoredHook = { folder: string; manifest: Manifest; handlers: HookHandlers; entry: string; defined: Defined | null }

/** Reads the manifest and imports the code. Throws UsageError or InputError naming the file. */
export async function loadHook(given: string): Promise<AuthoredHook> {
  const folder = resolve(given)
  const manifest = readManifest(folder)
  const { runtime } = manifest
  if (runtime.type !== 'code' && runtime.type !== 'embedded')
    throw new InputError(`forgehook.json: runtime.type: '${runtime.type}' has no code in this folder to work with`)
  const name = runtime.entry ?? './index.ts'
  const entry = join(folder, name)
  if (!existsSync(entry)) throw new InputError(`forgehook.json: runtime.entry: there is no ${name}`)
  linkContract(folder)
  const handlers = await importHandlers(entry, name)
  return { folder, manifest, handlers, entry, defined: definedBy(handlers, name) }
}

function readManifest(folder: string): Manifest {
  const file = join(folder, 'forgehook.json')
  if (!existsSync(file)) throw new UsageError(`there is no forgehook.json in ${folder}; 'cadre plugins new NAME' makes a ForgeHook`)
  let value: unknown
  try {
    value = JSON.parse(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new InputError(`forgehook.json: is not JSON: ${(error as Error).message}`)
  }
  const { data, error } = Manifest.safeParse(value)
  if (data) return data
  throw new InputError(error.issues.map((issue) => `forgehook.json: ${issue.path.join('.') || 'the file'}: ${issue.message}`).join('\n'))
}

async function importHandlers(entry: string, name: string): Promise<HookHandlers> {
  let module: { default?: unknown }
  try {
    module = await import(pathToFileURL(entry).href)
  } catch (error) {
    throw new InputError(`${name}: cannot be loaded: ${(error as Error).message}`)
  }
  const handlers = module.default
  if (typeof handlers !== 'object' || handlers === null || Object.values(handlers).some((each) => typeof each !== 'function'))
    throw new InputError(`${name}: must export defineHook({...}), or handlers by endpoint path, as its default`)
  return handlers as HookHandlers
}

function definedBy(handlers: HookHandlers, name: string): Defined | null {
  const all = Object.entries(handlers).map(([path, handler]) => ({ path, definition: 'definition' in handler ? handler.definition : undefined }))
  if (all.every(({ definition }) => definition === undefined)) return null
  const { hooks = [], endpoints = [] } = Object.groupBy(all, ({ definition }) => (pointOf(definition) === undefined ? 'endpoints' : 'hooks'))
  const lifecycle = Object.fromEntries(hooks.map(({ definition }) => [pointOf(definition), without(definition, 'point')]))
  return {
    endpoints: endpoints.map(({ path, definition }) => parsed(HookEndpoint, definition, `${name}: ${path}`)),
    ...(hooks.length === 0 ? {} : { lifecycle: parsed(LifecycleHooks, lifecycle, `${name}: lifecycle`) }),
  }
}

function pointOf(definition: unknown): string | undefined {
  return typeof definition === 'object' && definition !== null && 'point' in definition ? String(definition.point) : undefined
}

function without(value: unknown, key: string): object {
  return Object.fromEntries(Object.entries(value as object).filter(([name]) => name !== key))
}

function parsed<T>(schema: z.ZodType<T>, value: unknown, where: string): T {
  const { data, error } = schema.safeParse(value)
  if (!error) return data
  throw new InputError(`${where}: ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`)
}

/** Whether the manifest says what the code says. */
export function isUpToDate({ manifest, defined }: AuthoredHook): boolean {
  const { endpoints, lifecycle } = manifest
  return defined === null || canonicalJson(defined) === canonicalJson({ endpoints, ...(lifecycle ? { lifecycle } : {}) })
}

/** Writes what the code defines into forgehook.json. @returns false where there was nothing to do. */
export async function writeEndpoints(folder: string): Promise<boolean> {
  const hook = await loadHook(folder)
  if (isUpToDate(hook)) return false
  const file = join(hook.folder, 'forgehook.json')
  const { lifecycle: _, ...written } = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>
  writeFileSync(file, `${JSON.stringify({ ...written, ...hook.defined }, null, 2)}\n`)
  return true
}
