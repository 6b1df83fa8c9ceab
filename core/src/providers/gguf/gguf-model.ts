import { randomBytes } from 'node:crypto'
import type {
  EmbeddingModelV3,
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3FinishReason,
  LanguageModelV3FunctionTool,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
  SharedV3Warning,
} from '@ai-sdk/provider'
import { chatHistory } from './chat-history.ts'
import type { Say } from './gguf-process.ts'
import { grammarSchema, leavesOut, withoutNulls } from './grammar-schema.ts'
import type { ChatDone, ChatTask, Done, EmbedDone, Task } from './protocol.ts'

/** Has the task done by the process of a model file. */
export type Run = (task: Task, say: Say, signal: AbortSignal | undefined) => Promise<Done>
type Call = Extract<LanguageModelV3Content, { type: 'tool-call' }>

export function ggufModel(modelId: string, run: Run): LanguageModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'gguf',
    modelId,
    supportedUrls: {},
    async doGenerate(options) {
      const { task, warnings } = taskOf(options)
      const said = { text: '', reasoning: '' }
      const done = await chat(run, task, options, (kind, text) => void (said[kind] += text), options.abortSignal)
      const content: LanguageModelV3Content[] = []
      if (said.reasoning) content.push({ type: 'reasoning', text: said.reasoning })
      if (said.text) content.push({ type: 'text', text: said.text })
      return { content: [...content, ...callsOf(done, options)], finishReason: reasonOf(done), usage: usageOf(done), warnings }
    },
    async doStream(options) {
      const { task, warnings } = taskOf(options)
      const ended = new AbortController() // nobody reads any more
      const signals = [ended.signal, ...(options.abortSignal ? [options.abortSignal] : [])]
      const began = Promise.withResolvers<void>()
      const stream = new ReadableStream<LanguageModelV3StreamPart>({
        start(controller) {
          controller.enqueue({ type: 'stream-start', warnings })
          let open: 'text' | 'reasoning' | null = null
          let count = 0
          const close = () => open && controller.enqueue({ type: `${open}-end`, id: `${open}_${count}` })
          const say: Say = (kind, delta) => {
            began.resolve()
            if (open !== kind) {
              close()
              open = kind
              controller.enqueue({ type: `${kind}-start`, id: `${kind}_${++count}` })
            }
            controller.enqueue({ type: `${kind}-delta`, id: `${kind}_${count}`, delta })
          }
          const finish = (done: ChatDone) => {
            close()
            for (const call of callsOf(done, options)) controller.enqueue(call)
            controller.enqueue({ type: 'finish', finishReason: reasonOf(done), usage: usageOf(done) })
            controller.close()
            began.resolve()
          }
          const fail = (error: unknown) => {
            if (!ended.signal.aborted) {
              controller.enqueue({ type: 'error', error })
              controller.close()
            }
            began.reject(error)
          }
          chat(run, task, options, say, AbortSignal.any(signals)).then(finish, fail)
        },
        cancel: () => ended.abort(new Error('the stream was cancelled')),
      })
      // What fails before there is an answer fails the call, as with a server.
      await began.promise
      return { stream }
    },
  }
}

export function ggufEmbeddingModel(modelId: string, run: Run): EmbeddingModelV3 {
  return {
    specificationVersion: 'v3',
    provider: 'gguf',
    modelId,
    maxEmbeddingsPerCall: 256,
    supportsParallelCalls: false,
    async doEmbed({ values, abortSignal }) {
      const { vectors, tokens } = (await run({ kind: 'embed', texts: values }, () => undefined, abortSignal)) as EmbedDone
      return { embeddings: vectors, usage: { tokens }, warnings: [] }
    },
  }
}

/** JSON in which something may be left out is held back to its end, when it is known what was. */
async function chat(run: Run, task: ChatTask, { responseFormat }: LanguageModelV3CallOptions, say: Say, signal: AbortSignal | undefined) {
  const schema = responseFormat?.type === 'json' ? responseFormat.schema : undefined
  if (task.json === null || Object.keys(task.functions).length || !leavesOut(schema)) return (await run(task, say, signal)) as ChatDone
  let text = ''
  const done = (await run(task, (kind, piece) => (kind === 'text' ? void (text += piece) : say(kind, piece)), signal)) as ChatDone
  if (text) say('text', cleaned(text, schema))
  return done
}

function cleaned(text: string, schema: unknown): string {
  try {
    return JSON.stringify(withoutNulls(JSON.parse(text), schema))
  } catch {
    return text // cut off by a limit or a stop text, which the finish reason tells
  }
}

function taskOf(options: LanguageModelV3CallOptions): { task: ChatTask; warnings: SharedV3Warning[] } {
  const tools = toolsOf(options)
  const { responseFormat, frequencyPenalty, presencePenalty, toolChoice } = options
  const wantsJson = responseFormat?.type === 'json'
  const warnings: SharedV3Warning[] = []
  if (wantsJson && tools.length)
    warnings.push({ type: 'unsupported', feature: 'responseFormat', details: 'with tools, only their input is held to a schema' })
  if (options.tools?.some(({ type }) => type === 'provider')) warnings.push({ type: 'unsupported', feature: 'tools of a provider' })
  const penalty =
    frequencyPenalty === undefined && presencePenalty === undefined ? null : { frequency: frequencyPenalty ?? 0, presence: presencePenalty ?? 0 }
  const task: ChatTask = {
    kind: 'chat',
    history: chatHistory(options.prompt),
    functions: Object.fromEntries(
      tools.map(({ name, description, inputSchema }) => [
        name,
        { ...(description ? { description } : {}), params: grammarSchema(inputOf(inputSchema)) },
      ]),
    ),
    forced: tools.length > 0 && (toolChoice?.type === 'required' || toolChoice?.type === 'tool'),
    json: wantsJson ? grammarSchema(responseFormat.schema ?? { type: 'object' }) : null,
    max_tokens: options.maxOutputTokens ?? null,
    stop: options.stopSequences ?? [],
    temperature: options.temperature ?? null,
    top_p: options.topP ?? null,
    top_k: options.topK ?? null,
    seed: options.seed ?? null,
    penalty,
  }
  return { task, warnings }
}

/** The input of a tool is an object, whatever its schema leaves open. */
function inputOf(schema: LanguageModelV3FunctionTool['inputSchema']) {
  const says = typeof schema === 'object' && ['properties', 'oneOf', 'anyOf', 'allOf', '$ref'].some((name) => name in schema)
  return says ? schema : { type: 'object' as const }
}

function toolsOf({ tools = [], toolChoice }: LanguageModelV3CallOptions): LanguageModelV3FunctionTool[] {
  if (toolChoice?.type === 'none') return []
  const own = tools.filter((tool) => tool.type === 'function')
  return toolChoice?.type === 'tool' ? own.filter(({ name }) => name === toolChoice.toolName) : own
}

function callsOf({ calls }: ChatDone, options: LanguageModelV3CallOptions): Call[] {
  const schemas = new Map(toolsOf(options).map(({ name, inputSchema }) => [name, inputSchema]))
  return calls.map(({ name, params }) => ({
    type: 'tool-call',
    toolCallId: `call_${randomBytes(9).toString('base64url')}`,
    toolName: name,
    input: JSON.stringify(withoutNulls(params ?? {}, schemas.get(name))),
  }))
}

function reasonOf({ stopped, raw }: ChatDone): LanguageModelV3FinishReason {
  return { unified: stopped === 'calls' ? 'tool-calls' : stopped, raw }
}

function usageOf({ prompt_tokens, read_tokens, answer_tokens }: ChatDone): LanguageModelV3Usage {
  return {
    inputTokens: { total: prompt_tokens, noCache: read_tokens, cacheRead: prompt_tokens - read_tokens, cacheWrite: undefined },
    outputTokens: { total: answer_tokens, text: undefined, reasoning: undefined },
  }
}
