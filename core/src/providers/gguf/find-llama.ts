import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

/** What this version was made with; what another major version calls its functions, nobody knows. */
export const llamaVersion = '3.22.1'
const name = 'node-llama-cpp'

type Found = { entry: string; problem: null } | { entry: null; problem: string }

/**
 * node-llama-cpp is looked for beside Cadre, then in `folder`. Read anew each time, so that it may be installed while Cadre runs.
 * @param beside whose packages come first: a file or URL.
 * @param folder of one's own packages (DATA/packages): what is installed there outlives an update of Cadre.
 */
export function findLlama(folder: string, beside = import.meta.url): Found {
  const near = packageFile(beside)
  const found = near === undefined ? undefined : looked(near, folder)
  return found && found.problem === null ? found : (looked(join(folder, 'node_modules', name, 'package.json'), folder) ?? found ?? missing(folder))
}

function missing(folder: string): Found {
  return { entry: null, problem: `the package ${name} is not installed; \`${installCommand(folder)}\` gets it` }
}

function looked(file: string, folder: string): Found | undefined {
  if (!existsSync(file)) return undefined
  const refuse = (problem: string): Found => ({ entry: null, problem: `${name} ${problem}; \`${installCommand(folder)}\` gets it` })
  let found: { version?: string; main?: string }
  try {
    found = JSON.parse(readFileSync(file, 'utf8')) as typeof found
  } catch (error) {
    return refuse(`cannot be read (${(error as Error).message})`)
  }
  const { version = '', main = 'dist/index.js' } = found
  if (version.split('.')[0] !== llamaVersion.split('.')[0]) return refuse(`${version} is installed, and version ${llamaVersion} is needed`)
  if (!hasBinaries(dirname(file))) return refuse(`is installed without what it needs on this machine (@${name}/${binaries()})`)
  return { entry: pathToFileURL(join(dirname(file), main)).href, problem: null }
}

/** Its own package for this machine, or what somebody compiled. */
function hasBinaries(at: string): boolean {
  return existsSync(join(at, '..', '@node-llama-cpp', binaries(), 'bins')) || existsSync(join(at, 'llama', 'localBuilds'))
}

function packageFile(beside: string): string | undefined {
  try {
    return findPackageJSON(name, beside)
  } catch {
    return undefined // not there, which is usual
  }
}

/**
 * Without scripts, since the package's own would compile llama.cpp where no binary fits, and without the optional packages, of which those
 * for graphic cards take 600 MB.
 */
export function installCommand(folder: string): string {
  const quoted = /^[\w/.:\\-]+$/.test(folder) ? folder : JSON.stringify(folder)
  return `npm install --prefix ${quoted} --ignore-scripts --omit=optional ${name}@${llamaVersion} @${name}/${binaries()}@${llamaVersion}`
}

function binaries(): string {
  const { platform, arch } = process
  if (platform === 'darwin') return arch === 'arm64' ? 'mac-arm64-metal' : 'mac-x64'
  return `${platform === 'win32' ? 'win' : 'linux'}-${arch === 'arm' ? 'armv7l' : arch}`
}
