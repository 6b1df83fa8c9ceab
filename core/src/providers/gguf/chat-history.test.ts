import { expect, test } from 'vitest'
import { chatHistory } from './chat-history.ts'

test('an answer with its calls and their results is one item, though ids are used again', () => {
  const call = (toolName: string, input: unknown) => ({ type: 'tool-call' as const, toolCallId: 'call_0', toolName, input })
  const result = (toolName: string, output: { type: 'text' | 'error-text'; value: string }) => ({
    role: 'tool' as const,
    content: [{ type: 'tool-result' as const, toolCallId: 'call_0', toolName, output }],
  })
  expect(
    chatHistory([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'one' },
          { type: 'text', text: 'two' },
        ],
      },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'hm' }, { type: 'text', text: 'Wait.' }, call('a', { x: 1 })] },
      result('a', { type: 'text', value: 'fine' }),
      { role: 'assistant', content: [call('b', '{"y":2}'), { ...call('c', 'no json'), toolCallId: 'call_1' }] },
      result('b', { type: 'error-text', value: 'no' }),
      { role: 'user', content: [{ type: 'text', text: 'more' }] },
    ]),
  ).toEqual([
    { type: 'system', text: 'Be brief.' },
    { type: 'user', text: 'one\ntwo' },
    {
      type: 'model',
      response: [
        'Wait.',
        { type: 'functionCall', name: 'a', params: { x: 1 }, result: 'fine', startsNewChunk: true },
        { type: 'functionCall', name: 'b', params: { y: 2 }, result: { error: 'no' }, startsNewChunk: true },
        { type: 'functionCall', name: 'c', params: 'no json', result: null, startsNewChunk: false },
      ],
    },
    { type: 'user', text: 'more' },
  ])
})

test('a picture is refused, not left out', () => {
  const picture = { type: 'file' as const, mediaType: 'image/png', data: 'AA==' }
  expect(() => chatHistory([{ role: 'user', content: [picture] }])).toThrow(
    'the prompt has a file (image/png), and models from GGUF files read text only',
  )
})
