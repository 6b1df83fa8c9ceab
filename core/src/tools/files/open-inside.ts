import { constants, type Stats } from 'node:fs'
import { type FileHandle, lstat, open, readlink, realpath, stat, statfs } from 'node:fs/promises'
import { join, relative, sep } from 'node:path'
import { ToolError } from '../tool-error.ts'
import { type AskedPath, outside, shown } from './file-path.ts'
import { isSecret } from './secret-names.ts'

/** `real`: where the root's folder really lies; null while there is none. */
export type OpenRoot = { name: string; path: string; real: string | null }
/** `granted`: those of `all` that the caller may read. */
export type RootsOfCall = { all: OpenRoot[]; granted: OpenRoot[] }
/** `real`: where the opened file or folder lies. */
export type Opened = { handle: FileHandle; stats: Stats; real: string }

const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants
const flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
/** proc, sysfs, cgroup, cgroup2, debugfs, tracefs, securityfs, devpts: files that are no files. */
const systemFolders = new Set([0x9fa0, 0x62656572, 0x27e0eb, 0x63677270, 0x64626720, 0x74726163, 0x73636673, 0x1cd1])

/**
 * Opens the regular file or folder that is asked for and hands it to `use`. Links are followed where they stay inside the granted roots.
 * First the way is walked name by name, so that nothing outside is touched. Then it is opened and the opened thing itself is asked where
 * it lies: what was swapped in between is found out whatever the race.
 */
export async function openInside<T>(roots: RootsOfCall, asked: AskedPath<OpenRoot>, path: string, use: (opened: Opened) => Promise<T>): Promise<T> {
  const way = await walk(roots, asked, path)
  const handle = await open(way, flags).catch((error: NodeJS.ErrnoException) => {
    throw wordsFor(error, path, roots)
  })
  try {
    const stats = await handle.stat()
    const real = await placeOf(handle, way, stats)
    if (real === null || !isAllowed(roots, real)) throw outside(path)
    refuseSecret(roots, real, path)
    refuseSpecial(stats, path)
    if (process.platform === 'linux' && systemFolders.has((await statfs(`/proc/self/fd/${handle.fd}`)).type)) throw special(path)
    return await use({ handle, stats, real })
  } catch (error) {
    throw wordsFor(error, path, roots)
  } finally {
    await handle.close()
  }
}

/** The real path, as far as can be known before it is opened. Does not tell what is outside: not even whether it is there. */
async function walk(roots: RootsOfCall, { root, rest }: AskedPath<OpenRoot>, path: string): Promise<string> {
  if (root.real === null) throw new ToolError(`the folder of the file root '${root.name}' does not exist`)
  if (isSecret(rest)) throw secret(path)
  let at = root.real
  if (!isAllowed(roots, at)) throw ungranted(roots, at, path)
  for (const [place, name] of rest.entries()) {
    const next = join(at, name)
    const stats = await lstat(next).catch((error: NodeJS.ErrnoException) => {
      throw wordsFor(error, path, roots)
    })
    const isLink = stats.isSymbolicLink()
    at = isLink ? await realpath(next).catch(() => '') : next
    if (at === '' || !isAllowed(roots, at)) throw isLink ? leadsOut(path) : ungranted(roots, at, path)
    refuseSecret(roots, at, path)
    if (place === rest.length - 1 && !isLink) refuseSpecial(stats, path)
  }
  refuseSpecial(
    await lstat(at).catch((error: unknown) => {
      throw wordsFor(error, path, roots)
    }),
    path,
  )
  return at
}

/** Where the opened thing lies, by the system's own word; null when it was swapped while it was opened. */
async function placeOf(handle: FileHandle, way: string, stats: Stats): Promise<string | null> {
  if (process.platform === 'linux') {
    const real = await readlink(`/proc/self/fd/${handle.fd}`).catch(() => {
      throw new ToolError('the server cannot tell where files lie: it runs without /proc')
    })
    return stats.nlink === 0 ? real.replace(/ \(deleted\)$/, '') : real
  }
  // No such word elsewhere: the file that lies at the real path must be the one that is open, before and after.
  const real = await realpath(way)
  const [found, again] = [await stat(real, { bigint: true }), await handle.stat({ bigint: true })]
  return found.dev === again.dev && found.ino === again.ino && (await realpath(way)) === real && (await realpath(real)) === real ? real : null
}

const contains = (folder: string, path: string) => path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep)

/** A place belongs to the innermost root around it: who may read a folder may not read another root inside it. */
function ownersOf(roots: OpenRoot[], real: string): OpenRoot[] {
  const around = roots.filter((root) => root.real !== null && contains(root.real, real))
  const deepest = Math.max(...around.map((root) => root.real?.length ?? 0))
  return around.filter((root) => root.real?.length === deepest)
}

export function isAllowed({ all, granted }: RootsOfCall, real: string): boolean {
  return ownersOf(all, real).some((owner) => granted.includes(owner))
}

function refuseSecret({ all }: RootsOfCall, real: string, path: string) {
  const [owner] = ownersOf(all, real)
  if (owner?.real && isSecret(relative(owner.real, real).split(sep))) throw secret(path)
}

function refuseSpecial(stats: Stats, path: string) {
  if (!stats.isFile() && !stats.isDirectory() && !stats.isSymbolicLink()) throw special(path)
}

const secret = (path: string) => new ToolError(`${shown(path)} is kept back: files of this name hold keys (.env, *.pem, id_rsa, .ssh)`)
const special = (path: string) => new ToolError(`${shown(path)} is neither a file nor a folder, but a device, a pipe or the like`)
const leadsOut = (path: string) => new ToolError(`${shown(path)} is outside of the file roots: a link in it leads out of them, or nowhere`)

function ungranted({ all }: RootsOfCall, real: string, path: string): ToolError {
  const [owner] = ownersOf(all, real)
  return owner ? new ToolError(`${shown(path)} belongs to the file root '${owner.name}', which permissions.files does not name`) : outside(path)
}

/** What the system says, without its words: they hold the host's path. */
export function wordsFor(error: unknown, path: string, { granted }: RootsOfCall): unknown {
  if (error instanceof ToolError || !(error instanceof Error) || !('code' in error)) return error
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new ToolError(`there is no ${shown(path)} (file roots: ${granted.map((root) => root.name).join(', ')})`)
    case 'ENAMETOOLONG':
      return new ToolError(`${shown(path)} is longer than a path may be`)
    // A link that was not there a moment ago.
    case 'ELOOP':
      return leadsOut(path)
    case 'EACCES':
    case 'EPERM':
      return new ToolError(`${shown(path)} may not be read by the server: its owner did not allow it`)
    case 'ENXIO':
    case 'ENODEV':
      return special(path)
    case 'EMFILE':
    case 'ENFILE':
      return new ToolError('too many files are open at the moment', { retryable: true })
    default:
      return new ToolError(`${shown(path)} could not be read (${String(error.code)})`, { detail: error.stack })
  }
}
