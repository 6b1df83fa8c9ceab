import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Lock, missingPlatforms } from './check/lock-file.ts'

// Gives package-lock.json an entry for each platform package that the registry at hand did not carry, so that `npm ci` works here and there.
// Which machines a package is for is read from its name. The entries have no checksum: nothing was there to take one of.

const file = join(import.meta.dirname, '../package-lock.json')
const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock
const names = missingPlatforms(lock)
for (const { name, version, dev } of names) {
  const entry = { version, ...machineOf(name), ...(dev && { dev }), optional: true }
  lock.packages[`node_modules/${name}`] = entry
}
const { '': root, ...packages } = lock.packages
const sorted = Object.entries(packages).toSorted(([a], [b]) => a.localeCompare(b, 'en'))
writeFileSync(file, `${JSON.stringify({ ...lock, packages: { '': root, ...Object.fromEntries(sorted) } }, null, 2)}\n`)
console.log(`${names.length} entries added to package-lock.json`)

/** `@oxlint/binding-linux-arm64-musl` is for os linux, cpu arm64, libc musl. */
function machineOf(name: string) {
  if (name.endsWith('-wasm32-wasi')) return { cpu: ['wasm32'] }
  const match = /-(android|darwin|freebsd|linux|openharmony|win32)-(arm64|arm|ia32|ppc64|riscv64|s390x|x64)(?:-(.+))?$/.exec(name)
  if (!match) throw new Error(`${name}: its name does not say which machine it is for; add its entry by hand`)
  const [, os, cpu, abi = ''] = match
  const libc = os === 'linux' && (/musl/.test(abi) ? 'musl' : /gnu/.test(abi) ? 'glibc' : undefined)
  return { cpu: [cpu], os: [os], ...(libc && { libc: [libc] }) }
}
