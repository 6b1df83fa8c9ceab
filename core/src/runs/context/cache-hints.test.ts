import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import { describe, expect, test } from 'vitest'
import { cacheKeyOptions, withCacheHints } from './cache-hints.ts'
import { says, step, system, user } from './test-conversations.ts'

const prompt: LanguageModelV3Prompt = [system('a'), system('b'), user('task'), ...step('c1', 'x'), ...step('c2', 'y')]
const places = (hinted: LanguageModelV3Prompt, provider: string) => hinted.flatMap((message, i) => (message.providerOptions?.[provider] ? [i] : []))

describe('where a cache may begin', () => {
  test('Anthropic: after the system prompt, the task and the newest message', () => {
    const hinted = withCacheHints(prompt, 'anthropic')
    expect(places(hinted, 'anthropic')).toEqual([1, 2, 6])
    expect(hinted[1]?.providerOptions).toEqual({ anthropic: { cacheControl: { type: 'ephemeral' } } })
    expect(hinted.map(({ content }) => content)).toEqual(prompt.map(({ content }) => content))
  })
  test('a call that no other follows only shares its system prompt', () => {
    expect(places(withCacheHints(prompt, 'anthropic', { more_calls: false }), 'anthropic')).toEqual([1])
  })
  test('an answer is never marked: its reasoning cannot be', () => {
    expect(places(withCacheHints([user('a'), says('b')], 'anthropic'), 'anthropic')).toEqual([0])
  })
  test('hints that are there already count among the four', () => {
    const hint = { anthropic: { cacheControl: { type: 'ephemeral', ttl: '1h' } } }
    const own = prompt.map((message, i) => (i >= 3 && i <= 5 ? { ...message, providerOptions: hint } : message))
    const hinted = withCacheHints(own, 'anthropic')
    expect(places(hinted, 'anthropic')).toEqual([1, 3, 4, 5])
    expect(hinted[3]?.providerOptions).toEqual(hint)
  })
  test('Bedrock: for the models that know it', () => {
    const of = (model: string) => places(withCacheHints(prompt, 'bedrock', { model }), 'bedrock')
    expect(of('us.anthropic.claude-sonnet-4-20250514-v1:0')).toEqual([1, 2, 6])
    expect(of('amazon.nova-pro-v1:0')).toEqual([1, 2, 6])
    expect(of('meta.llama3-70b-instruct-v1:0')).toEqual([])
    expect(withCacheHints(prompt, 'bedrock')[1]?.providerOptions).toEqual({ bedrock: { cachePoint: { type: 'default' } } })
  })
  test('elsewhere the prompt is the same', () => {
    for (const type of ['openai', 'custom', 'google', 'builtin']) expect(withCacheHints(prompt, type)).toBe(prompt)
  })
  test('OpenAI takes a key', () => {
    expect(cacheKeyOptions('openai', 'k'.repeat(100))).toEqual({ openai: { promptCacheKey: 'k'.repeat(64) } })
    expect(cacheKeyOptions('anthropic', 'k')).toEqual({})
  })
})
