import { lstat, opendir, realpath } from 'node:fs/promises'
import { mkdirSync, type Stats } from 'node:fs'
import { join } from 'node:path'
import type { HookFile } from '@cadre/contract/forgehook'
import { ToolError } from '../tool-error.ts'
import { type AskedPath, parsePath, shown, unspeakable } from './file-path.ts'
import { isAllowed, openInside, type Opened, type OpenRoot, type RootsOfCall } from './open-inside.ts'
import { isSecret } from './secret-names.ts'

/** A folder of the operator's under a name. `path` is absolute. `make`: it is ours, and made where it is missing. */
export type FileRoot = { name: string; path: string; make?: boolean }

/**
 * The one way to the operator's files: reading only, inside the roots that `grants` (permissions.files) names. Throws ToolError in plain
 * words, which name the path as it was asked for and never where the roots lie.
 */
export type FileRoots = {
  /** By name, at most 1000. Without a path, the granted roots themselves. Nothing is left out. */
  list: (grants: string[], path?: string) => Promise<HookFile[]>
  stat: (grants: string[], path: string) => Promise<HookFile>
  /** At most `max_bytes` from `offset`: fewer at the end of the file only. */
  read: (grants: string[], path: string, range: { offset: number; max_bytes: number }) => Promise<Uint8Array>
  /** The real, absolute path of a regular file in a granted root: for the SQL guard, whose engines open files themselves. */
  locate: (grants: string[], path: string) => Promise<string>
}

const mostEntries = 1_000
/** In one read: it stands in the server's memory. */
const mostBytes = 512_000_000

/** A root's folder is found at its first use, through links; what is put in its place later is no root. */
export function openFileRoots(roots: FileRoot[]): FileRoots {
  for (const { path, make } of roots) if (make) mkdirSync(path, { recursive: true })
  const all = roots.map(({ name, path }): OpenRoot => ({ name, path, real: null }))

  async function rootsFor(grants: string[]): Promise<RootsOfCall> {
    for (const root of all) if (root.real === null) root.real = await realpath(root.path).catch(() => null)
    const granted = new Set(grants.flatMap((grant) => (grant === '*' ? all : all.filter((root) => root.name === grant))))
    if (granted.size === 0) throw new ToolError(noneGranted(grants))
    return { all, granted: [...granted] }
  }
  async function opened<T>(
    grants: string[],
    path: string,
    use: (opened: Opened, asked: AskedPath<OpenRoot>, of: RootsOfCall) => Promise<T>,
  ): Promise<T> {
    const of = await rootsFor(grants)
    const asked = parsePath(of.granted, path)
    return openInside(of, asked, path, (found) => use(found, asked, of))
  }

  return {
    async list(grants, path) {
      if (path === undefined || path === '') return listRoots(await rootsFor(grants))
      return opened(grants, path, (found, asked, of) => {
        if (!found.stats.isDirectory()) throw new ToolError(`${shown(path)} is a file, not a folder`)
        return listFolder(found, asked, of, path)
      })
    },
    stat: (grants, path) => opened(grants, path, async ({ stats }, asked) => fileOf(nameOf(asked), stats)),
    read: (grants, path, { offset, max_bytes }) =>
      opened(grants, path, async (found) => {
        needFile(found, path)
        return readRange(found, count(offset, 'offset'), count(max_bytes, 'max_bytes'))
      }),
    locate: (grants, path) =>
      opened(grants, path, async (found) => {
        needFile(found, path)
        return found.real
      }),
  }
}

function noneGranted(grants: string[]): string {
  const named = grants.filter((grant) => grant !== '*')
  if (named.length === 0) return 'there are no file roots; set file_roots (CADRE_FILE_ROOTS)'
  return `there is no file root ${named.map((name) => `'${name}'`).join(', ')}; set file_roots (CADRE_FILE_ROOTS)`
}

function needFile({ stats }: Opened, path: string) {
  if (stats.isDirectory()) throw new ToolError(`${shown(path)} is a folder, not a file`)
}

function count(value: number, name: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new ToolError(`${name}: must be a whole number, 0 or more`)
  return value
}

/** Its own memory and not a part of Node's pool: a copy to another thread would carry all that is in the pool. */
async function readRange({ handle, stats }: Opened, offset: number, max: number): Promise<Uint8Array> {
  const wanted = Math.min(max, Math.max(0, stats.size - offset))
  if (wanted > mostBytes) throw new ToolError(`max_bytes: at most ${mostBytes} bytes can be read at once; read the file in ranges`)
  const bytes = new Uint8Array(wanted)
  let at = 0
  while (at < wanted) {
    const { bytesRead } = await handle.read(bytes, at, wanted - at, offset + at)
    if (bytesRead === 0) break
    at += bytesRead
  }
  return at === wanted ? bytes : bytes.slice(0, at)
}

const nameOf = ({ root, rest }: AskedPath<OpenRoot>) => [root.name, ...rest].join('/')

function fileOf(path: string, stats: Stats): HookFile {
  const isFolder = stats.isDirectory()
  return { path, type: isFolder ? 'folder' : 'file', size: isFolder ? 0 : stats.size, modified: Math.trunc(stats.mtimeMs) }
}

async function listRoots(of: RootsOfCall): Promise<HookFile[]> {
  const found = await Promise.all(
    of.granted.map(async (root): Promise<HookFile> => {
      try {
        return await openInside(of, { root, rest: [] }, root.name, async ({ stats }) => fileOf(root.name, stats))
      } catch (error) {
        return { path: root.name, type: 'folder', size: 0, modified: 0, unreadable: reasonOf(error) }
      }
    }),
  )
  return found.toSorted(byPath)
}

async function listFolder({ handle, real }: Opened, asked: AskedPath<OpenRoot>, of: RootsOfCall, path: string): Promise<HookFile[]> {
  // Through the open folder itself, which nobody can swap.
  const here = process.platform === 'linux' ? `/proc/self/fd/${handle.fd}` : real
  const names: string[] = []
  for await (const { name } of await opendir(here)) {
    if (names.length === mostEntries) throw new ToolError(`${shown(path)} has more than ${mostEntries} entries, too many to list`)
    names.push(name)
  }
  const found: HookFile[] = []
  for (const name of names.sort()) {
    const entry = { root: asked.root, rest: [...asked.rest, name] }
    const file = await listed({ at: join(here, name), real: join(real, name), name, entry, of })
    if (file) found.push(file)
  }
  return found
}

type Entry = { at: string; real: string; name: string; entry: AskedPath<OpenRoot>; of: RootsOfCall }

/** Null when it is gone by now. */
async function listed({ at, real, name, entry, of }: Entry): Promise<HookFile | null> {
  const path = nameOf(entry)
  const unreadable = (stats: Stats | null, reason: string): HookFile => ({
    path,
    type: stats?.isDirectory() ? 'folder' : 'file',
    size: 0,
    modified: Math.trunc(stats?.mtimeMs ?? 0),
    unreadable: reason,
  })
  const stats = await lstat(at).catch(() => null)
  if (!stats) return name.includes('\uFFFD') ? unreadable(null, 'its name is not Unicode') : null
  const reason = unspeakable(name) ?? (isSecret([name]) ? 'it is kept back, because files of this name hold keys' : null)
  if (reason) return unreadable(stats, reason)
  if ((stats.isFile() || stats.isDirectory()) && isAllowed(of, real)) return fileOf(path, stats)
  try {
    return await openInside(of, entry, path, async (target) => ({ ...fileOf(path, target.stats), ...(stats.isSymbolicLink() ? { link: true } : {}) }))
  } catch (error) {
    return unreadable(stats, reasonOf(error))
  }
}

const reasonOf = (error: unknown) => {
  if (error instanceof ToolError) return error.message
  throw error
}
const byPath = (a: HookFile, b: HookFile) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0)
