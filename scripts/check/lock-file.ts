import type { Offence } from './source-files.ts'

export type LockEntry = { version?: string; resolved?: string; dev?: boolean; optionalDependencies?: Record<string, string> }
export type Lock = { packages: Record<string, LockEntry> }

const file = 'package-lock.json'

/**
 * `npm ci` refuses a lock file that lacks a platform package of another machine ("Missing: ... from lock file"), and npm writes such a file
 * wherever the registry it asked does not carry that package. And a registry's address in the file would bind everyone to it.
 */
export function lockFile(lock: Lock): Offence[] {
  const lacking = missingPlatforms(lock).map(({ name, version }) => `${name}@${version}`)
  const hosts = Object.values(lock.packages).filter(({ resolved }) => resolved && /^https?:/.test(resolved))
  return [
    ...(lacking.length ? [{ file, line: 1, message: `lacks ${lacking.join(', ')}; run \`node scripts/complete-lock.ts\`` }] : []),
    ...(hosts.length
      ? [{ file, line: 1, message: `names the registry ${hosts[0]?.resolved}; keep omit-lockfile-registry-resolved in .npmrc and make it anew` }]
      : []),
  ]
}

/** Optional packages that a locked package names and that have no entry. */
export function missingPlatforms({ packages }: Lock): { name: string; version: string; dev: boolean }[] {
  const paths = Object.keys(packages)
  const all = Object.entries(packages).flatMap(([, { optionalDependencies = {}, dev = false }]) =>
    Object.entries(optionalDependencies).map(([name, version]) => ({ name, version, dev })),
  )
  return all.filter(({ name }) => !paths.some((path) => path === `node_modules/${name}` || path.endsWith(`/node_modules/${name}`)))
}
