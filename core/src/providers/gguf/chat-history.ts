import type { LanguageModelV3Prompt, LanguageModelV3ToolResultPart } from '@ai-sdk/provider'
import { GgufFailed } from './gguf-failed.ts'
import type { FunctionCall, HistoryItem } from './llama-api.ts'

/**
 * A prompt as node-llama-cpp has it: an answer with its calls, their results and what was said then is one item. What the model thought is
 * left out, as the templates of the model files do.
 */
export function chatHistory(prompt: LanguageModelV3Prompt): HistoryItem[] {
  const history: HistoryItem[] = []
  const answer = () => {
    const last = history.at(-1)
    if (last?.type === 'model') return last.response
    const response: (string | FunctionCall)[] = []
    history.push({ type: 'model', response })
    return response
  }
  // Ids need not differ from one answer to the next, so results are looked for until then.
  let unanswered = new Map<string, FunctionCall>()
  for (const message of prompt) {
    if (message.role === 'system') history.push({ type: 'system', text: message.content })
    else if (message.role === 'user') history.push({ type: 'user', text: message.content.map(textOf).join('\n') })
    else if (message.role === 'assistant') {
      const response = answer()
      unanswered = new Map()
      for (const part of message.content) {
        if (part.type === 'text') response.push(part.text)
        else if (part.type === 'tool-call') {
          const { toolName: name, input, toolCallId } = part
          const call: FunctionCall = { type: 'functionCall', name, params: parsed(input), result: null, startsNewChunk: unanswered.size === 0 }
          unanswered.set(toolCallId, call)
          response.push(call)
        } else if (part.type === 'file') textOf(part)
      }
    } else {
      for (const part of message.content) {
        const call = part.type === 'tool-result' ? unanswered.get(part.toolCallId) : undefined
        if (call && part.type === 'tool-result') call.result = resultOf(part)
      }
    }
  }
  return history
}

function resultOf({ output }: LanguageModelV3ToolResultPart): unknown {
  switch (output.type) {
    case 'text':
    case 'json':
      return output.value
    case 'error-text':
    case 'error-json':
      return { error: output.value }
    case 'execution-denied':
      return { error: output.reason ?? 'this was not allowed' }
    case 'content':
      return output.value.map((each) => (each.type === 'text' ? each.text : `(${each.type}, which cannot be shown to this model)`)).join('\n')
  }
}

function textOf(part: { type: 'text'; text: string } | { type: 'file'; mediaType: string }): string {
  if (part.type === 'text') return part.text
  throw new GgufFailed('MODEL_REFUSED', `the prompt has a file (${part.mediaType}), and models from GGUF files read text only here`)
}

/** The SDK gives what a model wrote as it was, where it is no JSON. */
function parsed(input: unknown): unknown {
  if (typeof input !== 'string') return input
  try {
    return JSON.parse(input) as unknown
  } catch {
    return input
  }
}
