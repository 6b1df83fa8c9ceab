/** Where words stand in a document, such as its name or its description. */
export type Place = {
  /** A word here counts this many times as much as one where it is 1. */
  weight: number
  /** From 0, where a long text is no longer than it must be, to 1, where its words count the less the longer it is. */
  lengthCounts: number
}

// BM25F, which weighs where a word stands (Robertson, Zaragoza and Taylor, 2004, https://doi.org/10.1145/1031171.1031181).
const k1 = 1.2
/** Words of a question that every text has. */
const idle = new Set(
  'a an and are as at be by can do for from get give how i in into is it me my of on or that the this to use using want what with'.split(' '),
)

/** How well each document fits a question in plain words; 0 for those that share no word with it. In the order of the documents. */
export function scoreDocuments<P extends string>(documents: Record<P, string>[], places: Record<P, Place>, question: string): number[] {
  const names = Object.keys(places) as P[]
  const asked = [...new Set(wordsOf(question))]
  const wanted = asked.some((word) => !idle.has(word)) ? asked.filter((word) => !idle.has(word)) : asked
  const counted = documents.map((document) => Object.fromEntries(names.map((name) => [name, countsOf(document[name])])) as Record<P, Part>)
  const average = Object.fromEntries(
    names.map((name) => [name, counted.reduce((sum, each) => sum + each[name].length, 0) / Math.max(1, counted.length)]),
  ) as Record<P, number>
  const having = (word: string) => counted.filter((each) => names.some((name) => each[name].counts.has(word))).length
  const rarity = new Map(wanted.map((word) => [word, idf(having(word), counted.length)]))
  return counted.map((document) => {
    let score = 0
    for (const [word, idfOfWord] of rarity) {
      let frequency = 0
      for (const name of names) {
        const { counts, length } = document[name]
        const { weight, lengthCounts } = places[name]
        const relative = average[name] === 0 ? 1 : length / average[name]
        frequency += (weight * (counts.get(word) ?? 0)) / (1 - lengthCounts + lengthCounts * relative)
      }
      score += (idfOfWord * frequency) / (k1 + frequency)
    }
    return score
  })
}

type Part = { counts: Map<string, number>; length: number }

function idf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5))
}

function countsOf(text: string): Part {
  const words = wordsOf(text)
  const counts = new Map<string, number>()
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return { counts, length: words.length }
}

/** Lower case, without accents, split at anything else than letters and digits and at camelCase; plurals and -ing cut off. */
function wordsOf(text: string): string[] {
  const plain = text
    .slice(0, 5_000)
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
  return (plain.match(/[\p{L}\p{N}]+/gu) ?? []).map(stem)
}

function stem(word: string): string {
  if (word.length > 5 && word.endsWith('ing')) return word.slice(0, -3)
  if (word.length > 5 && word.endsWith('ed')) return word.slice(0, -2)
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (word.length > 4 && /(s|x|ch|sh)es$/.test(word)) return word.slice(0, -2)
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1)
  return word
}
