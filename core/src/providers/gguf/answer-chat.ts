import type { Chat, ChatWrapper, Context, GrammarSchema, Llama, LlamaModel, LlamaPackage, Sequence } from './llama-api.ts'
import type { ChatDone, ChatTask } from './protocol.ts'

export type Loaded = {
  library: LlamaPackage
  llama: Llama
  model: LlamaModel
  context: Context
  sequence: Sequence
  wrapper: ChatWrapper
}

/** The prompt leaves no room for an answer. */
export class TooLong extends Error {
  readonly tokens: number
  readonly context_size: number
  constructor(tokens: number, contextSize: number) {
    super(`${tokens} tokens do not fit in a context of ${contextSize}`)
    this.tokens = tokens
    this.context_size = contextSize
  }
}

/** Where the library would begin to forget what was said first. */
class Full extends Error {}

/** The library needs one place for the token that comes next, and begins to forget one before the end. */
const spare = 3
const mostCalls = 16

type Say = (kind: 'text' | 'reasoning', text: string) => void

/**
 * One turn: text, or calls of functions, which are told and never made here. The prompt is written by the chat template of the model file;
 * a call follows it too, and its input is held to the schema by a grammar, token by token.
 */
export async function answerChat(loaded: Loaded, task: ChatTask, signal: AbortSignal, say: Say): Promise<ChatDone> {
  const { library, model, context, sequence } = loaded
  const wrapper = task.forced ? callingOnly(loaded.wrapper) : loaded.wrapper
  const withFunctions = Object.keys(task.functions).length > 0
  const functions = withFunctions ? { functions: task.functions, documentFunctionParams: true, maxParallelFunctionCalls: mostCalls } : {}
  const prompt_tokens = promptTokens(wrapper, task, model)
  const room = context.contextSize - prompt_tokens - spare
  if (room < 1) throw new TooLong(prompt_tokens, context.contextSize)

  const calls: ChatDone['calls'] = []
  const before = sequence.tokenMeter.getState()
  const grammar = withFunctions || task.json === null ? {} : { grammar: await grammarOf(loaded.llama, task.json) }
  const chat = new library.LlamaChat({ contextSequence: sequence, chatWrapper: wrapper })
  let raw: string
  try {
    const { metadata } = await chat.generateResponse(task.history, {
      ...functions,
      ...grammar,
      ...sampling(task),
      signal,
      maxTokens: Math.min(task.max_tokens ?? room, room),
      onFunctionCall: ({ functionName, params }) => calls.push({ name: functionName, params }),
      onResponseChunk: ({ type, text }) => text && say(type === 'segment' ? 'reasoning' : 'text', text),
      contextShift: {
        size: 1,
        strategy: () => {
          throw new Full()
        },
      },
    })
    raw = metadata.stopReason
  } catch (error) {
    if (!(error instanceof Full)) throw error
    raw = 'contextFull'
  } finally {
    chat.dispose()
  }
  const after = sequence.tokenMeter.getState()
  return {
    kind: 'chat',
    calls,
    raw,
    stopped: raw === 'functionCalls' ? 'calls' : raw === 'maxTokens' || raw === 'contextFull' ? 'length' : 'stop',
    prompt_tokens,
    read_tokens: Math.min(prompt_tokens, after.usedInputTokens - before.usedInputTokens),
    answer_tokens: after.usedOutputTokens - before.usedOutputTokens,
  }
}

function promptTokens(wrapper: ChatWrapper, { history, functions }: ChatTask, model: LlamaModel): number {
  const last = history.at(-1)?.type === 'model' ? [] : [{ type: 'model' as const, response: [] }]
  const { contextText } = wrapper.generateContextState({
    chatHistory: [...history, ...last],
    ...(Object.keys(functions).length ? { availableFunctions: functions, documentFunctionParams: true } : {}),
  })
  return contextText.tokenize(model.tokenizer).length
}

/** The same template with the beginning of a call written already, as Functionary's has it in this library. */
function callingOnly(wrapper: ChatWrapper): ChatWrapper {
  const calling: ChatWrapper = {
    generateContextState: (options) => ({
      ...wrapper.generateContextState(options),
      prefixTriggers: undefined,
      noPrefixTrigger: undefined,
      functionCall: { initiallyEngaged: true, disengageInitiallyEngaged: [] },
    }),
  }
  return Object.assign(Object.create(wrapper) as ChatWrapper, calling)
}

/**
 * The library's grammar with its line breaks taken out: it allows them between values and ends with four, but where the template ends turns
 * by a line break, the answer would be over at the first one. Behind the value the model can only stop. 72E-5 is no integer.
 */
async function grammarOf(llama: Llama, json: GrammarSchema) {
  const { grammar } = await llama.createGrammarForJsonSchema(json)
  const rules = grammar.split('\n').map((rule) =>
    rule
      .replace(/^(whitespace-\S+ ::=) .*/, '$1 [ ]?')
      .replace(/^(comma-whitespace-\S+ ::=) .*/, '$1 "," [ ]?')
      .replace(/^(integer-number-rule ::= .*?) \(\[eE\].*/, '$1')
      .replace(/^(root ::= .*?) "(?:\\n)+" \[\\n\]\*$/, '$1'),
  )
  return llama.createGrammar({ grammar: rules.join('\n') })
}

function sampling({ temperature, top_p, top_k, seed, penalty, stop }: ChatTask): Partial<Parameters<Chat['generateResponse']>[1]> {
  return {
    ...(temperature === null ? {} : { temperature }),
    ...(top_p === null ? {} : { topP: top_p }),
    ...(top_k === null ? {} : { topK: top_k }),
    ...(seed === null ? {} : { seed }),
    ...(stop.length ? { customStopTriggers: stop } : {}),
    ...(penalty === null ? {} : { repeatPenalty: { penalty: 1, frequencyPenalty: penalty.frequency, presencePenalty: penalty.presence } }),
  }
}
