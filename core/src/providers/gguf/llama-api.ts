/**
 * What is used of node-llama-cpp 3.22, which is optional: where it is not installed, its own types are not there either.
 * @see https://node-llama-cpp.withcat.ai/api/functions/getLlama
 */
export type LlamaPackage = {
  getLlama: (options: {
    build: 'never'
    gpu: false | 'auto'
    skipDownload: true
    progressLogs: false
    logLevel: 'error'
    logger: (level: string, message: string) => void
    maxThreads?: number
  }) => Promise<Llama>
  LlamaChat: new (options: { contextSequence: Sequence; chatWrapper: ChatWrapper }) => Chat
  resolveChatWrapper: (model: LlamaModel) => ChatWrapper
}

export type Llama = {
  loadModel: (options: { modelPath: string; gpuLayers?: number | 'auto' }) => Promise<LlamaModel>
  createGrammarForJsonSchema: (schema: GrammarSchema) => Promise<Grammar>
  createGrammar: (options: { grammar: string }) => Promise<Grammar>
}

export type Grammar = { grammar: string }

export type LlamaModel = {
  tokenizer: unknown
  trainContextSize: number
  tokenize: (text: string) => number[]
  createContext: (options: { contextSize: number; threads?: number; sequences: 1; failedCreationRemedy: false }) => Promise<Context>
  createEmbeddingContext: (options: { contextSize: number; threads?: number }) => Promise<EmbeddingContext>
}

export type Context = { contextSize: number; getSequence: () => Sequence; dispose: () => Promise<void> }
export type Sequence = { tokenMeter: { getState: () => { usedInputTokens: number; usedOutputTokens: number } } }
export type EmbeddingContext = { getEmbeddingFor: (text: string) => Promise<{ vector: readonly number[] }> }

/** A subset of JSON Schema in which every property is always written. */
export type GrammarSchema = Readonly<Record<string, unknown>>
export type Functions = Record<string, { description?: string; params?: GrammarSchema }>

export type FunctionCall = { type: 'functionCall'; name: string; params: unknown; result: unknown; startsNewChunk: boolean }
export type HistoryItem = { type: 'system'; text: string } | { type: 'user'; text: string } | { type: 'model'; response: (string | FunctionCall)[] }

export type ContextState = { contextText: { tokenize: (tokenizer: unknown) => number[] } }
export type ChatWrapper = {
  generateContextState: (options: { chatHistory: HistoryItem[]; availableFunctions?: Functions; documentFunctionParams?: boolean }) => ContextState
}

export type Chat = {
  generateResponse: (
    history: HistoryItem[],
    options: {
      signal: AbortSignal
      maxTokens: number
      grammar?: Grammar
      functions?: Functions
      documentFunctionParams?: boolean
      maxParallelFunctionCalls?: number
      onFunctionCall?: (call: { functionName: string; params: unknown }) => void
      onResponseChunk: (chunk: { type: undefined | 'segment'; segmentType: undefined | 'thought' | 'comment'; text: string }) => void
      contextShift: { size: number; strategy: () => never }
      customStopTriggers?: string[]
      temperature?: number
      topP?: number
      topK?: number
      seed?: number
      repeatPenalty?: { penalty: number; frequencyPenalty: number; presencePenalty: number }
    },
  ) => Promise<{ metadata: { stopReason: string } }>
  dispose: () => void
}
