import type {
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3Message,
  LanguageModelV3Prompt,
  LanguageModelV3ToolResultPart,
} from '@ai-sdk/provider'
import type { ContextTokens } from '@cadre/contract/context'
import type { TokenCounter } from './count-tokens.ts'

export type Tools = LanguageModelV3CallOptions['tools']

// What OpenAI documents for its chat format. Other providers wrap messages in much the same way.
const perMessage = 4
const perAnswer = 3
const perToolCall = 8
const perTool = 10
/** A picture at full detail with the providers that say: 765 to 1,600. */
const perPicture = 1600
const perCharacterOfFile = 1 / 20

/** Tokens of one part of a message: its text, and for a file a guess. */
export function partTokens(counter: TokenCounter, part: LanguageModelV3Message['content'][number] | string): number {
  if (typeof part === 'string') return counter.count(part)
  switch (part.type) {
    case 'text':
    case 'reasoning':
      return counter.count(part.text)
    case 'tool-call':
      return perToolCall + counter.count(part.toolName) + counter.count(asText(part.input))
    case 'tool-result':
      return perToolCall + resultTokens(counter, part)
    case 'file':
      return part.mediaType.startsWith('image/') || part.data instanceof URL ? perPicture : fileTokens(part.data.length)
    default:
      return perToolCall
  }
}

/** Tokens of what a tool answered. */
export function resultTokens(counter: TokenCounter, { output }: LanguageModelV3ToolResultPart): number {
  if (output.type === 'execution-denied') return counter.count(output.reason ?? 'denied')
  if (output.type !== 'content') return counter.count(asText(output.value))
  return output.value.reduce((sum, part) => {
    if (part.type === 'text') return sum + counter.count(part.text)
    if (part.type === 'file-data') return sum + fileTokens(part.data.length)
    return sum + perPicture
  }, 0)
}

export function messageTokens(counter: TokenCounter, { content }: LanguageModelV3Message): number {
  if (typeof content === 'string') return perMessage + partTokens(counter, content)
  return content.reduce((sum, part) => sum + partTokens(counter, part), perMessage)
}

export function toolTokens(counter: TokenCounter, tools: Tools): number {
  return (tools ?? []).reduce((sum, tool) => sum + perTool + rememberedCount(counter, JSON.stringify(tool)), 0)
}

/** Tools come with every call of every run of an agent, always the same. */
const counted = new WeakMap<TokenCounter, Map<string, number>>()
const mostRemembered = 500

function rememberedCount(counter: TokenCounter, text: string): number {
  const known = counted.get(counter) ?? new Map<string, number>()
  counted.set(counter, known)
  let tokens = known.get(text)
  if (tokens === undefined) {
    if (known.size >= mostRemembered) known.clear()
    tokens = counter.count(text)
    known.set(text, tokens)
  }
  return tokens
}

/** Tokens of a whole prompt by where they come from. */
export function tokensBySource(counter: TokenCounter, prompt: LanguageModelV3Prompt, tools: Tools, isNote: (part: object) => boolean): ContextTokens {
  const tokens = { system: 0, tools: toolTokens(counter, tools), user: 0, assistant: 0, tool_results: 0, summary: 0, total: 0 }
  for (const message of prompt) {
    const source = message.role === 'tool' ? 'tool_results' : message.role
    if (typeof message.content === 'string') {
      tokens[source] += messageTokens(counter, message)
      continue
    }
    tokens[message.content.every(isNote) ? 'summary' : source] += perMessage
    for (const part of message.content) {
      const of = isNote(part) ? 'summary' : part.type === 'tool-result' ? 'tool_results' : source
      tokens[of] += partTokens(counter, part)
    }
  }
  const { system, tools: forTools, user, assistant, tool_results, summary } = tokens
  return { ...tokens, total: system + forTools + user + assistant + tool_results + summary + perAnswer }
}

/** Tokens of an answer, as far as it came. */
export function answerTokens(counter: TokenCounter, content: readonly LanguageModelV3Content[]): number {
  return content.reduce((sum, part) => {
    if (part.type === 'text' || part.type === 'reasoning') return sum + counter.count(part.text)
    return part.type === 'tool-call' ? sum + perToolCall + counter.count(part.toolName) + counter.count(part.input) : sum
  }, 0)
}

/** Whether there is a file in it, whose tokens nobody can count from outside. */
export function hasFiles(prompt: LanguageModelV3Prompt): boolean {
  return prompt.some(({ content }) => typeof content !== 'string' && content.some(isFile))
}

function isFile(part: Exclude<LanguageModelV3Message['content'], string>[number]) {
  if (part.type === 'file') return true
  return part.type === 'tool-result' && part.output.type === 'content' && part.output.value.some(({ type }) => type !== 'text')
}

/** A text as it is, anything else as JSON: how a model is shown it. */
export function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'null')
}

function fileTokens(characters: number) {
  return Math.max(perPicture, Math.ceil(characters * perCharacterOfFile))
}
