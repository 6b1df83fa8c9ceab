/** A word as the indexes hold it, and where it stands in the text. */
export type Word = { word: string; start: number; end: number }
export type Phrase = { words: string[]; prefix: boolean }
export type WordQuery = { all: Phrase[]; none: Phrase[] }

// An emoji with all that belongs to it; one character of a script that is written without spaces; a run of letters and digits.
const tokens =
  /(?<emoji>\p{RI}\p{RI}|\p{Extended_Pictographic}(?:\uFE0F|\p{EMod}|\u200D\p{Extended_Pictographic})*)|(?<sign>[[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]--[\p{P}\p{S}\p{Z}\p{M}]])|(?<run>[[\p{L}\p{N}\p{M}]--[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}]]+)/gv
const longest = 64

/**
 * The words of a text: without case and without accents (`Ação` is `acao`), compatible forms as one (`ﬁ` is `fi`); each Chinese or
 * Japanese character a word of its own, so that any part of a sentence is found as a phrase; each emoji a word, too.
 */
export function* wordsOf(text: string): Generator<Word> {
  for (const match of text.matchAll(tokens)) {
    const { emoji } = match.groups ?? {}
    const word = emoji === undefined ? folded(match[0]) : emojiWord(emoji)
    if (word !== '') yield { word, start: match.index, end: match.index + match[0].length }
  }
}

export function textOfWords(text: string): string {
  let words = ''
  for (const { word } of wordsOf(text)) words += words === '' ? word : ` ${word}`
  return words
}

function folded(text: string): string {
  if (/^[a-z0-9]+$/.test(text)) return text.slice(0, longest)
  const plain = text
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}]/gu, '')
    .slice(0, longest)
  return plain.isWellFormed() ? plain : plain.slice(0, -1)
}

/** Without skin colour and the mark that asks for a picture. */
function emojiWord(emoji: string): string {
  const points = [...emoji].map((each) => each.codePointAt(0) ?? 0).filter((point) => point !== 0xfe0f && (point < 0x1f3fb || point > 0x1f3ff))
  return `emoji${points.map((point) => point.toString(16)).join('x')}`
}

/**
 * What a person typed: all words must occur, the last one also as the beginning of a word; "in quotes" side by side; -word must not.
 * Everything else in it means nothing. Null: there is no word to look for.
 */
export function parseQuery(text: string): WordQuery | null {
  const query: WordQuery = { all: [], none: [] }
  const pieces = [...text.matchAll(/(-?)"([^"]*)"?|(\S+)/g)]
  for (const [i, piece] of pieces.entries()) {
    const quoted = piece[2] !== undefined
    const plain = piece[2] ?? piece[3] ?? ''
    const not = quoted ? piece[1] === '-' : /^-[^-]/.test(plain)
    const words = [...wordsOf(plain)].map(({ word }) => word)
    if (words.length === 0) continue
    const open = !quoted && !not && i === pieces.length - 1 && /[\p{L}\p{N}\p{M}]$/u.test(plain)
    query[not ? 'none' : 'all'].push({ words, prefix: open && (words.at(-1)?.length ?? 0) > 1 })
  }
  return query.all.length === 0 ? null : query
}

const around = 80
const snippetLength = 240

/** Plain text around the first hit, and where in it the words are. */
export function snippetOf(content: string, { all }: WordQuery): { snippet: string; hits: { start: number; end: number }[] } {
  const singles = new Set(all.flatMap(({ words, prefix }) => (prefix ? words.slice(0, -1) : words)))
  const prefixes = all.flatMap(({ words, prefix }) => (prefix ? words.slice(-1) : []))
  const fits = (word: string) => singles.has(word) || prefixes.some((prefix) => word.startsWith(prefix))
  let begin = 0
  let found = false
  const hits = []
  for (const { word, start, end } of wordsOf(content)) {
    if (found && end > begin + snippetLength) break
    if (!fits(word)) continue
    if (!found) begin = wholeCharacter(content, Math.max(0, start - around))
    found = true
    hits.push({ start: start - begin, end: Math.min(end - begin, snippetLength) })
  }
  return { snippet: content.slice(begin, wholeCharacter(content, begin + snippetLength)), hits }
}

/** Never in the middle of a surrogate pair. */
function wholeCharacter(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}
