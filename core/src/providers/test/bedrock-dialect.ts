import { crc32 } from 'node:zlib'
import { type Answer, type Dialect, rawInput, usage, words } from './wire.ts'

type Body = {
  toolConfig?: { tools?: { toolSpec?: { name: string } }[] }
  messages: { content: { toolResult?: object }[] }[]
  additionalModelRequestFields?: unknown
}

/** POST /model/NAME/converse and /converse-stream of Amazon Bedrock. */
export const bedrock: Dialect = {
  contentType: 'application/vnd.amazon.eventstream',
  read: (given, url) => {
    const body = given as Body
    const tools = (body.toolConfig?.tools ?? []).flatMap(({ toolSpec }) => (toolSpec ? [toolSpec.name] : []))
    return {
      stream: url.endsWith('/converse-stream'),
      tools,
      results: body.messages.flatMap(({ content }) => content).filter(({ toolResult }) => toolResult).length,
      json: tools.includes('json') || JSON.stringify(body).includes('json_schema'),
    }
  },
  whole: (answer, { tools }) => ({
    output: { message: { role: 'assistant', content: blocksOf(answer, tools) } },
    stopReason: stopOf(answer, tools),
    usage: tokens,
    metrics: { latencyMs: 1 },
  }),
  pieces: (answer, { tools }) => {
    const frames: Uint8Array[] = [frame('messageStart', { role: 'assistant' })]
    for (const [contentBlockIndex, block] of blocksOf(answer, tools).entries()) {
      if ('text' in block) {
        for (const text of words(block.text)) frames.push(frame('contentBlockDelta', { contentBlockIndex, delta: { text } }))
      } else {
        const { input, ...toolUse } = block.toolUse
        frames.push(frame('contentBlockStart', { contentBlockIndex, start: { toolUse } }))
        frames.push(frame('contentBlockDelta', { contentBlockIndex, delta: { toolUse: { input: rawInput(input) } } }))
      }
      frames.push(frame('contentBlockStop', { contentBlockIndex }))
    }
    return [...frames, frame('messageStop', { stopReason: stopOf(answer, tools) }), frame('metadata', { usage: tokens, metrics: { latencyMs: 1 } })]
  },
  error: (_status, message) => ({ message }),
}

const tokens = { inputTokens: usage.input, outputTokens: usage.output, totalTokens: usage.input + usage.output }

type Block = { text: string } | { toolUse: { toolUseId: string; name: string; input: unknown } }

// A model without a field for it is asked for JSON by a tool of that name.
function blocksOf({ text, calls = [] }: Answer, tools: string[]): Block[] {
  if (text !== undefined && tools.includes('json')) return [{ toolUse: { toolUseId: 'tooluse_json', name: 'json', input: JSON.parse(text) } }]
  return [
    ...(text === undefined ? [] : [{ text }]),
    ...calls.map(({ tool, input }, i): Block => ({ toolUse: { toolUseId: `tooluse_${i}`, name: tool, input } })),
  ]
}

function stopOf({ calls, finish }: Answer, tools: string[]) {
  if (finish === 'length') return 'max_tokens'
  return calls?.length || tools.includes('json') ? 'tool_use' : 'end_turn'
}

/** One message of application/vnd.amazon.eventstream: lengths, headers, payload, each guarded by a CRC-32, big endian. */
export function frame(event: string, payload: object, kind: 'event' | 'exception' = 'event'): Uint8Array {
  const names = { [`:${kind}-type`]: event, ':content-type': 'application/json', ':message-type': kind }
  const headers = Buffer.concat(Object.entries(names).map(([name, value]) => header(name, value)))
  const body = Buffer.from(JSON.stringify(payload))
  const prelude = Buffer.alloc(12)
  prelude.writeUInt32BE(16 + headers.length + body.length, 0)
  prelude.writeUInt32BE(headers.length, 4)
  prelude.writeUInt32BE(crc32(prelude.subarray(0, 8)), 8)
  const message = Buffer.concat([prelude, headers, body])
  const end = Buffer.alloc(4)
  end.writeUInt32BE(crc32(message), 0)
  return Buffer.concat([message, end])
}

function header(name: string, value: string): Buffer {
  const text = Buffer.from(value)
  const length = Buffer.alloc(3)
  length.writeUInt8(7, 0) // a text
  length.writeUInt16BE(text.length, 1)
  return Buffer.concat([Buffer.from([name.length]), Buffer.from(name), length, text])
}
