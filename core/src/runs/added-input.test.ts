import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { type Added, inOrderFor, withAddition } from './added-input.ts'
import type { Execution } from './execution.ts'

const user = (text: string) => ({ role: 'user' as const, content: [{ type: 'text' as const, text }] })
const step = (call: number): LanguageModelV3Prompt => [
  { role: 'assistant', content: [{ type: 'tool-call', toolCallId: `call_${call}_0`, toolName: 't', input: {} }] },
  { role: 'tool', content: [{ type: 'tool-result', toolCallId: `call_${call}_0`, toolName: 't', output: { type: 'text', value: 'ok' } }] },
]
const running = (...added: [call: number, text: string][]) =>
  ({ added: added.map(([call, text]): Added => ({ call, text, at: undefined })) }) as unknown as Execution
const shown = (prompt: LanguageModelV3Prompt) =>
  prompt.map(({ role, content }) => {
    const [part] = content
    return typeof part === 'object' && part.type === 'text' ? `${role}: ${part.text}` : role
  })

test('what was added stands at the end of the prompt of its call, and in the same place of every later one', () => {
  const x = running([2, 'more'], [2, 'please'], [3, 'stop'])
  const prompts = [[user('begin')], [user('begin'), ...step(1)], [user('begin'), ...step(1), ...step(2)]]
  expect(prompts.map((prompt, i) => shown(withAddition(x, i + 1, prompt)))).toEqual([
    ['user: begin'],
    ['user: begin', 'assistant', 'tool', 'user: more\n\nplease'],
    ['user: begin', 'assistant', 'tool', 'user: more\n\nplease', 'assistant', 'tool', 'user: stop'],
  ])
  expect(prompts[2]).toHaveLength(5)
})

test('before the first call it joins the task; after it, the task is kept whatever is left out later', () => {
  const first = running([1, 'and this'])
  expect(withAddition(first, 1, [user('do that')])).toEqual([user('do that\n\nand this')])
  expect(withAddition(first, 2, [user('do that'), ...step(1)])).toEqual([user('do that\n\nand this'), ...step(1)])
  const [task] = withAddition(running([2, 'more']), 2, [user('do that'), ...step(1)])
  expect(task).toEqual({ ...user('do that'), providerOptions: { cadre: { pinned: true } } })
})

test('models that refuse a user after a tool get an assistant between them; others get the prompt as it is', () => {
  const prompt = withAddition(running([2, 'more']), 2, [user('begin'), ...step(1)])
  expect(inOrderFor({ type: 'openai', model: 'gpt-5' }, prompt)).toBe(prompt)
  for (const model of [
    { type: 'mistral', model: 'mistral-large' },
    { type: 'ollama', model: 'devstral:24b' },
  ])
    expect(inOrderFor(model, prompt).map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'assistant', 'user'])
})
