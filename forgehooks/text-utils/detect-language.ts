import { HookError } from '@cadre/contract/forgehook'

type Given = { text: string; languages?: string[]; alternatives?: number }
type Guess = { language: string; name: string; confidence: number }

const MAX_READ = 20_000
/** Below this there is nothing to go by; in scripts of one language fewer letters tell. */
const MIN_LETTERS = 10

// One language (of those known) for each script, so that a word is enough.
const SCRIPTS: [RegExp, string][] = [
  [/\p{Script=Hiragana}|\p{Script=Katakana}/u, 'ja'],
  [/\p{Script=Hangul}/u, 'ko'],
  [/\p{Script=Thai}/u, 'th'],
  [/\p{Script=Greek}/u, 'el'],
  [/\p{Script=Hebrew}/u, 'he'],
  [/\p{Script=Georgian}/u, 'ka'],
  [/\p{Script=Armenian}/u, 'hy'],
  [/\p{Script=Tamil}/u, 'ta'],
  [/\p{Script=Telugu}/u, 'te'],
  [/\p{Script=Kannada}/u, 'kn'],
  [/\p{Script=Malayalam}/u, 'ml'],
  [/\p{Script=Gujarati}/u, 'gu'],
  [/\p{Script=Gurmukhi}/u, 'pa'],
  [/\p{Script=Oriya}/u, 'or'],
  [/\p{Script=Bengali}/u, 'bn'],
  [/\p{Script=Lao}/u, 'lo'],
  [/\p{Script=Ethiopic}/u, 'am'],
]

export async function detectLanguage({ text, languages, alternatives = 3 }: Given) {
  // Addresses, names of people and numbers are of no language.
  const read = text
    .slice(0, MAX_READ)
    .replace(/https?:\/\/\S+|www\.\S+|[\w.+-]+@[\w-]+\.[\w.-]+|[@#]\w+/g, ' ')
    .trim()
  const letters = read.match(/\p{L}/gu) ?? []
  const script = scriptOf(letters)
  const { eld } = await import('eld/large')
  const detector = eld.newInstance()
  if (languages) {
    const known = Object.values(detector.setLanguageSubset(languages.map((name) => name.toLowerCase())))
    const unknown = languages.filter((name) => !known.includes(name.toLowerCase()))
    if (unknown.length > 0) throw new HookError(`${unknown.join(', ')}: not known; give ISO 639-1 codes such as en, es, de`, 'languages')
  }
  if (script && letters.length >= 2 && (!languages || languages.includes(script))) return answer([{ code: script, score: 1 }], alternatives, 0.99)
  if (letters.length < (/\p{Script=Han}/u.test(read) ? 4 : MIN_LETTERS)) return unknown()
  const scores = Object.entries(detector.detect(read).getScores()).map(([code, score]) => ({ code, score }))
  const [first, second] = scores.toSorted((a, b) => b.score - a.score)
  if (!first || (second && first.score - second.score < 0.01 && letters.length < 40 && /\p{Script=Latin}/u.test(read))) return unknown()
  return answer(scores, alternatives, undefined)
}

/** The language whose own script most of the letters are in. Han letters go with kana, as in Japanese. */
function scriptOf(letters: string[]): string | undefined {
  const counts = new Map<string, number>()
  const han = letters.filter((letter) => /\p{Script=Han}/u.test(letter)).length
  for (const letter of letters) {
    const code = SCRIPTS.find(([pattern]) => pattern.test(letter))?.[1]
    if (code) counts.set(code, (counts.get(code) ?? 0) + 1)
  }
  const [code, number] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['', 0]
  return number > 0 && number + (code === 'ja' ? han : 0) > letters.length * (code === 'ja' ? 0.3 : 0.6) ? code : undefined
}

const unknown = () => ({ language: 'und', name: 'Undetermined', confidence: 0, reliable: false, alternatives: [] as Guess[] })

function answer(scores: { code: string; score: number }[], many: number, certain: number | undefined) {
  // The scores lie close together; their distance tells more than their size.
  const sharp = scores.map(({ code, score }) => ({ code, weight: score ** 12 })).toSorted((a, b) => b.weight - a.weight)
  const sum = sharp.reduce((total, { weight }) => total + weight, 0)
  const guesses = sharp.map(({ code, weight }) => ({
    language: code,
    name: nameOf(code),
    confidence: certain ?? Math.round((weight / sum) * 1000) / 1000,
  }))
  const [best, ...rest] = guesses as [Guess, ...Guess[]]
  return { ...best, reliable: best.confidence >= 0.5, alternatives: rest.slice(0, many).filter(({ confidence }) => confidence > 0) }
}

function nameOf(code: string): string {
  return new Intl.DisplayNames('en', { type: 'language' }).of(code) ?? code
}
