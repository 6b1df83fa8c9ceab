import type { LanguageModelV3CallOptions, LanguageModelV3Prompt, LanguageModelV3ToolResultOutput } from '@ai-sdk/provider'

type Message = {
  role: 'system' | 'user' | 'assistant' | 'tool'
  content: string
  thinking?: string
  images?: string[]
  tool_name?: string
  tool_calls?: { function: { name: string; arguments: unknown } }[]
}

/** A prompt as /api/chat takes it. */
export function ollamaMessages(prompt: LanguageModelV3Prompt): Message[] {
  return prompt.flatMap((message): Message[] => {
    switch (message.role) {
      case 'system':
        return [{ role: 'system', content: message.content }]
      case 'user': {
        const images = message.content.flatMap((part) => (part.type === 'file' ? [imageOf(part.mediaType, part.data)] : []))
        return [{ role: 'user', content: joined(message.content, 'text'), ...(images.length ? { images } : {}) }]
      }
      case 'assistant': {
        const calls = message.content.flatMap((part) =>
          part.type === 'tool-call' ? [{ function: { name: part.toolName, arguments: part.input ?? {} } }] : [],
        )
        const thinking = joined(message.content, 'reasoning')
        return [
          {
            role: 'assistant',
            content: joined(message.content, 'text'),
            ...(thinking ? { thinking } : {}),
            ...(calls.length ? { tool_calls: calls } : {}),
          },
        ]
      }
      default:
        return message.content.flatMap((part) =>
          part.type === 'tool-result' ? [{ role: 'tool' as const, tool_name: part.toolName, content: resultText(part.output) }] : [],
        )
    }
  })
}

export function ollamaTools(tools: LanguageModelV3CallOptions['tools']) {
  const functions = (tools ?? []).flatMap((tool) =>
    tool.type === 'function'
      ? [{ type: 'function', function: { name: tool.name, description: tool.description, parameters: tool.inputSchema } }]
      : [],
  )
  return functions.length ? { tools: functions } : {}
}

function joined(content: readonly { type: string; text?: string }[], type: 'text' | 'reasoning') {
  return content.map((part) => (part.type === type ? (part.text ?? '') : '')).join('')
}

function imageOf(mediaType: string, data: Uint8Array | string | URL): string {
  if (!mediaType.startsWith('image/')) throw new Error(`Ollama takes images, not ${mediaType}`)
  if (data instanceof URL) throw new Error('Ollama takes an image itself, not its address')
  return typeof data === 'string' ? data : Buffer.from(data).toString('base64')
}

function resultText(output: LanguageModelV3ToolResultOutput): string {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return output.value
    case 'execution-denied':
      return output.reason ?? 'the call was not allowed'
    default:
      return JSON.stringify(output.value)
  }
}
