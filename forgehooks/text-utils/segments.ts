/** Pieces that joined give the text. */
export function graphemes(text: string): string[] {
  // Quick where every character is one grapheme.
  if (/^[\u0020-\u007e\n\t]*$/.test(text)) return text.split('')
  return Array.from(new Intl.Segmenter('en', { granularity: 'grapheme' }).segment(text), ({ segment }) => segment)
}

export function sentences(text: string): string[] {
  const found: string[] = []
  for (const { segment } of new Intl.Segmenter('en', { granularity: 'sentence' }).segment(text)) {
    const last = found.at(-1)
    if (last !== undefined && (segment.trim() === '' || goesOn(last))) found[found.length - 1] = last + segment
    else found.push(segment)
  }
  if (found.length > 1 && found[0]?.trim() === '') found.splice(0, 2, `${found[0]}${found[1]}`)
  return found
}

const ABBREVIATIONS =
  /(?:^|[\s("'])(?:Mr|Mrs|Ms|Dr|Prof|Sr|Jr|St|Mt|Gen|Col|Sgt|Lt|Capt|Rev|Hon|Gov|Sen|Rep|vs|etc|e\.g|i\.e|cf|No|Fig|Vol|pp|approx|Inc|Ltd|Co|Corp|[A-Z])\.\s*$/

/** Abbreviations, initials and single line ends are no end of a sentence. */
function goesOn(sentence: string): boolean {
  if (/\n\s*\n\s*$/.test(sentence)) return false
  if (/[.!?…。！？]["'”’)\]]*\s*$/.test(sentence)) return ABBREVIATIONS.test(sentence)
  return /[^\n]\r?\n[ \t]*$/.test(sentence)
}

/** What people count as words: letters and digits, with ' - . , between them. */
export function words(text: string): { word: string; start: number; end: number }[] {
  const found: { word: string; start: number; end: number }[] = []
  for (const { segment, index, isWordLike } of new Intl.Segmenter('en', { granularity: 'word' }).segment(text)) {
    if (!isWordLike) continue
    const last = found.at(-1)
    // The segmenter parts well-known and e-mail, which people count as one.
    if (last && last.end === index - 1 && /[-‐‑]/.test(text[last.end] as string)) {
      last.word = text.slice(last.start, index + segment.length)
      last.end = index + segment.length
    } else found.push({ word: segment, start: index, end: index + segment.length })
  }
  return found
}

export const lines = (text: string): string[] => text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? []

/** Paragraphs with the blank lines behind them. */
export function paragraphs(text: string): string[] {
  const found: string[] = []
  let ended = false
  for (const line of lines(text)) {
    const blank = line.trim() === ''
    if (found.length === 0 || (ended && !blank && (found.at(-1) ?? '').trim() !== '')) found.push(line)
    else found[found.length - 1] += line
    ended = blank
  }
  return found
}

/** Runs that are not space, each with the space behind it (the first with the space before it too). */
export const spacedWords = (text: string): string[] => text.match(/^\s*\S+\s*|\S+\s*|^\s+$/g) ?? []
