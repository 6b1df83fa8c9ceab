import { type Answer, type Dialect, rawInput, sse, usage, words } from './wire.ts'

type Body = {
  stream?: boolean
  tools?: { name: string }[]
  tool_choice?: { type?: string; name?: string }
  output_config?: { format?: unknown }
  output_format?: unknown
  messages: { content: string | { type: string }[] }[]
}

/** POST /v1/messages of Anthropic. */
export const anthropic: Dialect = {
  contentType: 'text/event-stream',
  read: (given) => {
    const body = given as Body
    const tools = (body.tools ?? []).map(({ name }) => name)
    return {
      stream: body.stream === true,
      tools,
      results: body.messages.flatMap(({ content }) => (typeof content === 'string' ? [] : content)).filter(({ type }) => type === 'tool_result')
        .length,
      json: body.output_format !== undefined || body.output_config?.format !== undefined || tools.includes('json'),
    }
  },
  whole: (answer, { tools }) => ({ ...messageOf(answer), content: blocksOf(answer, tools), ...endOf(answer) }),
  pieces: (answer, { tools }) => {
    const events: { type: string; [key: string]: unknown }[] = [
      { type: 'message_start', message: { ...messageOf(answer), content: [], stop_reason: null, stop_sequence: null } },
    ]
    for (const [index, block] of blocksOf(answer, tools).entries()) {
      if (block.type === 'text') {
        events.push({ type: 'content_block_start', index, content_block: { type: 'text', text: '' } })
        for (const text of words(block.text)) events.push({ type: 'content_block_delta', index, delta: { type: 'text_delta', text } })
      } else {
        events.push({ type: 'content_block_start', index, content_block: { ...block, input: {} } })
        events.push({ type: 'content_block_delta', index, delta: { type: 'input_json_delta', partial_json: rawInput(block.input) } })
      }
      events.push({ type: 'content_block_stop', index })
    }
    events.push({ type: 'message_delta', delta: endOf(answer), usage: { output_tokens: usage.output } }, { type: 'message_stop' })
    return events.map((event) => sse(event, event.type))
  },
  error: (status, message) => ({ type: 'error', error: { type: status === 404 ? 'not_found_error' : 'api_error', message } }),
  other: (url) => (url.includes('/models') ? { data: [{ type: 'model', id: 'double', display_name: 'Double' }], has_more: false } : undefined),
}

function messageOf(_answer: Answer) {
  return { id: 'msg_1', type: 'message', role: 'assistant', model: 'm', usage: { input_tokens: usage.input, output_tokens: usage.output } }
}

type Block = { type: 'text'; text: string } | { type: 'tool_use'; id: string; name: string; input: unknown }

// An older model is asked for JSON by a tool of that name.
function blocksOf({ text, calls = [] }: Answer, tools: string[]): Block[] {
  if (text !== undefined && tools.includes('json')) return [{ type: 'tool_use', id: 'toolu_json', name: 'json', input: JSON.parse(text) }]
  return [
    ...(text === undefined ? [] : [{ type: 'text' as const, text }]),
    ...calls.map(({ tool, input }, i): Block => ({ type: 'tool_use', id: `toolu_${i}`, name: tool, input })),
  ]
}

function endOf({ calls, finish }: Answer) {
  return { stop_reason: finish === 'length' ? 'max_tokens' : calls?.length ? 'tool_use' : 'end_turn', stop_sequence: null }
}
