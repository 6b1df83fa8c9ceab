import { chosen } from './names.ts'
import { withoutDiacritics } from './normalize.ts'

const CASES = [
  'camel',
  'snake',
  'kebab',
  'pascal',
  'constant',
  'title',
  'sentence',
  'slug',
  'dot',
  'path',
  'train',
  'upper',
  'lower',
  'capital',
  'swap',
] as const
const ALSO = {
  camelcase: 'camel',
  lowercamel: 'camel',
  snakecase: 'snake',
  kebabcase: 'kebab',
  dash: 'kebab',
  hyphen: 'kebab',
  pascalcase: 'pascal',
  uppercamel: 'pascal',
  constantcase: 'constant',
  screamingsnake: 'constant',
  uppersnake: 'constant',
  titlecase: 'title',
  sentencecase: 'sentence',
  slugify: 'slug',
  uppercase: 'upper',
  lowercase: 'lower',
  capitalize: 'capital',
  capitalized: 'capital',
  swapcase: 'swap',
  traincase: 'train',
  dotcase: 'dot',
} as const

// As the usual style guides have it; the first and the last word are always capital.
const SMALL = new Set([
  'a',
  'an',
  'and',
  'as',
  'at',
  'but',
  'by',
  'for',
  'if',
  'in',
  'nor',
  'of',
  'on',
  'or',
  'so',
  'the',
  'to',
  'up',
  'via',
  'vs',
  'yet',
])

export function changeCase({ text, to, small_words = false }: { text: string; to: string; small_words?: boolean }) {
  const wanted = chosen(to, CASES, 'to', ALSO)
  const parts = wordsOf(text)
  const lower = parts.map((word) => word.toLowerCase())
  switch (wanted) {
    case 'camel':
      return { text: lower.map((word, index) => (index === 0 ? word : capital(word))).join('') }
    case 'pascal':
      return { text: lower.map(capital).join('') }
    case 'snake':
      return { text: lower.join('_') }
    case 'constant':
      return { text: parts.map((word) => word.toUpperCase()).join('_') }
    case 'kebab':
      return { text: lower.join('-') }
    case 'train':
      return { text: lower.map(capital).join('-') }
    case 'dot':
      return { text: lower.join('.') }
    case 'path':
      return { text: lower.join('/') }
    case 'slug':
      return { text: slug(text) }
    case 'title':
      return { text: title(text, small_words) }
    case 'sentence':
      return { text: sentence(text) }
    case 'capital':
      return { text: capital(text) }
    case 'upper':
      return { text: text.toUpperCase() }
    case 'lower':
      return { text: text.toLowerCase() }
    case 'swap':
      return { text: text.replace(/\p{L}/gu, (letter) => (letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase())) }
  }
}

/** XMLHttpRequest -> XML Http Request, first_name -> first name, item2b stays one. Apostrophes part nothing. */
export function wordsOf(text: string): string[] {
  return (
    text
      .normalize('NFC')
      .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
      .replace(/(?<=[\p{Ll}\p{N}])(?=\p{Lu})/gu, ' ')
      .replace(/(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu, ' ')
      .match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  )
}

function capital(word: string): string {
  const [first = '', ...rest] = word
  // ß becomes Ss, not SS.
  const upper = first.toUpperCase()
  return (upper.length > first.length ? upper.charAt(0) + upper.slice(1).toLowerCase() : upper) + rest.join('')
}

/** Diacritics are folded; letters of other scripts stay, because a slug without them would be empty. */
function slug(text: string): string {
  return withoutDiacritics(text)
    .normalize('NFKC')
    .toLowerCase()
    .replace(/(?<=\p{L})['’](?=\p{L})/gu, '')
    .replace(/&/g, ' and ')
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
}

function title(text: string, small: boolean): string {
  const pattern = /[\p{L}\p{M}\p{N}]+(?:['’][\p{L}\p{M}]+)*/gu
  const total = text.match(pattern)?.length ?? 0
  let index = 0
  return text.replace(pattern, (word) => {
    index++
    const lower = word.toLowerCase()
    return small && index > 1 && index < total && SMALL.has(lower) ? lower : capital(lower)
  })
}

function sentence(text: string): string {
  return text
    .toLowerCase()
    .replace(
      /(^|[.!?]["'”’)\]]*\s+)([^\p{L}\p{N}]*)(\p{L})/gu,
      (_, before: string, between: string, letter: string) => before + between + capital(letter),
    )
}
