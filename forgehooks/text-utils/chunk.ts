import { HookError } from '@cadre/contract/forgehook'
import { chosen } from './names.ts'
import { graphemes, lines, paragraphs, sentences, spacedWords } from './segments.ts'

const UNITS = ['characters', 'words', 'sentences', 'paragraphs', 'lines', 'tokens'] as const
const ALSO = {
  character: 'characters',
  char: 'characters',
  chars: 'characters',
  word: 'words',
  sentence: 'sentences',
  paragraph: 'paragraphs',
  line: 'lines',
  token: 'tokens',
} as const
const MAX_CHUNKS = 100_000

/** What a language model reads as one token is about four letters of English. */
const LETTERS_PER_TOKEN = 4

type Given = { text: string; by?: string; size: number; overlap?: number }

/** Chunks of `size` units, each beginning with the last `overlap` units of the one before. Without overlap they joined give the text. */
export function chunk({ text, by = 'characters', size, overlap = 0 }: Given) {
  const unit = chosen(by, UNITS, 'by', ALSO)
  if (overlap >= size) throw new HookError(`${overlap} is not less than size (${size})`, 'overlap')
  const pieces = unit === 'tokens' ? graphemes(text) : { characters: graphemes, words: spacedWords, sentences, paragraphs, lines }[unit](text)
  const factor = unit === 'tokens' ? LETTERS_PER_TOKEN : 1
  if (pieces.length / (size - overlap) / factor > MAX_CHUNKS)
    throw new HookError(`would give more than ${MAX_CHUNKS} chunks; take a larger one`, 'size')
  const starts = [0]
  for (const piece of pieces) starts.push((starts.at(-1) as number) + piece.length)
  const chunks: { index: number; text: string; start: number; end: number }[] = []
  for (let from = 0; from < pieces.length;) {
    let to = Math.min(from + size * factor, pieces.length)
    if (unit === 'tokens') to = atWord(pieces, from, to, overlap * factor)
    const [start, end] = [starts[from] as number, starts[to] as number]
    chunks.push({ index: chunks.length, text: text.slice(start, end), start, end })
    if (to >= pieces.length) break
    from = Math.max(to - overlap * factor, from + 1)
  }
  return { chunks, count: chunks.length, by: unit }
}

/** The last place between two words that still lets the next chunk go on; the full length where there is none. */
function atWord(pieces: string[], from: number, to: number, overlap: number): number {
  if (to >= pieces.length) return to
  for (let at = to; at > from + overlap && at > from + (to - from) / 2; at--) if (/\s/.test(pieces[at - 1] as string)) return at
  return to
}
