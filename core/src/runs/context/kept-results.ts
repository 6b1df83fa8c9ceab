import type { JSONValue, LanguageModelV3Prompt, LanguageModelV3ToolResultPart } from '@ai-sdk/provider'
import { type TokenCounter, wholeEnd } from './count-tokens.ts'
import { asText, resultTokens } from './message-tokens.ts'
import { readResultName } from './read-result.ts'

/** The number of the step that a tool call is, by which its recorded output is read; null where it cannot be read. */
export type StepOf = (toolCallId: string) => number | null

/** Right where the prompt holds one run and nothing before it: the n-th tool call is step n. */
export function stepsInOrder(prompt: LanguageModelV3Prompt): StepOf {
  const ids = prompt.flatMap((message) =>
    message.role === 'assistant' ? message.content.flatMap((part) => (part.type === 'tool-call' ? [part.toolCallId] : [])) : [],
  )
  const steps = new Map(ids.map((id, index) => [id, index + 1]))
  return (id) => steps.get(id) ?? null
}

/**
 * A tool result as its head, its tail and a reference, in about so many tokens; undefined where that would save nothing or it holds a file.
 * The whole stays in the journal.
 */
export function shortened(
  counter: TokenCounter,
  part: LanguageModelV3ToolResultPart,
  given: { step: number | null; allowance: number; canRead: boolean },
): LanguageModelV3ToolResultPart | undefined {
  const text = textOf(part)
  if (text === undefined) return undefined
  const tokens = resultTokens(counter, part)
  if (tokens <= given.allowance) return undefined
  const build = (shown: number): LanguageModelV3ToolResultPart => ({
    ...part,
    output: {
      type: part.output.type.startsWith('error') ? 'error-json' : 'json',
      value: reference(part, text, tokens, shown, given) as JSONValue,
    },
  })
  let shown = Math.floor((text.length * given.allowance * 0.9) / tokens)
  let result = build(shown)
  for (let size = resultTokens(counter, result); size > given.allowance && shown > 0; size = resultTokens(counter, result)) {
    shown = shown < 40 ? 0 : Math.floor(shown * Math.min(0.9, given.allowance / size))
    result = build(shown)
  }
  return resultTokens(counter, result) < tokens ? result : undefined
}

function textOf({ output }: LanguageModelV3ToolResultPart): string | undefined {
  if (output.type === 'execution-denied') return undefined
  if (output.type !== 'content') return asText(output.value)
  const texts = output.value.flatMap((part) => (part.type === 'text' ? [part.text] : []))
  return texts.length === output.value.length ? texts.join('\n') : undefined
}

function reference(
  part: LanguageModelV3ToolResultPart,
  text: string,
  tokens: number,
  shown: number,
  { step, canRead }: { step: number | null; canRead: boolean },
) {
  const base = {
    $kept: step === null ? 'result of an earlier step' : `result of step ${step}`,
    tokens,
    characters: text.length,
    preview: preview(text, shown),
  }
  if (part.toolName === readResultName) return { ...base, read_more: `ask ${readResultName} again with a smaller limit` }
  if (step === null || !canRead) return base
  return { ...base, read_more: `call ${readResultName} with step ${step} and an offset or a JSON pointer or a search text` }
}

/** Two thirds head, one third tail, never half a surrogate pair. */
function preview(text: string, shown: number): string {
  const head = wholeEnd(text, Math.ceil((shown * 2) / 3))
  const tail = Math.max(head, wholeEnd(text, text.length - Math.floor(shown / 3)))
  return `${text.slice(0, head)}\n... ${tail - head} characters are not shown ...\n${text.slice(tail)}`
}
