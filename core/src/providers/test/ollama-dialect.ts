import { type Answer, type Dialect, usage, words } from './wire.ts'

/** What the double says of its models by /api/show. */
export type Shown = {
  /** By /api/ps, of the model that is loaded. */
  running?: number
  capabilities?: string[]
  model_info?: Record<string, unknown>
  parameters?: string
}
const usual: Shown = { capabilities: ['completion', 'tools'], model_info: { 'llama.context_length': 8192 } }

/** POST /api/chat of Ollama: one JSON object a line. */
export function ollamaDialect(shown: () => Shown = () => usual): Dialect {
  return {
    contentType: 'application/x-ndjson',
    read: (body) => ({
      stream: body['stream'] === true,
      tools: ((body['tools'] as { function: { name: string } }[] | undefined) ?? []).map((tool) => tool.function.name),
      results: (body['messages'] as { role: string }[]).filter(({ role }) => role === 'tool').length,
      json: body['format'] !== undefined,
    }),
    whole: (answer) => ({ ...said({ content: answer.text ?? '', ...callsOf(answer) }), ...endOf(answer) }),
    pieces: (answer) =>
      [
        ...words(answer.text).map((content) => said({ content })),
        ...(answer.calls ?? []).map((call) => said({ content: '', ...callsOf({ calls: [call] }) })),
        { ...said({ content: '' }), ...endOf(answer) },
      ].map((each) => `${JSON.stringify(each)}\n`),
    error: (_status, message) => ({ error: message }),
    other: (url) => {
      if (url === '/api/tags') return { models: [{ name: 'double:latest', model: 'double:latest', size: 1 }] }
      if (url === '/api/ps') return { models: [{ name: 'double:latest', context_length: shown().running }] }
      return url === '/api/show' ? shown() : undefined
    },
  }
}

function said(message: object) {
  return { model: 'double', created_at: '2024-03-05T10:15:00Z', message: { role: 'assistant', ...message }, done: false }
}

function endOf({ finish }: Answer) {
  return { done: true, done_reason: finish ?? 'stop', prompt_eval_count: usage.input, eval_count: usage.output }
}

function callsOf({ calls }: Answer) {
  return calls ? { tool_calls: calls.map(({ tool, input }) => ({ function: { name: tool, arguments: input } })) } : {}
}
