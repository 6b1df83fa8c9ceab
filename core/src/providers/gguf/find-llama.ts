import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { findPackage, type FoundPackage, type OwnPackage } from '../../storage/own-packages.ts'

export const llamaVersion = '3.22.1'

/**
 * Its own script would compile llama.cpp where no binary fits, and of its optional packages those for graphic cards take 600 MB: so the
 * binaries for this machine are asked for by name.
 */
const llama: OwnPackage = {
  name: 'node-llama-cpp',
  version: llamaVersion,
  main: 'dist/index.js',
  lacks: (at) => (hasBinaries(at) ? null : binaries()),
  flags: '--omit=optional',
  also: `${binaries()}@${llamaVersion}`,
}

/** The URL of node-llama-cpp's entry, from beside Cadre or from `folder`. */
export function findLlama(folder: string, beside = import.meta.url): FoundPackage {
  const found = findPackage(llama, folder, beside)
  return found.entry === null ? found : { ...found, entry: pathToFileURL(found.entry).href }
}

/** Its own package for this machine, or what somebody compiled. */
function hasBinaries(at: string): boolean {
  return existsSync(join(at, '..', binaries(), 'bins')) || existsSync(join(at, 'llama', 'localBuilds'))
}

function binaries(): string {
  const { platform, arch } = process
  if (platform === 'darwin') return `@node-llama-cpp/mac-${arch === 'arm64' ? 'arm64-metal' : 'x64'}`
  return `@node-llama-cpp/${platform === 'win32' ? 'win' : 'linux'}-${arch === 'arm' ? 'armv7l' : arch}`
}
