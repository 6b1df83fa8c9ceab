import type { LanguageModelV3CallOptions } from '@ai-sdk/provider'
import { rankTools } from '../tools/rank-tools.ts'
import { ToolError } from '../tools/tool-error.ts'
import { readResultName } from './context/read-result.ts'
import { splitToolName } from './journal-codec.ts'
import type { Setup } from './setup.ts'

type FrozenTool = Setup['tools'][number]

/** With more tools than this a model is shown a search instead of every schema in every call. */
export const mostShown = 40
export const searchToolName = 'tools__search'
const mostFound = 8

/** The agent's tools, with a search among them where they are too many to be shown at once. */
export function withSearch(tools: FrozenTool[]): FrozenTool[] {
  if (tools.length <= mostShown) return tools
  const hooks = [...new Set(tools.map(({ name }) => splitToolName(name).tool))].join(', ')
  const description = `You have ${tools.length} tools, of which only this one is shown at first; they belong to: ${hooks}. Search them in plain words by what you want to do. The tools that are found can be called from your next step on.`
  return [{ name: searchToolName, description, effect: 'read', input: searchInput }, ...tools]
}

const searchInput = {
  type: 'object',
  properties: {
    query: { type: 'string', minLength: 1, maxLength: 500, description: 'What the tool should do, such as: convert a date to another time zone' },
    limit: { type: 'integer', minimum: 1, maximum: 20, description: `How many tools to find; ${mostFound} by default.` },
  },
  required: ['query'],
  additionalProperties: false,
}

type Found = { tools: { name: string; description: string }[] }

/** What the search answers; the schemas of what was found come with the next model call. Throws ToolError naming the field. */
export function searchFrozen(tools: FrozenTool[], input: unknown): Found & { hint?: string } {
  const { query, limit = mostFound } = input as { query?: unknown; limit?: unknown }
  if (typeof query !== 'string' || query.trim() === '') throw new ToolError('query: is required, in plain words')
  if (typeof limit !== 'number' || !Number.isInteger(limit) || limit < 1 || limit > 20)
    throw new ToolError('limit: must be a whole number from 1 to 20')
  const others = tools.filter(({ name }) => name !== searchToolName && name !== readResultName)
  const found = rankTools(others, query, limit).map(({ tool: { name, description } }) => ({ name, description }))
  return found.length > 0 ? { tools: found } : { tools: [], hint: 'nothing fits these words; try others' }
}

/**
 * The tools that one model call is shown: all where there is no search among them; else the search, and what was found or called before.
 * It follows from the prompt alone, so a replay shows the same. The offline planner reads every schema at no cost and needs no search.
 */
export function toolsShown(options: LanguageModelV3CallOptions, isPlanner: boolean): LanguageModelV3CallOptions['tools'] {
  const { tools, prompt } = options
  if (isPlanner) return tools?.filter(({ name }) => name !== searchToolName && name !== readResultName)
  if (!tools?.some(({ name }) => name === searchToolName)) return tools
  // Whether there is something to read on in is seen later, when the conversation is fitted.
  const known = new Set([searchToolName, readResultName, ...namesIn(prompt)])
  return tools.filter(({ name }) => known.has(name))
}

function namesIn(prompt: LanguageModelV3CallOptions['prompt']): string[] {
  return prompt.flatMap((message) => {
    if (message.role === 'assistant') return message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolName] : []))
    if (message.role !== 'tool') return []
    return message.content.flatMap((part) => {
      if (part.type !== 'tool-result' || part.toolName !== searchToolName || part.output.type !== 'json') return []
      const { tools } = part.output.value as Partial<Found>
      return Array.isArray(tools) ? tools.map(({ name }) => name) : []
    })
  })
}
