import { basename, isAbsolute, join, relative } from 'node:path'
import { ConfigError } from './config-error.ts'
import { firstSecret, type Layer } from './config-sources.ts'
import { parseGrant } from './tools/network/network-rules.ts'

/** `/srv/reports`, or `reports=/srv/reports`; the name is the folder's own where none is given. */
export function fileRoots(
  given: string[] | undefined,
  absolute: (path: string) => string,
  dataDir: string,
): { name: string; path: string; make?: boolean }[] {
  if (given === undefined) return [{ name: 'files', path: join(dataDir, 'files'), make: true }]
  const roots = given.map((entry) => {
    const at = entry.indexOf('=')
    const path = absolute(entry.slice(at + 1))
    const name = at < 0 ? basename(path) : entry.slice(0, at)
    if (!/^[\w.-]+$/.test(name) || /^\.+$/.test(name))
      throw new ConfigError(`file_roots: '${name}' cannot name a root; give a name of letters, digits, - and _, as in reports=${path}`)
    return { name, path }
  })
  // Whoever opens the database file beside SQLite takes away the locks that SQLite has on it.
  const around = roots.find(({ path }) => isInside(path, dataDir))
  if (around) throw new ConfigError(`file_roots: '${around.name}' holds the data folder ${dataDir}; tools must not read it`)
  const twice = roots.find(({ name }, i) => roots.findIndex((other) => other.name === name) < i)
  if (twice) throw new ConfigError(`file_roots: two roots are named '${twice.name}'; give one another name, as in other=${twice.path}`)
  return roots
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || (!way.startsWith('..') && !isAbsolute(way))
}

/** By the name behind the prefix; the _FILE form of each is read. */
export function prefixed(layers: Layer[], prefix: string): Record<string, string> {
  const names = layers.flatMap(({ values }) => Object.keys(values)).filter((name) => name.startsWith(prefix) && name !== prefix)
  const found: Record<string, string> = {}
  for (const name of new Set(names.map((each) => each.replace(/_FILE$/, '')))) {
    const value = firstSecret(layers, name)
    if (value) found[name.slice(prefix.length)] = value.value
  }
  return found
}

export function privateHosts(given: string[]): string[] {
  for (const host of given) {
    try {
      parseGrant(host)
    } catch (error) {
      throw new ConfigError(`private_hosts: ${(error as Error).message}`)
    }
  }
  return given
}
