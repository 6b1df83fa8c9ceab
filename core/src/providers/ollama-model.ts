import {
  type LanguageModelV3,
  type LanguageModelV3CallOptions,
  type LanguageModelV3Content,
  type LanguageModelV3FinishReason,
  type LanguageModelV3StreamPart,
  type LanguageModelV3Usage,
} from '@ai-sdk/provider'
import { badAnswer, postOllama } from './ollama-http.ts'
import { ollamaMessages, ollamaTools } from './ollama-messages.ts'

type Setup = {
  base_url: string
  api_key: string | null
  model: string
  fetch: typeof globalThis.fetch
  contextSize: () => Promise<number | null>
}

/** One answer, or one line of a streamed one (docs.ollama.com/api/chat). */
type Line = {
  message?: { content?: string; thinking?: string; tool_calls?: { function?: { name?: string; arguments?: unknown } }[] }
  done?: boolean
  done_reason?: string
  prompt_eval_count?: number
  eval_count?: number
  error?: string
}

/**
 * Ollama by its own /api/chat: the compatible /v1 has no num_ctx and cuts what is too long. `truncate` and `shift` make it refuse instead
 * (api/types.go, since 0.12; older ones ignore them, and guarded-model.ts counts). ollama-ai-provider-v2 3.6.0 was not taken: it sends
 * temperature and the token limit where Ollama does not read them, and takes a broken stream for a whole answer.
 */
export function ollamaModel(setup: Setup): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'ollama',
    modelId: setup.model,
    supportedUrls: {},
    async doGenerate(options) {
      const { response, url } = await post(setup, options, false)
      const text = await response.text()
      const line = parsed(text)
      if (!line || !line.message || !line.done) throw badAnswer(url, response.status, text)
      const content: LanguageModelV3Content[] = []
      if (line.message.thinking) content.push({ type: 'reasoning', text: line.message.thinking })
      if (line.message.content) content.push({ type: 'text', text: line.message.content })
      content.push(...callsOf(line, 0))
      return { content, finishReason: reasonOf(line, content.some(isCall)), usage: usageOf(line), warnings: [] }
    },
    async doStream(options) {
      const { response, url } = await post(setup, options, true)
      if (!response.body) throw badAnswer(url, response.status, '')
      const text = response.body.pipeThrough(new TextDecoderStream() as TransformStream<Uint8Array, string>)
      return { stream: text.pipeThrough(lines()).pipeThrough(partsOf((said) => badAnswer(url, 500, said))) }
    },
  }
}

async function post(setup: Setup, options: LanguageModelV3CallOptions, stream: boolean) {
  return postOllama(setup, '/api/chat', await bodyOf(setup, options, stream), options.abortSignal)
}

async function bodyOf(setup: Setup, options: LanguageModelV3CallOptions, stream: boolean) {
  const { responseFormat, toolChoice } = options
  return {
    model: setup.model,
    stream,
    truncate: false,
    shift: false,
    messages: ollamaMessages(options.prompt),
    ...(toolChoice?.type === 'none' ? {} : ollamaTools(options.tools)),
    ...(responseFormat?.type === 'json' ? { format: responseFormat.schema ?? 'json' } : {}),
    options: {
      num_ctx: (await setup.contextSize()) ?? undefined,
      num_predict: options.maxOutputTokens,
      temperature: options.temperature,
      top_p: options.topP,
      top_k: options.topK,
      seed: options.seed,
      stop: options.stopSequences,
      presence_penalty: options.presencePenalty,
      frequency_penalty: options.frequencyPenalty,
    },
  }
}

function lines(): TransformStream<string, string> {
  let rest = ''
  return new TransformStream({
    transform(chunk, controller) {
      const parts = (rest + chunk).split('\n')
      rest = parts.pop() ?? ''
      for (const part of parts) if (part.trim()) controller.enqueue(part)
    },
    flush(controller) {
      if (rest.trim()) controller.enqueue(rest)
    },
  })
}

function partsOf(failure: (said: string) => Error): TransformStream<string, LanguageModelV3StreamPart> {
  const open = new Set<'text' | 'reasoning'>()
  let calls = 0
  let done = false
  return new TransformStream({
    start: (controller) => controller.enqueue({ type: 'stream-start', warnings: [] }),
    transform(text, controller) {
      const line = parsed(text)
      if (!line || line.error !== undefined) return controller.enqueue({ type: 'error', error: failure(line?.error ?? text) })
      const say = (kind: 'text' | 'reasoning', delta: string | undefined) => {
        if (!delta) return
        if (!open.has(kind)) controller.enqueue({ type: `${kind}-start`, id: kind })
        open.add(kind)
        controller.enqueue({ type: `${kind}-delta`, id: kind, delta })
      }
      say('reasoning', line.message?.thinking)
      say('text', line.message?.content)
      for (const call of callsOf(line, calls)) {
        calls++
        controller.enqueue(call)
      }
      if (!line.done) return
      done = true
      for (const kind of open) controller.enqueue({ type: `${kind}-end`, id: kind })
      controller.enqueue({ type: 'finish', finishReason: reasonOf(line, calls > 0), usage: usageOf(line) })
    },
    // Without its last line an answer is none; guarded-model.ts says so.
    flush(controller) {
      if (!done) controller.enqueue({ type: 'finish', finishReason: { unified: 'other', raw: undefined }, usage: usageOf({}) })
    },
  })
}

function callsOf({ message }: Line, before: number): Extract<LanguageModelV3Content, { type: 'tool-call' }>[] {
  return (message?.tool_calls ?? []).map((call, index) => ({
    type: 'tool-call',
    toolCallId: `call_${before + index}`,
    toolName: call.function?.name ?? '',
    input: typeof call.function?.arguments === 'string' ? call.function.arguments : JSON.stringify(call.function?.arguments ?? {}),
  }))
}

function isCall(part: LanguageModelV3Content) {
  return part.type === 'tool-call'
}

function reasonOf({ done_reason }: Line, called: boolean): LanguageModelV3FinishReason {
  const raw = done_reason || 'stop'
  if (raw === 'length') return { unified: 'length', raw }
  return { unified: called ? 'tool-calls' : raw === 'stop' ? 'stop' : 'other', raw }
}

function usageOf({ prompt_eval_count, eval_count }: Line): LanguageModelV3Usage {
  return {
    inputTokens: { total: prompt_eval_count, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
    outputTokens: { total: eval_count, text: undefined, reasoning: undefined },
  }
}

function parsed(text: string): Line | undefined {
  try {
    const line = JSON.parse(text) as unknown
    return typeof line === 'object' && line !== null ? line : undefined
  } catch {
    return undefined // the caller says what came instead
  }
}
