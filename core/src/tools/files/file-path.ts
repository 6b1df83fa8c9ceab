import { isAbsolute } from 'node:path'
import { ToolError } from '../tool-error.ts'

/** `rest`: the names of folders and file behind the root, without `.` and `..`. */
export type AskedPath<R> = { root: R; rest: string[] }
/** `real`: where the folder lies when `path` leads there through links. */
type Root = { name: string; path: string; real?: string | null }

const longestPath = 4_096
const longestName = 255

/** How a path is named in messages: as it was asked for. */
export const shown = (path: string) => `'${path.length > 200 ? `${path.slice(0, 200)}...` : path}'`

/**
 * What a path asks for: `name/rest` with the name of a root; else relative to the first root; else, when absolute, a place inside a root
 * (the innermost, where they lie inside one another). Words only, nothing is looked up. `/` and `\` both separate, on every system.
 */
export function parsePath<R extends Root>(roots: readonly R[], path: string): AskedPath<R> {
  const [first] = roots
  if (!first) throw new ToolError('no file root is granted')
  if (path === '') throw new ToolError('path: must not be empty')
  if (path.length > longestPath) throw new ToolError(`path: has ${path.length} characters; the limit is ${longestPath}`)
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\0-\x1f\x7f-\x9f]/.test(path)) throw new ToolError('path: holds a control character')
  if (!path.isWellFormed()) throw new ToolError('path: is not well-formed Unicode')
  const names = namesIn(path)
  const found = isAbsolute(path) || /^[\\/]/.test(path) ? rootAt(roots, names) : rootNamed(roots, names)
  if (!found || leavesInDisguise(found.rest.join('/'))) throw outside(path)
  const rest = withoutDots(found.rest)
  if (!rest) throw outside(path)
  for (const name of rest) if (Buffer.byteLength(name) > longestName) throw new ToolError(`${shown(path)}: a name in it is longer than any file's`)
  if (process.platform === 'win32' && rest.some(isDeviceOfWindows)) throw new ToolError(`${shown(path)} is not a name of a file`)
  return { root: found.root, rest }
}

export function outside(path: string): ToolError {
  return new ToolError(`${shown(path)} is outside of the file roots`)
}

/** Why a file of this name cannot be asked for, whatever it is. */
export function unspeakable(name: string): string | null {
  // oxlint-disable-next-line no-control-regex -- they are what is looked for
  if (/[\0-\x1f\x7f-\x9f]/.test(name)) return 'its name holds a control character'
  if (name.includes('\\')) return 'its name holds a backslash'
  return leavesInDisguise(name) ? 'its name stands for a folder above' : null
}

const namesIn = (path: string) => path.split(/[\\/]/).filter((name) => name !== '' && name !== '.')

function rootNamed<R extends Root>(roots: readonly R[], [name, ...rest]: string[]): AskedPath<R> | undefined {
  const root = roots.find((each) => each.name === name)
  if (root) return { root, rest }
  const [first] = roots
  return first && { root: first, rest: name === undefined ? [] : [name, ...rest] }
}

/** `..` in front of a root's end is no way to it: the names must be those of the root, one by one. */
function rootAt<R extends Root>(roots: readonly R[], names: string[]): AskedPath<R> | undefined {
  const found = roots
    .flatMap((root) => [root.path, ...(root.real ? [root.real] : [])].map((folder) => ({ root, at: namesIn(folder) })))
    .filter(({ at }) => at.every((name, place) => names[place] === name))
    .toSorted((a, b) => b.at.length - a.at.length)[0]
  return found && { root: found.root, rest: names.slice(found.at.length) }
}

/** Undefined when `..` leaves, be it only for a moment. */
function withoutDots(names: string[]): string[] | undefined {
  const kept: string[] = []
  for (const name of names) {
    if (name !== '..') kept.push(name)
    else if (kept.pop() === undefined) return undefined
  }
  return kept
}

/**
 * Whether somebody who decodes `%2e`, or takes the look-alikes of `.` and `/` for themselves, would be led out. Nobody here does: such a
 * path would name a file that is not there. It is refused in the words that fit, and so that nobody further on is tempted.
 */
function leavesInDisguise(path: string): boolean {
  let plain = path
  for (let times = 0; times < 4; times++) {
    const next = plain
      .replace(/%([0-7][0-9a-f])/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)))
      .replace(/%c0%(ae|af|2e|2f)|%e0%80%(ae|af)|%u00(2e|2f|5c)/gi, (code) => (/(ae|2e)$/i.test(code) ? '.' : '/'))
      .normalize('NFKC')
    if (next === plain) break
    plain = next
  }
  // The path as it stands is for withoutDots, which knows how deep it may go.
  return plain !== path && (plain.includes('\0') || !withoutDots(namesIn(plain.replace(/[\u2215\u2044\u29f8\u29f5\ufe68]/g, '/'))))
}

/** Streams (`a.txt:b`), drives, what Windows cuts off the end of names, and its devices. */
function isDeviceOfWindows(name: string): boolean {
  return /[:*?"<>|]|[. ]$/.test(name) || /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i.test(name)
}
