import { type Answer, type Asked, type Dialect, rawInput, sse, usage, words } from './wire.ts'

type Message = { role?: string; type?: string }

/** POST .../chat/completions of OpenAI, and of all that speak its language. */
export const chat: Dialect = {
  contentType: 'text/event-stream',
  read: (body) => ({
    stream: body['stream'] === true,
    tools: ((body['tools'] as { function: { name: string } }[] | undefined) ?? []).map((tool) => tool.function.name),
    results: (body['messages'] as Message[]).filter(({ role }) => role === 'tool').length,
    json: body['response_format'] !== undefined,
  }),
  whole: (answer, asked) => ({
    ...head(asked, 'chat.completion'),
    choices: [
      {
        index: 0,
        message: { role: 'assistant', content: answer.text ?? '', ...(answer.calls ? { tool_calls: chatCalls(answer) } : {}) },
        finish_reason: chatFinish(answer),
      },
    ],
    usage: chatUsage,
  }),
  pieces: (answer, asked) => {
    const chunk = (delta: object, finish: string | null = null) => ({
      ...head(asked, 'chat.completion.chunk'),
      choices: [{ index: 0, delta, finish_reason: finish }],
    })
    return [
      ...words(answer.text).map((content) => chunk({ role: 'assistant', content })),
      ...chatCalls(answer).map((call, index) => chunk({ role: 'assistant', content: '', tool_calls: [{ index, ...call }] })),
      { ...chunk({ content: '' }, chatFinish(answer)), usage: chatUsage },
      '[DONE]',
    ].map((each) => sse(each))
  },
  error: (status, message) => ({ error: { message, type: 'scripted', code: null, param: null, status } }),
  other: (url) => (url.endsWith('/models') ? { object: 'list', data: [{ id: 'double', object: 'model', owned_by: 'us' }] } : undefined),
}

const chatUsage = { prompt_tokens: usage.input, completion_tokens: usage.output, total_tokens: usage.input + usage.output }

function head({ body }: Asked, object: string) {
  return { id: 'chatcmpl-1', object, created: 1, model: body['model'] ?? 'm' }
}

function chatCalls({ calls = [] }: Answer) {
  return calls.map(({ tool, input }, i) => ({ id: `call0000${i}`, type: 'function', function: { name: tool, arguments: rawInput(input) } }))
}

function chatFinish({ calls, finish }: Answer) {
  return finish ?? (calls?.length ? 'tool_calls' : 'stop')
}

/** POST /responses of OpenAI. */
export const responses: Dialect = {
  contentType: 'text/event-stream',
  read: (body) => ({
    stream: body['stream'] === true,
    tools: ((body['tools'] as { name: string }[] | undefined) ?? []).map(({ name }) => name),
    results: (body['input'] as Message[]).filter(({ type }) => type === 'function_call_output').length,
    json: (body['text'] as { format?: unknown } | undefined)?.format !== undefined,
  }),
  whole: (answer) => responseOf(answer),
  pieces: (answer) => {
    const events: object[] = [{ type: 'response.created', response: { id: 'resp_1', created_at: 1, model: 'm' } }]
    for (const [output_index, item] of itemsOf(answer).entries()) {
      if (item.type === 'message') {
        events.push({ type: 'response.output_item.added', output_index, item: { ...item, content: [] } })
        for (const delta of words(answer.text))
          events.push({ type: 'response.output_text.delta', item_id: item.id, output_index, content_index: 0, delta })
      } else {
        events.push({ type: 'response.output_item.added', output_index, item: { ...item, arguments: '' } })
        events.push({ type: 'response.function_call_arguments.delta', item_id: item.id, output_index, delta: item.arguments })
      }
      events.push({ type: 'response.output_item.done', output_index, item })
    }
    const response = responseOf(answer)
    events.push({ type: answer.finish === 'length' ? 'response.incomplete' : 'response.completed', response })
    return events.map((event, i) => sse({ sequence_number: i, ...event }))
  },
  error: chat.error,
  ...(chat.other ? { other: chat.other } : {}),
}

type Item =
  | { type: 'message'; id: string; role: 'assistant'; status: string; content: object[] }
  | { type: 'function_call'; id: string; call_id: string; name: string; arguments: string; status: string }

function itemsOf({ text, calls = [] }: Answer): Item[] {
  const message: Item[] =
    text === undefined
      ? []
      : [{ type: 'message', id: 'msg_1', role: 'assistant', status: 'completed', content: [{ type: 'output_text', text, annotations: [] }] }]
  return [
    ...message,
    ...calls.map(({ tool, input }, i): Item => ({
      type: 'function_call',
      id: `fc_${i}`,
      call_id: `call_${i}`,
      name: tool,
      arguments: rawInput(input),
      status: 'completed',
    })),
  ]
}

function responseOf(answer: Answer) {
  const cut = answer.finish === 'length'
  return {
    id: 'resp_1',
    object: 'response',
    created_at: 1,
    model: 'm',
    status: cut ? 'incomplete' : 'completed',
    incomplete_details: cut ? { reason: 'max_output_tokens' } : null,
    error: null,
    output: itemsOf(answer),
    usage: { input_tokens: usage.input, output_tokens: usage.output, total_tokens: usage.input + usage.output },
  }
}
