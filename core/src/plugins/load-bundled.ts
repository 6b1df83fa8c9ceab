import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { Manifest } from '@cadre/contract/manifest'
import { checkManifest, checkSchemas, needEndpoints } from './check-manifest.ts'

/** A ForgeHook that is installed as a folder. */
export type BundledPlugin = { manifest: Manifest; folder: URL }

/**
 * @param folders the first holds Cadre's own, whose tests compile their schemas; those of the others are compiled now.
 *
 * Reads every sub-folder that has a forgehook.json. One that is broken is left out and said in the log by its folder and reason: it must
 * not keep the others, or the server, from starting.
 */
export function loadBundled(folders: string[], log: { error: (context: object, message: string) => void }): BundledPlugin[] {
  const plugins = new Map<string, BundledPlugin>()
  for (const { folder, own } of folders.flatMap((each, i) => subFolders(each).map((folder) => ({ folder, own: i === 0 })))) {
    try {
      const plugin = load(folder)
      if (!own) checkSchemas(plugin.manifest)
      const { id } = plugin.manifest
      if (plugins.has(id)) throw new Error(`a ForgeHook with the id '${id}' is already loaded`)
      plugins.set(id, plugin)
    } catch (err) {
      log.error({ err, folder }, `the ForgeHook in ${folder} is broken and was left out: ${(err as Error).message}`)
    }
  }
  return [...plugins.values()]
}

function load(path: string): BundledPlugin {
  const { data: manifest, error } = Manifest.safeParse(JSON.parse(readFileSync(join(path, 'forgehook.json'), 'utf8')))
  if (error) throw new Error(error.issues.map((issue) => `${issue.path.join('.') || 'forgehook.json'}: ${issue.message}`).join('; '))
  checkManifest(manifest)
  needEndpoints(manifest)
  const folder = pathToFileURL(`${path}/`)
  const entry = entryOf(manifest)
  if (entry !== null && !existsSync(fileURLToPath(new URL(entry, folder)))) throw new Error(`runtime.entry: there is no ${entry}`)
  return { manifest, folder }
}

function entryOf({ runtime }: Manifest): string | null {
  if (runtime.type === 'embedded') return runtime.entry
  return runtime.type === 'code' && runtime.source === undefined ? (runtime.entry ?? './index.ts') : null
}

function subFolders(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`the folder of ForgeHooks ${folder} does not exist`)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'forgehook.json')))
    .map((entry) => join(folder, entry.name))
    .sort()
}
