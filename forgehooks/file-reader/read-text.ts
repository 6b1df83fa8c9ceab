import { HookError } from '@cadre/contract/forgehook'
import type { Context } from './file-bytes.ts'
import { linesOf, type TextSource, withoutEnd, withText } from './text-source.ts'

export type TextInput = {
  path: string
  encoding?: string
  offset_line?: number
  limit_lines?: number
  head?: number
  tail?: number
  line_numbers?: boolean
  max_chars?: number
}

const MOST_CHARS = 1_000_000
/** Behind what was asked for, lines are still counted in files of up to so many bytes. */
const COUNTED = 20_000_000

export function readTextFile(input: TextInput, context: Context) {
  const asked = (['head', 'tail', 'offset_line'] as const).filter((name) => input[name] !== undefined)
  if (asked.length > 1) throw new HookError(`give either ${asked.join(' or ')}`, asked[1])
  if (input.limit_lines !== undefined && (input.head !== undefined || input.tail !== undefined))
    throw new HookError('goes with offset_line, not with head or tail', 'limit_lines')
  return withText(context, input.path, input.encoding, (source) =>
    input.tail === undefined ? fromLine(source, input) : lastLines(source, input, input.tail),
  )
}

async function fromLine(source: TextSource, input: TextInput) {
  const from = input.offset_line ?? 1
  const most = input.head ?? input.limit_lines ?? Infinity
  const room = input.max_chars ?? MOST_CHARS
  const { file, warnings } = source
  const lines: string[] = []
  let [seen, chars, isFull, isWhole] = [0, 0, false, true]
  for await (const line of linesOf(source)) {
    if (++seen < from) continue
    if (lines.length < most && !isFull) {
      if (chars + line.length <= room) {
        lines.push(line)
        chars += line.length
        continue
      }
      isFull = true
      if (lines.length === 0) {
        lines.push(cut(line, room))
        warnings.push(`line ${seen} has ${line.length} characters; only the first ${room} are given (max_chars)`)
      }
    }
    if (file.size > COUNTED) {
      isWhole = false
      break
    }
  }
  const last = from + lines.length - 1
  const hasMore = seen > last
  if (isFull && lines.length > 1) warnings.push(`the text is longer than ${room} characters (max_chars); go on with offset_line ${last + 1}`)
  if (from > 1 && lines.length === 0 && most > 0) warnings.push(`the file has only ${seen} line${seen === 1 ? '' : 's'}`)
  return answer(source, input, { lines, first: from, total: isWhole ? seen : null, hasMore, isCut: isFull })
}

async function lastLines(source: TextSource, input: TextInput, tail: number) {
  const room = input.max_chars ?? MOST_CHARS
  let kept: string[] = []
  let [total, chars] = [0, 0]
  for await (const line of linesOf(source)) {
    total++
    kept.push(line)
    chars += line.length
    // Not at each line: shifting a long list is slow.
    if (kept.length > 2 * tail + 1_000 || chars > 2 * room + line.length) {
      kept = fitting(kept, tail, room)
      chars = kept.reduce((sum, each) => sum + each.length, 0)
    }
  }
  const lines = fitting(kept, tail, room)
  const isCut = lines.length < Math.min(tail, total)
  if (isCut) {
    if (lines.length === 0 && tail > 0) lines.push(cut(kept.at(-1) as string, room))
    source.warnings.push(`the last ${tail} lines have more than ${room} characters (max_chars); only what fits of the last ${lines.length} is given`)
  }
  return answer(source, input, { lines, first: total - lines.length + 1, total, hasMore: false, isCut })
}

function fitting(lines: string[], most: number, room: number): string[] {
  let [at, chars] = [lines.length, 0]
  while (at > 0 && lines.length - at < most && chars + (lines[at - 1] as string).length <= room) chars += (lines[--at] as string).length
  return lines.slice(at)
}

/** Not through the middle of a character. */
function cut(line: string, room: number): string {
  const part = line.slice(0, room)
  return /[\ud800-\udbff]$/.test(part) ? part.slice(0, -1) : part
}

type Found = { lines: string[]; first: number; total: number | null; hasMore: boolean; isCut: boolean }

function answer({ file, encoding, warnings }: TextSource, input: TextInput, { lines, first, total, hasMore, isCut }: Found) {
  const last = first + lines.length - 1
  const text = input.line_numbers ? lines.map((line, at) => `${first + at}\t${withoutEnd(line)}\n`).join('') : lines.join('')
  return {
    path: file.path,
    text,
    encoding,
    line_count: lines.length,
    ...(lines.length > 0 ? { first_line: first, last_line: last } : {}),
    total_lines: total,
    truncated: isCut || (hasMore && input.head === undefined && input.limit_lines === undefined),
    ...(hasMore ? { next_offset_line: last + 1 } : {}),
    warnings,
  }
}
