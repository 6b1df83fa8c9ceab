import { findPackage, type OwnPackage } from './own-packages.ts'

/** N-API with its builds inside, 34 MB: a megabyte or two for each system. On a Node older than 22 it ends the process. */
const driver: OwnPackage = { name: 'better-sqlite3-multiple-ciphers', version: '13.0.3', main: 'lib/index.js', lacks: () => null }

/** Where the driver that encrypts is. @param packages DATA/packages. @throws one sentence with the command that installs it. */
export function sqliteDriver(packages: string, beside = import.meta.url): string {
  const { entry, problem } = findPackage(driver, packages, beside)
  if (entry === null) throw new Error(`to encrypt the database, ${problem}`)
  return entry
}
