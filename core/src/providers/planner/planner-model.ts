import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider'
import { CAN, finalText, WHO } from './answer.ts'
import { readPrompt } from './read-prompt.ts'
import { runPlan } from './run-plan.ts'
import { Pending, toolbox, type PlannedCall } from './toolbox.ts'
import type { OfferedTool, Reading } from './types.ts'

/** A plan asks for no more tools than this; every plan known to the tests ends far below. */
const MOST_CALLS = 15

/**
 * `builtin/planner`: a model without a model. Rules read the instruction, the data and the schemas of the offered tools, and answer
 * with the next tool calls or the final text. It keeps nothing between calls: the same prompt always gives the same answer, ids included.
 * Token counts are estimates (characters / 4, rounded up), since nothing is tokenized.
 */
export function plannerModel(): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'builtin',
    modelId: 'planner',
    supportedUrls: {},
    doGenerate: async (options) => {
      const { content, finishReason, usage } = answer(options)
      return { content, finishReason, usage, warnings: [] }
    },
    doStream: async (options) => ({ stream: streamed(answer(options)) }),
  }
}

type Answer = { content: LanguageModelV3Content[]; finishReason: LanguageModelV3FinishReason; usage: LanguageModelV3Usage }

function answer(options: LanguageModelV3CallOptions): Answer {
  options.abortSignal?.throwIfAborted()
  const reading = readPrompt(options)
  const planned = plan(reading, options)
  const content: LanguageModelV3Content[] =
    typeof planned === 'string'
      ? [{ type: 'text', text: planned }]
      : planned.map((call, at) => ({
          type: 'tool-call',
          toolCallId: `call_${reading.callCount + reading.past.length + at + 1}`,
          toolName: call.tool,
          input: JSON.stringify(call.input),
        }))
  const reason = typeof planned === 'string' ? 'stop' : 'tool-calls'
  return { content, finishReason: { unified: reason, raw: reason }, usage: usageOf(options, content) }
}

const GREETING =
  /^\s*(?:hi|hello|hey|good (?:morning|afternoon|evening)|ol[aá]|who are you|what are you|what can you do|help|are you (?:an? )?(?:ai|llm|language model|bot|human)|what(?:'s| is) your name|how are you|thanks?(?: you)?|test)\b[\s\S]{0,20}$/i

function plan(reading: Reading, options: LanguageModelV3CallOptions): string | PlannedCall[] {
  const tools = offeredTools(options)
  if (reading.instruction.trim() === '' || GREETING.test(reading.instruction)) return introduction(tools)
  const box = toolbox(tools, reading.past)
  try {
    return finalText(runPlan(reading, box))
  } catch (error) {
    if (!(error instanceof Pending)) throw error
    const left = MOST_CALLS - reading.past.length
    if (left <= 0)
      return `${WHO} I stopped after ${reading.past.length} tool calls without an end in sight; the next would have been ${error.calls[0]?.tool}. Please ask for less at once.`
    return error.calls.slice(0, left)
  }
}

function introduction(tools: OfferedTool[]): string {
  return `${WHO} ${CAN} ${
    tools.length > 0
      ? `This agent's tools are ${tools
          .map((tool) => tool.name)
          .slice(0, 40)
          .join(', ')}.`
      : 'This agent has no tools.'
  }`
}

/** Tools that run at a provider cannot be planned with: nobody is there to run them. */
function offeredTools({ tools, toolChoice }: LanguageModelV3CallOptions): OfferedTool[] {
  if (toolChoice?.type === 'none') return []
  const own = (tools ?? []).flatMap((tool) =>
    tool.type === 'function' ? [{ name: tool.name, description: tool.description ?? '', schema: tool.inputSchema }] : [],
  )
  return toolChoice?.type === 'tool' ? own.filter((tool) => tool.name === toolChoice.toolName) : own
}

function usageOf(options: LanguageModelV3CallOptions, content: LanguageModelV3Content[]): LanguageModelV3Usage {
  const tokens = (value: unknown) => Math.ceil((JSON.stringify(value)?.length ?? 0) / 4)
  const input = tokens(options.prompt) + tokens(options.tools ?? '')
  const output = tokens(content.map((part) => (part.type === 'text' ? part.text : part.type === 'tool-call' ? part.input : '')).join(''))
  return { inputTokens: { total: input, noCache: input, cacheRead: 0, cacheWrite: 0 }, outputTokens: { total: output, text: output, reasoning: 0 } }
}

const DELTA = 400

function streamed({ content, finishReason, usage }: Answer): ReadableStream<LanguageModelV3StreamPart> {
  const parts: LanguageModelV3StreamPart[] = [{ type: 'stream-start', warnings: [] }]
  for (const [at, part] of content.entries()) {
    if (part.type === 'text') {
      const id = `text_${at}`
      const pieces = piecesOf(part.text)
      parts.push({ type: 'text-start', id }, ...pieces.map((delta): LanguageModelV3StreamPart => ({ type: 'text-delta', id, delta })), {
        type: 'text-end',
        id,
      })
    } else if (part.type === 'tool-call') {
      const id = part.toolCallId
      parts.push(
        { type: 'tool-input-start', id, toolName: part.toolName },
        { type: 'tool-input-delta', id, delta: part.input },
        { type: 'tool-input-end', id },
        part,
      )
    }
  }
  parts.push({ type: 'finish', finishReason, usage })
  return new ReadableStream({
    start(controller) {
      for (const part of parts) controller.enqueue(part)
      controller.close()
    },
  })
}

/** A few pieces, whatever the length: long answers are not worth a thousand events. */
function piecesOf(text: string): string[] {
  const size = Math.max(DELTA, Math.ceil(text.length / 8))
  const pieces: string[] = []
  // By code points at the cuts: half a surrogate pair would be no text.
  for (let at = 0; at < text.length;) {
    let end = Math.min(at + size, text.length)
    if (end < text.length && /[\uD800-\uDBFF]/.test(text[end - 1] as string)) end++
    pieces.push(text.slice(at, end))
    at = end
  }
  return pieces
}
