import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Manifest } from '@cadre/contract/forgehook'
import { checkManifest } from './check-manifest.ts'

/** A ForgeHook that is installed as a folder. */
export type BundledPlugin = { manifest: Manifest; folder: URL }

/**
 * Reads every sub-folder that has a forgehook.json. One that is broken is left out and said in the log by its folder and reason: it must
 * not keep the others, or the server, from starting.
 */
export function loadBundled(folders: string[], log: { error: (context: object, message: string) => void }): BundledPlugin[] {
  const plugins = new Map<string, BundledPlugin>()
  for (const folder of folders.flatMap(subFolders)) {
    try {
      const manifest = Manifest.parse(JSON.parse(readFileSync(join(folder, 'forgehook.json'), 'utf8')))
      checkManifest(manifest)
      if (plugins.has(manifest.id)) throw new Error(`a ForgeHook with the id '${manifest.id}' is already loaded`)
      plugins.set(manifest.id, { manifest, folder: pathToFileURL(`${folder}/`) })
    } catch (err) {
      log.error({ err, folder }, `ForgeHook in ${folder} is broken and was left out`)
    }
  }
  return [...plugins.values()]
}

function subFolders(folder: string): string[] {
  if (!existsSync(folder)) throw new Error(`the folder of ForgeHooks ${folder} does not exist`)
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, 'forgehook.json')))
    .map((entry) => join(folder, entry.name))
    .sort()
}
