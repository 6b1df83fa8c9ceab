import { HookError } from '@cadre/contract/forgehook'
import { chosen } from './names.ts'
import { graphemes } from './segments.ts'

type Given = { text: string; length: number; by?: string; ending?: string; position?: string; whole_words?: boolean }

/** Shortens to at most `length` characters (graphemes) or words; the ending counts among the characters. */
export function truncate({ text, length, by = 'characters', ending = '…', position = 'end', whole_words = false }: Given) {
  const unit = chosen(by, ['characters', 'words', 'bytes'], 'by', { character: 'characters', chars: 'characters', word: 'words', byte: 'bytes' })
  const place = chosen(position, ['end', 'middle', 'start'], 'position', { right: 'end', left: 'start', center: 'middle', centre: 'middle' })
  if (unit === 'words') return byWords(text, length, ending, place)
  const sizeOf = (piece: string) => (unit === 'bytes' ? Buffer.byteLength(piece, 'utf8') : 1)
  const total = (pieces: string[]) => pieces.reduce((sum, piece) => sum + sizeOf(piece), 0)
  const pieces = graphemes(text)
  if (total(pieces) <= length) return { text, truncated: false }
  const room = length - total(graphemes(ending))
  if (room < 0) throw new HookError(`${length} leaves no room for the ending ${JSON.stringify(ending)}`, 'length')
  const head = (limit: number, from: string[]) => {
    let used = 0
    return from.slice(
      0,
      from.findIndex((piece) => (used += sizeOf(piece)) > limit),
    )
  }
  const tail = (limit: number) => head(limit, pieces.toReversed()).toReversed()
  if (place === 'start') return { text: ending + wordsOnly(tail(room).join(''), text, whole_words, 'start'), truncated: true }
  if (place === 'middle') {
    const front = head(Math.ceil(room / 2), pieces)
    return { text: front.join('') + ending + tail(room - total(front)).join(''), truncated: true }
  }
  return { text: wordsOnly(head(room, pieces).join(''), text, whole_words, 'end') + ending, truncated: true }
}

/** Takes away a word that was cut, unless nothing would be left. */
function wordsOnly(kept: string, text: string, wanted: boolean, side: 'start' | 'end'): string {
  if (!wanted) return kept
  const cut = side === 'end' ? /\S/.test(text[kept.length] ?? ' ') : /\S/.test(text[text.length - kept.length - 1] ?? ' ')
  const shorter = cut ? kept.replace(side === 'end' ? /\s*\S*$/ : /^\S*\s*/, '') : side === 'end' ? kept.trimEnd() : kept.trimStart()
  return shorter === '' ? kept : shorter
}

function byWords(text: string, length: number, ending: string, place: 'end' | 'middle' | 'start') {
  const found = [...text.matchAll(/\S+/g)]
  if (found.length <= length) return { text, truncated: false }
  if (length === 0) return { text: ending, truncated: true }
  const front = place === 'start' ? 0 : place === 'end' ? length : Math.ceil(length / 2)
  const last = found[front - 1]
  const first = found[found.length - (length - front)]
  const head = last ? text.slice(0, last.index + last[0].length) : ''
  return { text: head + ending + (first && front < length ? text.slice(first.index) : ''), truncated: true }
}
