import { HookError } from '@cadre/contract/forgehook'
import { applyPatch, createTwoFilesPatch, diffArrays, diffLines, diffWordsWithSpace, parsePatch } from 'diff'
import { chosen } from './names.ts'
import { graphemes, sentences } from './segments.ts'

/** Longer than this no shortest difference is looked for; then all between the first and the last difference is one change. */
const TIMEOUT_MS = 1_500

type Given = {
  from: string
  to: string
  by?: string
  context?: number
  ignore_case?: boolean
  ignore_whitespace?: boolean
  names?: { from?: string; to?: string }
}
type Change = { type: 'equal' | 'added' | 'removed'; value: string }
type Part = { value: string | string[]; added?: boolean; removed?: boolean }

export function diff({ from, to, by = 'lines', context = 3, ignore_case = false, ignore_whitespace = false, names = {} }: Given) {
  const unit = chosen(by, ['lines', 'words', 'characters', 'sentences', 'unified'], 'by', {
    line: 'lines',
    word: 'words',
    char: 'characters',
    chars: 'characters',
    character: 'characters',
    sentence: 'sentences',
  })
  const shortest = partsOf(from, to, unit, ignore_case, ignore_whitespace)
  const parts = shortest ?? roughly(pieces(from, unit), pieces(to, unit))
  const warnings = shortest ? {} : { warnings: ['the texts differ in very many places; all between the first and the last is given as one change'] }
  const changes = parts.map(({ value, added, removed }): Change => ({
    type: added ? 'added' : removed ? 'removed' : 'equal',
    value: typeof value === 'string' ? value : value.join(''),
  }))
  const many = (type: Change['type']) =>
    parts.filter((_, index) => changes[index]?.type === type).reduce((sum, part) => sum + unitsIn(part.value, unit), 0)
  const equal = changes.every(({ type }) => type === 'equal')
  const answer = { equal, added: many('added'), removed: many('removed'), changes, ...warnings }
  if (unit !== 'lines' && unit !== 'unified') return { ...answer, unified: null }
  const head = [names.from ?? 'from', names.to ?? 'to'] as const
  const options = { context, timeout: TIMEOUT_MS, ignoreCase: ignore_case, ignoreWhitespace: ignore_whitespace }
  const written = shortest && createTwoFilesPatch(...head, from, to, undefined, undefined, options as { context: number; timeout: number })
  return { ...answer, unified: equal ? '' : tidy(written ?? roughPatch(pieces(from, unit), pieces(to, unit), head, context)) }
}

/** As GNU diff writes it: without the line of "=", and without ",1". */
function tidy(patch: string): string {
  return patch.replace(/^=+\n/, '').replace(/^@@ -(\d+)(?:,1(?!\d))?(,\d+)? \+(\d+)(?:,1(?!\d))?(,\d+)? @@$/gm, '@@ -$1$2 +$3$4 @@')
}

function pieces(text: string, unit: string): string[] {
  if (unit === 'lines' || unit === 'unified') return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
  return unit === 'characters' ? graphemes(text) : unit === 'sentences' ? sentences(text) : (text.match(/\s+|[^\s]+/g) ?? [])
}

function commonEnds(from: string[], to: string[]): [number, number] {
  let [start, end] = [0, 0]
  while (start < from.length && start < to.length && from[start] === to[start]) start++
  while (end < from.length - start && end < to.length - start && from.at(-1 - end) === to.at(-1 - end)) end++
  return [start, end]
}

function roughly(from: string[], to: string[]): Part[] {
  const [start, end] = commonEnds(from, to)
  const parts: Part[] = [
    { value: from.slice(0, start) },
    { value: from.slice(start, from.length - end), removed: true },
    { value: to.slice(start, to.length - end), added: true },
    { value: from.slice(from.length - end) },
  ]
  return parts.filter(({ value }) => value.length > 0)
}

function roughPatch(from: string[], to: string[], [old, current]: readonly [string, string], context: number): string {
  const [start, end] = commonEnds(from, to)
  const [before, after] = [Math.min(start, context), Math.min(end, context)]
  const lines = (sign: string, list: string[]) =>
    list.map((line) => sign + (line.endsWith('\n') ? line : `${line}\n\\ No newline at end of file\n`)).join('')
  const [removed, added] = [from.slice(start, from.length - end), to.slice(start, to.length - end)]
  const range = (count: number) => `${count === 0 ? start - before : start - before + 1},${count}`
  const header = `@@ -${range(before + removed.length + after)} +${range(before + added.length + after)} @@`
  const kept =
    lines(' ', from.slice(start - before, start)) +
    lines('-', removed) +
    lines('+', added) +
    lines(' ', from.slice(from.length - end, from.length - end + after))
  return `--- ${old}\n+++ ${current}\n${header}\n${kept}`
}

function partsOf(from: string, to: string, unit: string, ignoreCase: boolean, ignoreWhitespace: boolean): Part[] | undefined {
  const plain = (text: string) => {
    const spaced = ignoreWhitespace ? text.trim().replace(/\s+/g, ' ') : text
    return ignoreCase ? spaced.toLowerCase() : spaced
  }
  const options = { timeout: TIMEOUT_MS }
  if (unit === 'lines' || unit === 'unified') {
    if (!ignoreCase && !ignoreWhitespace) return diffLines(from, to, options) as Part[] | undefined
    return diffArrays(from.match(/[^\n]*\n|[^\n]+$/g) ?? [], to.match(/[^\n]*\n|[^\n]+$/g) ?? [], {
      ...options,
      comparator: (a, b) => plain(a) === plain(b),
    })
  }
  if (unit === 'words' && !ignoreWhitespace) return diffWordsWithSpace(from, to, { ...options, ignoreCase }) as Part[] | undefined
  return diffArrays(pieces(from, unit), pieces(to, unit), { ...options, comparator: (a, b) => plain(a) === plain(b) })
}

function unitsIn(value: string | string[], unit: string): number {
  if (typeof value !== 'string') return unit === 'words' ? value.filter((piece) => piece.trim() !== '').length : value.length
  if (unit === 'words') return value.match(/[\p{L}\p{M}\p{N}_]+|[^\s\p{L}\p{M}\p{N}_]/gu)?.length ?? 0
  return value.match(/[^\n]*\n|[^\n]+$/g)?.length ?? 0
}

/** Applies a unified diff where it fits exactly (lines may have moved as a whole); else refuses, and says which part does not fit. */
export function patch({ text, patch: given, reverse = false }: { text: string; patch: string; reverse?: boolean }) {
  const parsed = parse(given)
  const [file, ...others] = parsed
  if (!file || file.hunks.length === 0) {
    if (given.trim() === '') return { text, hunks: 0 }
    throw new HookError('is no unified diff; its parts begin with lines such as @@ -1,3 +1,4 @@', 'patch')
  }
  if (others.length > 0) throw new HookError(`changes ${parsed.length} files; give the part for this text only`, 'patch')
  const wanted = reverse ? reversed(file) : file
  const result = applied(text, wanted)
  if (result === false) {
    const at = wanted.hunks.findIndex((_, index) => applied(text, { ...wanted, hunks: wanted.hunks.slice(0, index + 1) }) === false)
    const hunk = wanted.hunks[at]
    throw new HookError(`part ${at + 1} (line ${hunk?.oldStart ?? 1}) does not fit the text; nothing was changed`, 'patch')
  }
  return { text: result, hunks: file.hunks.length }
}

/** As it is; or, where text and diff differ in their line ends throughout, with those of the text. */
function applied(text: string, file: Parsed): string | false {
  const exact = applyPatch(text, file, { fuzzFactor: 0, autoConvertLineEndings: false })
  return exact === false ? applyPatch(text, file, { fuzzFactor: 0 }) : exact
}

type Parsed = ReturnType<typeof parsePatch>[number]

function parse(given: string): Parsed[] {
  try {
    return parsePatch(given)
  } catch (error) {
    throw new HookError(`is no unified diff: ${(error as Error).message}`, 'patch')
  }
}

function reversed(file: Parsed): Parsed {
  const turn = (line: string) => (line.startsWith('+') ? `-${line.slice(1)}` : line.startsWith('-') ? `+${line.slice(1)}` : line)
  return {
    ...file,
    hunks: file.hunks.map(({ oldStart, oldLines, newStart, newLines, lines }) => ({
      oldStart: newStart,
      oldLines: newLines,
      newStart: oldStart,
      newLines: oldLines,
      lines: lines.map(turn),
    })),
  }
}
