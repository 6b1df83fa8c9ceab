import { HookError, type HookFile } from '@cadre/contract/forgehook'
import { type Context, type ListedFile, MB, megabytes } from './file-bytes.ts'
import { globOf } from './glob.ts'
import { linesOf, withoutEnd, withText } from './text-source.ts'
import { walk } from './walk.ts'

export type SearchInput = {
  query: string
  path?: string
  regex?: boolean
  case_sensitive?: boolean
  whole_word?: boolean
  pattern?: string
  depth?: number
  context_lines?: number
  max_matches?: number
}
type Match = { path: string; line: number; column: number; text: string; before?: string[]; after?: string[] }

const MOST_FILES = 2_000
const MOST_BYTES = 300 * MB
const LONGEST_FILE = 100 * MB
/** A line is searched no further, and shown around the match. */
const SEARCHED = 20_000
const SHOWN = 300

export async function search(input: SearchInput, context: Context) {
  const { path, pattern, depth = 10, max_matches: most = 100 } = input
  const find = finder(input)
  const glob = pattern === undefined || pattern === '' ? undefined : globOf(pattern)
  const matches: Match[] = []
  const skipped: { path: string; reason: string }[] = []
  const warnings: string[] = []
  const skip = (file: string, reason: string) => skipped.push({ path: file, reason })
  let [files, bytes, isCut] = [0, 0, false]
  for await (const met of filesBelow(context, path, depth)) {
    if ('problem' in met) {
      warnings.push(met.problem)
      continue
    }
    const { file, relative } = met
    if (glob && !glob.matches(relative)) continue
    if (file.unreadable !== undefined) {
      skip(file.path, file.unreadable)
      continue
    }
    if (file.size > LONGEST_FILE) {
      skip(file.path, `it has ${megabytes(file.size)}; files of up to ${megabytes(LONGEST_FILE)} are searched`)
      continue
    }
    if (files === MOST_FILES || bytes + file.size > MOST_BYTES) {
      isCut = true
      warnings.push(`only the first ${files} files (${megabytes(bytes)}) were searched; give a deeper path or a pattern`)
      break
    }
    files++
    bytes += file.size
    try {
      const found = await searchFile(context, file, find, input.context_lines ?? 0, most + 1 - matches.length)
      matches.push(...found)
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'HookError') throw error
      files--
      skip(file.path, error.message.replace(/^\w+: /, ''))
    }
    if (matches.length > most) {
      matches.length = most
      isCut = true
      warnings.push(`there are more than ${most} matches; the search ended in ${file.path}`)
      break
    }
  }
  if (skipped.length > 100) warnings.push(`${skipped.length} files were not searched; the first 100 are named`)
  return {
    query: input.query,
    matches,
    match_count: matches.length,
    files_searched: files,
    truncated: isCut,
    skipped: skipped.slice(0, 100),
    warnings,
  }
}

type Below = { file: ListedFile; relative: string } | { problem: string }

async function* filesBelow(context: Context, path: string | undefined, depth: number): AsyncGenerator<Below> {
  if (path !== undefined && path !== '') {
    const file = await context.files.stat(path)
    if (file.type === 'file') return yield { file, relative: file.path.slice(file.path.lastIndexOf('/') + 1) }
  }
  for await (const met of walk(context, path, depth)) if ('problem' in met || met.file.type === 'file') yield met
}

type Find = (line: string) => { at: number; length: number } | undefined

function finder({ query, regex = false, case_sensitive: exact = false, whole_word: whole = false }: SearchInput): Find {
  const source = regex ? query : query.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  // Word characters of every language, which \b does not know.
  const words = whole ? `(?<![\\p{L}\\p{N}_])(?:${source})(?![\\p{L}\\p{N}_])` : source
  const pattern = regexOf(words, exact ? '' : 'i')
  return (line) => {
    const found = pattern.exec(line)
    return found ? { at: found.index, length: found[0].length } : undefined
  }
}

/** Escapes such as \- are common and no Unicode regular expression has them: then it is one of the old kind. */
function regexOf(source: string, flags: string): RegExp {
  try {
    return new RegExp(source, `${flags}u`)
  } catch (error) {
    try {
      if (!source.includes('\\p{')) return new RegExp(source, flags)
    } catch {
      // The first error says it.
    }
    throw new HookError(`is not a regular expression: ${(error as Error).message.replace(/^Invalid regular expression: /, '')}`, 'query')
  }
}

function searchFile(context: Context, file: HookFile, find: Find, around: number, most: number): Promise<Match[]> {
  return withText(context, file.path, undefined, async (source) => {
    const matches: Match[] = []
    const open: { match: Match; left: number }[] = []
    const before: string[] = []
    let number = 0
    for await (const raw of linesOf(source)) {
      number++
      const line = withoutEnd(raw)
      for (const each of open) if (each.left-- > 0) each.match.after?.push(line.slice(0, SHOWN))
      const found = matches.length < most ? find(line.slice(0, SEARCHED)) : undefined
      if (found) {
        const match: Match = { path: file.path, line: number, column: found.at + 1, text: excerpt(line, found.at, found.length) }
        if (around > 0) {
          Object.assign(match, { before: [...before], after: [] })
          open.push({ match, left: around })
        }
        matches.push(match)
      }
      if (around > 0) {
        before.push(line.slice(0, SHOWN))
        if (before.length > around) before.shift()
        while (open[0] && open[0].left <= 0) open.shift()
      }
      if (matches.length >= most && open.length === 0) break
    }
    return matches
  })
}

function excerpt(line: string, at: number, length: number): string {
  if (line.length <= SHOWN) return line
  const from = Math.max(0, Math.min(at - 100, line.length - SHOWN))
  const to = Math.min(line.length, Math.max(from + SHOWN, Math.min(at + length, from + 2 * SHOWN)))
  return `${from > 0 ? '...' : ''}${line.slice(from, to)}${to < line.length ? '...' : ''}`.toWellFormed()
}
