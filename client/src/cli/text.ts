import { stripVTControlCharacters } from 'node:util'

/** What comes from models, tools and files must not steer the terminal. Line breaks become spaces. */
export function oneLine(text: string) {
  return harmless(text.replace(/\s+/g, ' ')).trim()
}

/** The same for text of several lines. */
export function harmless(text: string) {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
}

const wide = /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const graphemes = new Intl.Segmenter()

/** Columns in a terminal. */
export function widthOf(text: string) {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length
  let width = 0
  for (const { segment } of graphemes.segment(text)) width += wide.test(segment) ? 2 : 1
  return width
}

/** Text of any kind as one line of at most so many columns. */
export function shorten(text: string, columns: number) {
  // What is far too long is not measured to its end.
  return cut(oneLine(text.slice(0, columns * 20 + 100)), columns)
}

/** At most so many columns, with an ellipsis where something is left out. */
export function cut(line: string, columns: number) {
  if (widthOf(line) <= columns) return line
  let kept = ''
  let width = 0
  for (const { segment } of graphemes.segment(line)) {
    width += wide.test(segment) ? 2 : 1
    if (width >= columns) break
    kept += segment
  }
  return `${kept.trimEnd()}…`
}

export function pad(text: string, columns: number, side: 'left' | 'right' = 'left') {
  const space = ' '.repeat(Math.max(0, columns - widthOf(text)))
  return side === 'left' ? text + space : space + text
}

/** JSON on one line, strings as they are. */
export function compact(value: unknown) {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

export function duration(ms: number) {
  if (ms < 1_000) return `${Math.round(ms)} ms`
  if (ms < 59_950) return `${(ms / 1_000).toFixed(1)} s`
  const seconds = Math.round(ms / 1_000)
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`
}

export function count(n: number, noun: string) {
  return `${n} ${noun}${n === 1 ? '' : 's'}`
}

/** 2024-03-05 10:15, in the reader's own time. */
export function localTime(instant: string) {
  const at = new Date(instant)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`
}
