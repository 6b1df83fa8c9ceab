import { createHash } from 'node:crypto'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { canonicalJson } from '@cadre/contract/canonical-json'
import { Manifest } from '@cadre/contract/manifest'
import type { HookBundle } from '@cadre/contract/plugins'
import { InputError } from '../cli/exit-codes.ts'
import { loadHook, writeEndpoints } from './load-hook.ts'

/** Resolved by the sandbox itself. */
const given = '@cadre/contract/forgehook'

/** Puts a ForgeHook with all it imports into one file, `<id>-<version>.hook.json`. */
export async function packHook(folder: string, file?: string): Promise<{ file: string; bundle: HookBundle; wrote: boolean }> {
  const wrote = await writeEndpoints(folder)
  const hook = await loadHook(folder)
  const { source, packages } = await bundleSource(hook.entry)
  const manifest = Manifest.parse({
    ...hook.manifest,
    ...hook.defined,
    runtime: { type: 'code', language: 'javascript', source },
  })
  const lock = packages.map((path) => lockEntry(hook.folder, path))
  const bundle: HookBundle = { format: 'cadre-hook-1', manifest, lock, checksum: checksumOf({ manifest, lock }) }
  const target = file ?? join(hook.folder, `${manifest.id}-${manifest.version}.hook.json`)
  writeFileSync(target, `${JSON.stringify(bundle, null, 2)}\n`)
  return { file: target, bundle, wrote }
}

/** SHA-256 of the JSON with its keys in order; the server works it out anew. */
export function checksumOf(contents: Pick<HookBundle, 'manifest' | 'lock'>): string {
  return createHash('sha256').update(canonicalJson(contents)).digest('hex')
}

async function bundleSource(entry: string): Promise<{ source: string; packages: string[] }> {
  const { rolldown } = await import('rolldown')
  const missing: string[] = []
  const build = await rolldown({
    input: entry,
    platform: 'neutral',
    resolve: { mainFields: ['module', 'main'], conditionNames: ['import', 'default'] },
    external: (id) => id === given,
    onLog: (level, log, handle) => {
      if (log.code === 'UNRESOLVED_IMPORT') missing.push(log.message.split('\n')[0] ?? '')
      else if (level === 'warn') handle('warn', log)
    },
  })
  const { output } = await build.generate({ format: 'esm', minify: false })
  await build.close()
  const [chunk] = output
  const outside = output.flatMap((each) => (each.type === 'chunk' ? [...each.imports, ...each.dynamicImports] : [])).filter((name) => name !== given)
  const builtin = outside.find((name) => name.startsWith('node:'))
  if (builtin)
    throw new InputError(`the code imports '${builtin}', which the sandbox does not have; use the context it is given (fetch, files, sql, store)`)
  if (missing.length > 0 || outside.length > 0) throw new InputError(`the code imports what cannot be found: ${missing[0] ?? outside.join(', ')}`)
  const modules = Object.keys(chunk.modules).filter((path) => path.includes('node_modules'))
  return { source: chunk.code, packages: [...new Set(modules.map(packageFolder))] }
}

function packageFolder(module: string): string {
  let at = dirname(module)
  while (!existsSync(join(at, 'package.json')) || !('version' in readJson(join(at, 'package.json')))) at = dirname(at)
  return at
}

function lockEntry(folder: string, path: string): HookBundle['lock'][number] {
  const { name, version } = readJson(join(path, 'package.json')) as { name: string; version: string }
  const lockFile = join(folder, 'package-lock.json')
  const packages = existsSync(lockFile) ? (readJson(lockFile)['packages'] as Record<string, { integrity?: string }> | undefined) : undefined
  const at = path.slice(path.lastIndexOf('node_modules'))
  return { name, version, integrity: packages?.[at]?.integrity ?? null }
}

function readJson(path: string): Record<string, unknown> {
  return JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>
}
