import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { HookHandlers } from '@cadre/contract/forgehook'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { HookEndpoint, Manifest } from '@cadre/contract/manifest'
import { InputError, UsageError } from '../cli/exit-codes.ts'
import { linkContract } from './link-contract.ts'

/** A ForgeHook in its author's folder. `defined`: the endpoints that its code defines, null where it exports plain handlers. */
export type AuthoredHook = { folder: string; manifest: Manifest; handlers: HookHandlers; entry: string; defined: HookEndpoint[] | null }

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

function definedBy(handlers: HookHandlers, name: string): HookEndpoint[] | null {
  const definitions = Object.values(handlers).map((handler) => ('definition' in handler ? handler.definition : undefined))
  if (definitions.every((each) => each === undefined)) return null
  return definitions.map((each, i) => {
    const { data, error } = HookEndpoint.safeParse(each)
    if (data) return data
    throw new InputError(
      `${name}: ${Object.keys(handlers)[i]}: ${error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('; ')}`,
    )
  })
}

/** Whether the manifest says what the code says. */
export function isUpToDate({ manifest, defined }: AuthoredHook): boolean {
  return defined === null || canonicalJson(defined) === canonicalJson(manifest.endpoints)
}

/** Writes the endpoints that the code defines into forgehook.json. @returns false where there was nothing to do. */
export async function writeEndpoints(folder: string): Promise<boolean> {
  const hook = await loadHook(folder)
  if (isUpToDate(hook)) return false
  const file = join(hook.folder, 'forgehook.json')
  const written = JSON.parse(readFileSync(file, 'utf8')) as object
  writeFileSync(file, `${JSON.stringify({ ...written, endpoints: hook.defined }, null, 2)}\n`)
  return true
}
