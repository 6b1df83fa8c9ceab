import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
} from '@ai-sdk/provider'
import { mayBeCalls, readTextCalls, type TextCall } from './read-text-calls.ts'
import { repairJson } from './repair-json.ts'

type Call = Extract<LanguageModelV3Content, { type: 'tool-call' }>

/**
 * Small local models often write a tool call as text instead of making it, or make it with input that is almost JSON. Where tools were
 * offered and the whole text is calls of them, they become calls.
 */
export function withTextToolCalls(model: LanguageModelV3): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    async doGenerate(options) {
      const result = await model.doGenerate(options)
      const tools = toolNames(options)
      if (tools.size === 0) return result
      const whole = result.finishReason.unified !== 'length'
      const text = result.content.map((part) => (part.type === 'text' ? part.text : '')).join('')
      const made = result.content.some((part) => part.type === 'tool-call')
      const calls = made ? undefined : readTextCalls(text, tools, whole)
      if (!calls) return { ...result, content: result.content.map((part) => (part.type === 'tool-call' ? mended(part, whole) : part)) }
      return {
        ...result,
        content: [...result.content.filter((part) => part.type !== 'text'), ...calls.map(toCall)],
        finishReason: calling(result.finishReason),
      }
    },
    async doStream(options) {
      const result = await model.doStream(options)
      const tools = toolNames(options)
      return tools.size === 0 ? result : { ...result, stream: result.stream.pipeThrough(holdingBack(tools)) }
    },
  }
}

/** Text that may be a call waits for its end; any other is passed on as it comes. */
function holdingBack(tools: ReadonlySet<string>): TransformStream<LanguageModelV3StreamPart, LanguageModelV3StreamPart> {
  let held: LanguageModelV3StreamPart[] | undefined = []
  let text = ''
  // Calls wait too: only at the end is it known whether the model was stopped in the middle of one.
  const calls: Call[] = []
  return new TransformStream({
    transform(part, controller) {
      const release = () => {
        for (const each of held ?? []) controller.enqueue(each)
        held = undefined
      }
      if (part.type === 'tool-call') {
        calls.push(part)
      } else if (part.type === 'finish') {
        const whole = part.finishReason.unified !== 'length' && part.finishReason.raw !== undefined
        const found = held && calls.length === 0 ? readTextCalls(text, tools, whole) : undefined
        if (!found) release()
        for (const call of found ? found.map(toCall) : calls.map((each) => mended(each, whole))) controller.enqueue(call)
        calls.length = 0
        controller.enqueue(found ? { ...part, finishReason: calling(part.finishReason) } : part)
      } else if (held && (part.type === 'text-start' || part.type === 'text-delta' || part.type === 'text-end')) {
        held.push(part)
        if (part.type === 'text-delta') text += part.delta
        if (!mayBeCalls(text)) release()
      } else {
        controller.enqueue(part)
      }
    },
    flush(controller) {
      for (const each of [...(held ?? []), ...calls]) controller.enqueue(each)
    },
  })
}

function toolNames({ tools, toolChoice }: LanguageModelV3CallOptions): ReadonlySet<string> {
  return new Set(toolChoice?.type === 'none' ? [] : (tools ?? []).map(({ name }) => name))
}

function toCall({ tool, input }: TextCall, index: number): Call {
  return { type: 'tool-call', toolCallId: `text_${index}`, toolName: tool, input }
}

function mended(call: Call, whole: boolean): Call {
  try {
    JSON.parse(call.input)
    return call
  } catch {
    const value = whole && call.input ? repairJson(call.input) : undefined
    return value === undefined ? call : { ...call, input: JSON.stringify(value) }
  }
}

function calling(reason: LanguageModelV3FinishReason): LanguageModelV3FinishReason {
  return { unified: 'tool-calls', raw: reason.raw ?? 'tool_calls' }
}
