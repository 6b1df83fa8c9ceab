import { graphemes, lines, paragraphs, sentences, words } from './segments.ts'

export function count({ text, words_per_minute = 200 }: { text: string; words_per_minute?: number }) {
  const found = words(text)
  const seconds = Math.ceil((found.length * 60) / words_per_minute)
  const lower = new Map<string, number>()
  for (const { word } of found) lower.set(word.toLowerCase(), (lower.get(word.toLowerCase()) ?? 0) + 1)
  return {
    characters: [...text].length,
    characters_without_spaces: [...text.replace(/\s/gu, '')].length,
    graphemes: graphemes(text).length,
    utf16_units: text.length,
    bytes: Buffer.byteLength(text, 'utf8'),
    words: found.length,
    unique_words: lower.size,
    sentences: sentences(text).filter((sentence) => /[\p{L}\p{N}]/u.test(sentence)).length,
    paragraphs: paragraphs(text).filter((paragraph) => paragraph.trim() !== '').length,
    lines: lines(text).length,
    reading_time_seconds: seconds,
    reading_time_minutes: Math.ceil(seconds / 60),
  }
}
