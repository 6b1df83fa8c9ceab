import type { JsonSchema } from '@cadre/contract/manifest'

/** What a tool is found by. */
export type Searchable = { name: string; description: string; input: JsonSchema }
export type Ranked<T> = { tool: T; score: number }

// Okapi BM25 with its usual constants (Robertson and Zaragoza, 2009, https://doi.org/10.1561/1500000019).
const k1 = 1.2
const b = 0.75
/** A word in a tool's name says more than one in its description. */
const weights = { name: 3, description: 1, fields: 0.5 }
/** Words of the question that every description has. */
const idle = new Set(
  'a an and are as at be by can do for from get give how i in into is it me my of on or that the this to use using want what with'.split(' '),
)

/** The tools that fit a question in plain words, best first; those that share no word with it are left out. */
export function rankTools<T extends Searchable>(tools: T[], question: string, limit: number): Ranked<T>[] {
  const asked = [...new Set(wordsOf(question))]
  const wanted = asked.some((word) => !idle.has(word)) ? asked.filter((word) => !idle.has(word)) : asked
  const documents = tools.map(countsOf)
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length)
  const rarity = new Map(wanted.map((word) => [word, idf(documents.filter(({ counts }) => counts.has(word)).length, documents.length)]))
  return tools
    .map((tool, i) => ({ tool, score: scoreOf(documents[i] ?? { counts: new Map(), length: 0 }, rarity, average) }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.tool.name < other.tool.name ? -1 : 1))
    .slice(0, limit)
}

type Document = { counts: Map<string, number>; length: number }

function scoreOf({ counts, length }: Document, rarity: Map<string, number>, average: number): number {
  let score = 0
  for (const [word, idfOfWord] of rarity) {
    const count = counts.get(word) ?? 0
    score += (idfOfWord * count * (k1 + 1)) / (count + k1 * (1 - b + (b * length) / average))
  }
  return score
}

function idf(having: number, all: number): number {
  return Math.log(1 + (all - having + 0.5) / (having + 0.5))
}

function countsOf({ name, description, input }: Searchable): Document {
  const counts = new Map<string, number>()
  let length = 0
  const add = (text: string, weight: number) => {
    for (const word of wordsOf(text)) {
      counts.set(word, (counts.get(word) ?? 0) + weight)
      length += weight
    }
  }
  add(name, weights.name)
  add(description, weights.description)
  for (const [field, schema] of Object.entries((input['properties'] as Record<string, { description?: unknown }> | undefined) ?? {})) {
    add(`${field} ${typeof schema?.description === 'string' ? schema.description : ''}`, weights.fields)
  }
  return { counts, length }
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
  if (word.length > 4 && word.endsWith('ies')) return `${word.slice(0, -3)}y`
  if (word.length > 4 && /(s|x|ch|sh)es$/.test(word)) return word.slice(0, -2)
  if (word.length > 3 && word.endsWith('s') && !word.endsWith('ss')) return word.slice(0, -1)
  return word
}
