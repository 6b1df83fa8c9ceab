import { existsSync, readFileSync } from 'node:fs'
import { findPackageJSON } from 'node:module'
import { dirname, join } from 'node:path'

/** A package that Cadre can use and does not bring: it is the person's to install, beside Cadre or in DATA/packages. */
export type OwnPackage = {
  name: string
  /** What this version of Cadre was made with; what another major version calls its functions, nobody knows. */
  version: string
  /** Its entry, where its package.json names none. */
  main: string
  /** What it lacks on this machine, from its folder; null: nothing. */
  lacks: (at: string) => string | null
  /** What npm is told before its name, and what it is asked for beside. */
  flags?: string
  also?: string
}

export type FoundPackage = { entry: string; problem: null } | { entry: null; problem: string }

/**
 * A package is looked for beside Cadre, then in `folder`. Read anew each time, so that it may be installed while Cadre runs.
 * @param beside whose packages come first: a file or URL.
 * @param folder of one's own packages (DATA/packages): what is installed there outlives an update of Cadre.
 * @returns the path of its entry.
 */
export function findPackage(wanted: OwnPackage, folder: string, beside: string): FoundPackage {
  const near = packageFile(wanted.name, beside)
  const found = near === undefined ? undefined : looked(wanted, near, folder)
  if (found && found.problem === null) return found
  return looked(wanted, join(folder, 'node_modules', wanted.name, 'package.json'), folder) ?? found ?? missing(wanted, folder)
}

function missing(wanted: OwnPackage, folder: string): FoundPackage {
  return { entry: null, problem: `the package ${wanted.name} is not installed; \`${installCommand(wanted, folder)}\` gets it` }
}

function looked(wanted: OwnPackage, file: string, folder: string): FoundPackage | undefined {
  if (!existsSync(file)) return undefined
  const refuse = (problem: string): FoundPackage => ({
    entry: null,
    problem: `${wanted.name} ${problem}; \`${installCommand(wanted, folder)}\` gets it`,
  })
  let found: { version?: string; main?: string }
  try {
    found = JSON.parse(readFileSync(file, 'utf8')) as typeof found
  } catch (error) {
    return refuse(`cannot be read (${(error as Error).message})`)
  }
  const { version = '', main = wanted.main } = found
  if (version.split('.')[0] !== wanted.version.split('.')[0]) return refuse(`${version} is installed, and version ${wanted.version} is needed`)
  const lacking = wanted.lacks(dirname(file))
  if (lacking !== null) return refuse(`is installed without what it needs on this machine (${lacking})`)
  return { entry: join(dirname(file), main), problem: null }
}

function packageFile(name: string, beside: string): string | undefined {
  try {
    return findPackageJSON(name, beside)
  } catch {
    return undefined // not there, which is usual
  }
}

/** Without scripts: they may compile, or fetch. */
function installCommand({ name, version, flags, also }: OwnPackage, folder: string): string {
  const quoted = /^[\w/.:\\-]+$/.test(folder) ? folder : JSON.stringify(folder)
  return ['npm install --prefix', quoted, '--ignore-scripts', flags, `${name}@${version}`, also].filter(Boolean).join(' ')
}
