import { HookError } from '@cadre/contract/forgehook'
import { applyPatch, createTwoFilesPatch, diffArrays, diffLines, diffWordsWithSpace, parsePatch } from 'diff'
import { chosen } from './names.ts'
import { graphemes, sentences } from './segments.ts'

/** More edits than this are not looked for; the texts are then said to have nothing in common. */
const TIMEOUT_MS = 3_000

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
  const parts = partsOf(from, to, unit, ignore_case, ignore_whitespace)
  if (!parts) throw new HookError('the texts differ in more places than can be compared in time; compare them by lines, or in parts', 'by')
  const changes = parts.map(({ value, added, removed }): Change => ({
    type: added ? 'added' : removed ? 'removed' : 'equal',
    value: typeof value === 'string' ? value : value.join(''),
  }))
  const many = (type: Change['type']) =>
    parts.filter((_, index) => changes[index]?.type === type).reduce((sum, part) => sum + unitsIn(part.value, unit), 0)
  const equal = changes.every(({ type }) => type === 'equal')
  const answer = { equal, added: many('added'), removed: many('removed'), changes }
  if (unit !== 'lines' && unit !== 'unified') return { ...answer, unified: null }
  const options = { context, timeout: TIMEOUT_MS, ignoreCase: ignore_case, ignoreWhitespace: ignore_whitespace }
  const written = createTwoFilesPatch(
    names.from ?? 'from',
    names.to ?? 'to',
    from,
    to,
    undefined,
    undefined,
    options as { context: number; timeout: number },
  )
  return { ...answer, unified: equal ? '' : (written ?? '').replace(/^=+\n/, '') }
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
  const pieces = unit === 'characters' ? graphemes : unit === 'sentences' ? sentences : (text: string) => text.match(/\s+|[^\s]+/g) ?? []
  return diffArrays(pieces(from), pieces(to), { ...options, comparator: (a, b) => plain(a) === plain(b) })
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
  const result = applyPatch(text, wanted, { fuzzFactor: 0 })
  if (result === false) {
    const at = wanted.hunks.findIndex(
      (_, index) => applyPatch(text, { ...wanted, hunks: wanted.hunks.slice(0, index + 1) }, { fuzzFactor: 0 }) === false,
    )
    const hunk = wanted.hunks[at]
    throw new HookError(`part ${at + 1} (line ${hunk?.oldStart ?? 1}) does not fit the text; nothing was changed`, 'patch')
  }
  return { text: result, hunks: file.hunks.length }
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
