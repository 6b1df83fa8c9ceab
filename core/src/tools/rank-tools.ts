import type { JsonSchema } from '@cadre/contract/manifest'
import { scoreDocuments } from './bm25f.ts'

/** What a tool is found by. */
export type Searchable = { name: string; description: string; input: JsonSchema }
export type Ranked<T> = { tool: T; score: number }

/** A word in a tool's name says more than one in its description; a long name is no longer than it must be. */
const places = {
  name: { weight: 4, lengthCounts: 0.2 },
  description: { weight: 1, lengthCounts: 0.6 },
  fields: { weight: 0.4, lengthCounts: 0.7 },
}

/** The tools that fit a question in plain words, best first; those that share no word with it are left out. */
export function rankTools<T extends Searchable>(tools: T[], question: string, limit: number): Ranked<T>[] {
  const scores = scoreDocuments(tools.map(documentOf), places, question)
  return tools
    .map((tool, i) => ({ tool, score: scores[i] ?? 0 }))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score || (one.tool.name < other.tool.name ? -1 : 1))
    .slice(0, limit)
}

function documentOf({ name, description, input }: Searchable) {
  const properties = (input['properties'] as Record<string, { description?: unknown }> | undefined) ?? {}
  const fields = Object.entries(properties).map(([field, schema]) => `${field} ${typeof schema?.description === 'string' ? schema.description : ''}`)
  return { name, description, fields: fields.join(' ') }
}
