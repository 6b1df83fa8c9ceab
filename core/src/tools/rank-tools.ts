import type { JsonSchema } from '@cadre/contract/manifest'

/** What a tool is found by. */
export type Searchable = { name: string; description: string; input: JsonSchema }
export type Ranked<T> = { tool: T; score: number }

// BM25F, which weighs where a word stands (Robertson, Zaragoza and Taylor, 2004, https://doi.org/10.1145/1031171.1031181).
const k1 = 1.2
const places = ['name', 'description', 'fields'] as const
type Place = (typeof places)[number]
/** A word in a tool's name says more than one in its description; a long name is no longer than it must be. */
const weight: Record<Place, number> = { name: 4, description: 1, fields: 0.4 }
const lengthCounts: Record<Place, number> = { name: 0.2, description: 0.6, fields: 0.7 }
/** Words of the question that every description has. */
const idle = new Set(
  'a an and are as at be by can do for from get give how i in into is it me my of on or that the this to use using want what with'.split(' '),
)

/** The tools that fit a question in plain words, best first; those that share no word with it are left out. */
export function rankTools<T extends Searchable>(tools: T[], question: string, limit: number): Ranked<T>[] {
  const asked = [...new Set(wordsOf(question))]
  const wanted = asked.some((word) => !idle.has(word)) ? asked.filter((word) => !idle.has(word)) : asked
  const documents = tools.map(documentOf)
  const average = Object.fromEntries(
    places.map((place) => [place, documents.reduce((sum, each) => sum + each[place].length, 0) / Math.max(1, documents.length)]),
  ) as Record<Place, number>
  const having = (word: string) => documents.filter((each) => places.some((place) => each[place].counts.has(word))).length
  const rarity = new Map(wanted.map((word) => [word, idf(having(word), documents.length)]))
  return documents
    .map((document, i) => ({ tool: tools[i] as T, score: scoreOf(document, rarity, average) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.tool.name < other.tool.name ? -1 : 1))
    .slice(0, limit)
}

type Part = { counts: Map<string, number>; length: number }
type Document = Record<Place, Part>

function scoreOf(document: Document, rarity: Map<string, number>, average: Record<Place, number>): number {
  let score = 0
  for (const [word, idfOfWord] of rarity) {
    let frequency = 0
    for (const place of places) {
      const { counts, length } = document[place]
      const relative = average[place] === 0 ? 1 : length / average[place]
      frequency += (weight[place] * (counts.get(word) ?? 0)) / (1 - lengthCounts[place] + lengthCounts[place] * relative)
    }
    score += (idfOfWord * frequency) / (k1 + frequency)
  }
  return score
}

function idf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5))
}

function documentOf({ name, description, input }: Searchable): Document {
  const properties = (input['properties'] as Record<string, { description?: unknown }> | undefined) ?? {}
  const fields = Object.entries(properties).map(([field, schema]) => `${field} ${typeof schema?.description === 'string' ? schema.description : ''}`)
  return { name: countsOf(name), description: countsOf(description), fields: countsOf(fields.join(' ')) }
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
