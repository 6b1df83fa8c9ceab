import { compileSchema } from '../tools/tool-schema.ts'
import type { JsonSchema } from '@cadre/contract/manifest'

/**
 * The final text as data (R5): a JSON object or array as it is, also when a model wrapped it in a Markdown fence; any other text
 * becomes {result: text}. Null where a run has no answer.
 */
export function outputOf(status: string, text: string | null): unknown {
  if (text === null || status !== 'completed') return null
  return parseAnswer(text) ?? { result: text }
}

/** The JSON object or array that the text is, or undefined. */
export function parseAnswer(text: string): unknown {
  const body = unfence(text)
  if (!/^[{[]/.test(body)) return undefined
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

function unfence(text: string) {
  const fenced = /^\s*```[a-zA-Z]*\s*\n([\s\S]*?)\n?```\s*$/.exec(text)
  return (fenced?.[1] ?? text).trim()
}

export function schemaPrompt(schema: JsonSchema) {
  return `Your final answer must be one JSON value and nothing else, and it must fit this JSON Schema:\n${JSON.stringify(schema)}`
}

/** What is wrong with an answer under the schema, in words for the model; undefined when it fits. */
export function problemWith(text: string, schema: JsonSchema): string | undefined {
  let value: unknown
  try {
    value = JSON.parse(unfence(text))
  } catch (error) {
    return `it is not JSON: ${(error as Error).message}`
  }
  const problems = compileSchema(schema)(value)
  return problems.length === 0 ? undefined : problems.map((problem) => `${problem.path || 'the answer'} ${problem.message}`).join('; ')
}

export function repairPrompt(problem: string) {
  return `That answer does not fit the required JSON Schema: ${problem}. Answer again with the corrected JSON value only.`
}
