import { join } from 'node:path'
import type { LanguageModelV3CallOptions, LanguageModelV3FunctionTool, LanguageModelV3StreamPart } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { ContextTooLong } from '../guarded-model.ts'
import { ggufBench, missing } from './test/packages.ts'
import { writeTinyModel } from './test/tiny-model.ts'

const asking = (text: string): LanguageModelV3CallOptions => ({ prompt: [{ role: 'user', content: [{ type: 'text', text }] }], temperature: 0 })
const search: LanguageModelV3FunctionTool = {
  type: 'function',
  name: 'search',
  description: 'Looks for something.',
  inputSchema: {
    type: 'object',
    properties: { kind: { enum: ['note', 'task'] }, open: { type: 'boolean' }, most: { type: 'integer', minimum: 1, maximum: 9 } },
    required: ['kind', 'open'],
    additionalProperties: false,
  },
}
const remind: LanguageModelV3FunctionTool = {
  type: 'function',
  name: 'remind',
  inputSchema: { type: 'object', properties: { on: { type: 'string', format: 'date' } }, required: ['on'] },
}

async function partsOf(stream: ReadableStream<LanguageModelV3StreamPart>) {
  const parts: LanguageModelV3StreamPart[] = []
  for await (const part of stream) parts.push(part)
  return parts
}

describe.skipIf(missing !== null)(`models from GGUF files${missing === null ? '' : ` (left out: ${missing})`}`, { timeout: 180_000 }, () => {
  const { folder, gguf } = ggufBench()
  const file = (name: string, tiny: Parameters<typeof writeTinyModel>[1] = {}) => {
    const path = join(folder, `${name}.gguf`)
    writeTinyModel(path, tiny)
    return path
  }
  const nonsense = gguf.model({ path: file('nonsense'), threads: 2 }, 'nonsense')
  const speaker = gguf.model({ path: file('speaker', { says: ['The ', 'sky ', 'is ', 'blue.'] }), threads: 2 }, 'speaker')

  test('an answer, with its tokens counted by the model', async () => {
    const { content, finishReason, usage } = await speaker.doGenerate(asking('hi'))
    expect(content).toEqual([{ type: 'text', text: 'The sky is blue.' }])
    expect(finishReason).toEqual({ unified: 'stop', raw: 'eogToken' })
    // By the file's own template, which has nothing for the beginning; every character is a token of this vocabulary.
    expect(usage.inputTokens.total).toBe('<user>hi\n<assistant>'.length)
    expect(usage.outputTokens.total).toBe(5)
  })

  test('a stream of pieces', async () => {
    const { stream } = await speaker.doStream(asking('hi'))
    const parts = await partsOf(stream)
    const deltas = parts.flatMap((part) => (part.type === 'text-delta' ? [part.delta] : []))
    expect(deltas.join('')).toBe('The sky is blue.')
    expect(deltas.length).toBeGreaterThan(1)
    expect(parts.map(({ type }) => type)).toEqual(['stream-start', 'text-start', ...deltas.map(() => 'text-delta'), 'text-end', 'finish'])
    expect(parts.at(-1)).toMatchObject({ finishReason: { unified: 'stop' }, usage: { outputTokens: { total: 5 } } })
  })

  test('what was read before is not read again', async () => {
    const question = asking('a question that is somewhat longer')
    const first = await speaker.doGenerate(question)
    const again = await speaker.doGenerate(question)
    expect(first.usage.inputTokens.total).toBe(again.usage.inputTokens.total)
    expect(again.usage.inputTokens.cacheRead).toBeGreaterThan(20)
  })

  test('the limit of tokens, and a text at which it stops', async () => {
    const short = await speaker.doGenerate({ ...asking('hi'), maxOutputTokens: 2 })
    expect(short).toMatchObject({ content: [{ text: 'The sky ' }], finishReason: { unified: 'length' }, usage: { outputTokens: { total: 2 } } })
    const stopped = await speaker.doGenerate({ ...asking('hi'), stopSequences: ['is '] })
    expect(stopped).toMatchObject({ content: [{ text: 'The sky ' }], finishReason: { unified: 'stop' } })
  })

  test('a call that it must make is held to the schema, whatever it would say', async () => {
    const asked = { ...asking('x'), tools: [search, remind] }
    const required = await nonsense.doGenerate({ ...asked, toolChoice: { type: 'required' } })
    expect(required.finishReason.unified).toBe('tool-calls')
    expect(required.content.map((part) => part.type === 'tool-call' && part.toolName)).toEqual([expect.stringMatching(/^(search|remind)$/)])
    for (const tool of [search, remind]) {
      const { stream } = await nonsense.doStream({ ...asked, toolChoice: { type: 'tool', toolName: tool.name } })
      const [call, ...more] = (await partsOf(stream)).filter((part) => part.type === 'tool-call')
      expect(more).toEqual([])
      expect(call?.toolName).toBe(tool.name)
      const input: unknown = JSON.parse(call?.input ?? '')
      expect(z.fromJSONSchema(tool.inputSchema as never).safeParse(input)).toMatchObject({ success: true })
    }
  })

  test('a call that it makes of its own accord, and the turn after its result', async () => {
    const path = file('caller', { says: ['Wait: ', '||call: '] })
    const caller = gguf.model({ path, threads: 2 }, 'caller')
    const asked = { ...asking('x'), tools: [search] }
    const { content, finishReason } = await caller.doGenerate(asked)
    expect(finishReason).toEqual({ unified: 'tool-calls', raw: 'functionCalls' })
    expect(content).toMatchObject([
      { type: 'text', text: 'Wait: ' },
      { type: 'tool-call', toolName: 'search' },
    ])
    const [, call] = content
    if (call?.type !== 'tool-call') throw new Error('there is no call')
    const { toolCallId, toolName } = call
    const next = await caller.doGenerate({
      ...asked,
      prompt: [
        ...asked.prompt,
        { role: 'assistant', content: [{ type: 'tool-call', toolCallId, toolName, input: JSON.parse(call.input) as unknown }] },
        { role: 'tool', content: [{ type: 'tool-result', toolCallId, toolName, output: { type: 'text', value: 'nothing' } }] },
      ],
    })
    expect(next.finishReason.unified).toBe('stop')
  })

  test('tools that it may not use now', async () => {
    const { content, finishReason } = await speaker.doGenerate({ ...asking('x'), tools: [search], toolChoice: { type: 'none' } })
    expect({ content, finishReason }).toMatchObject({ content: [{ type: 'text' }], finishReason: { unified: 'stop' } })
  })

  test('structured output is held to its schema', async () => {
    const schema = { type: 'object', properties: { fits: { type: 'boolean' }, size: { enum: ['s', 'm'] } }, required: ['fits', 'size'] } as const
    const { content, warnings } = await nonsense.doGenerate({ ...asking('x'), responseFormat: { type: 'json', schema } })
    const [part] = content
    expect(warnings).toEqual([])
    expect(JSON.parse(part?.type === 'text' ? part.text : '')).toEqual({ fits: expect.any(Boolean), size: expect.stringMatching(/^[sm]$/) })
    const both = await speaker.doGenerate({ ...asking('x'), tools: [search], responseFormat: { type: 'json', schema } })
    expect(both.warnings).toMatchObject([{ type: 'unsupported', feature: 'responseFormat' }])
  })

  test('a prompt that does not fit is refused with both numbers, and nothing is cut', async () => {
    const small = gguf.model({ path: file('small', { says: ['ok'] }), context_size: 256, threads: 2 }, 'small')
    const refused = small.doGenerate(asking('x'.repeat(300)))
    await expect(refused).rejects.toThrow(ContextTooLong)
    await expect(refused).rejects.toMatchObject({ tokens: '<user>\n<assistant>'.length + 300, context_size: 256 })
    // One that just fits is answered up to the end of the context.
    const room = 256 - 3 - '<user>\n<assistant>'.length
    expect(await small.doGenerate(asking('x'.repeat(room - 1)))).toMatchObject({ content: [{ text: 'ok' }], finishReason: { unified: 'length' } })
    await expect(small.doGenerate(asking('x'.repeat(room)))).rejects.toThrow(ContextTooLong)
  })

  test('vectors', async () => {
    const path = file('vectors')
    const embedding = gguf.embeddingModel({ path, threads: 2 }, 'vectors')
    const { embeddings, usage } = await embedding.doEmbed({ values: ['one', 'two', 'one'] })
    expect(embeddings.map((each) => each.length)).toEqual([64, 64, 64])
    expect(embeddings[2]).toEqual(embeddings[0])
    expect(embeddings[1]).not.toEqual(embeddings[0])
    expect(usage?.tokens).toBeGreaterThan(9)
    await expect(embedding.doEmbed({ values: ['short', 'x'.repeat(3000)] })).rejects.toThrow(ContextTooLong)
  })
})
