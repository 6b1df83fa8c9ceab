import type { LanguageModelV3Message, LanguageModelV3Prompt } from '@ai-sdk/provider'
import fc from 'fast-check'
import { ContextPolicy, type CompactionRecord } from '@cadre/contract/context'
import type { z } from 'zod'
import { estimating, type TokenCounter } from './count-tokens.ts'
import { type FitInput, fitContext } from './fit-context.ts'
import { readResultName } from './read-result.ts'

/** One token for each character: makes sizes in tests plain. */
export const byCharacter: TokenCounter = { exact: true, rule: 'one for each character', count: (text) => text.length }

export const system = (content: string): LanguageModelV3Message => ({ role: 'system', content })
export const user = (text: string): LanguageModelV3Message => ({ role: 'user', content: [{ type: 'text', text }] })
export const says = (text: string): LanguageModelV3Message => ({ role: 'assistant', content: [{ type: 'text', text }] })
export const pinned = (message: LanguageModelV3Message): LanguageModelV3Message => ({ ...message, providerOptions: { cadre: { pinned: true } } })

/** An answer that calls tools, and their results. */
export function step(id: string, ...outputs: unknown[]): LanguageModelV3Prompt {
  const calls = outputs.map((_, index) => `${id}_${index}`)
  return [
    { role: 'assistant', content: calls.map((toolCallId) => ({ type: 'tool-call', toolCallId, toolName: 'shop__orders', input: { id } })) },
    {
      role: 'tool',
      content: outputs.map((value, index) => ({
        type: 'tool-result',
        toolCallId: calls[index] ?? '',
        toolName: 'shop__orders',
        output: typeof value === 'string' ? { type: 'text', value } : { type: 'json', value: value as never },
      })),
    },
  ]
}

/** By its name only: its real schema would be most of a prompt that is counted by the character. */
export const readTool = { type: 'function' as const, name: readResultName, description: '', inputSchema: { type: 'object' as const } }
export const someTool = { type: 'function' as const, name: 'shop__orders', description: 'Lists orders', inputSchema: { type: 'object' as const } }

export function fit(prompt: LanguageModelV3Prompt, size: number | null, policy: z.input<typeof ContextPolicy> = {}, more: Partial<FitInput> = {}) {
  return fitContext({
    prompt,
    tools: [someTool, readTool],
    budget: { context_size: size, max_output: 100 },
    policy: ContextPolicy.parse({ compact_to_percent: 100, ...policy }),
    counter: byCharacter,
    past: [],
    summarise: async () => 'In short: much was said.',
    ...more,
  })
}

/** A summariser that keeps what it was asked. */
export function recorder(answer: string | ((text: string) => string) = 'In short: much was said.') {
  const asked: string[] = []
  const summarise = async (text: string) => {
    asked.push(text)
    return typeof answer === 'string' ? answer : answer(text)
  }
  return { asked, summarise }
}

/** What a prompt says, one line a message. */
export function lines(prompt: LanguageModelV3Prompt): string[] {
  return prompt.map((message) => {
    if (typeof message.content === 'string') return `system: ${message.content}`
    const parts = message.content.map((part) => {
      if (part.type === 'text') return part.text
      if (part.type === 'tool-call') return `call ${part.toolCallId}`
      return part.type === 'tool-result' ? `result ${part.toolCallId}` : part.type
    })
    return `${message.role}: ${parts.join(' | ')}`
  })
}

/** Tool calls without a result, and results without a call before them. */
export function orphans(prompt: LanguageModelV3Prompt): string[] {
  const open = new Set<string>()
  const lost: string[] = []
  for (const { role, content } of prompt) {
    if (role !== 'tool' && open.size > 0) lost.push(...open)
    if (typeof content === 'string') continue
    for (const part of content) {
      if (part.type === 'tool-call') open.add(part.toolCallId)
      if (part.type === 'tool-result' && !open.delete(part.toolCallId)) lost.push(part.toolCallId)
    }
  }
  return [...lost, ...open]
}

const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 400 }),
  fc.string({ unit: 'binary', maxLength: 100 }),
  fc.lorem({ maxCount: 80 }),
  fc.constantFrom(
    '中文没有标点的很长的句子'.repeat(40),
    '👩‍👩‍👧‍👦'.repeat(60),
    '\u0301'.repeat(200),
    '\u202e<|endoftext|>\0',
    ']'.repeat(500),
    '\n'.repeat(300),
  ),
)
const value = fc.oneof(text, fc.jsonValue({ maxDepth: 3 }), fc.array(fc.record({ id: fc.nat(), name: text }), { maxLength: 20 }))

/** Sound conversations of every shape: exchanges with and without steps, pinned messages, parallel calls, a user message or a result last. */
export const conversation: fc.Arbitrary<LanguageModelV3Prompt> = fc
  .record({
    prompt: text,
    exchanges: fc.array(
      fc.record({
        ask: fc.array(fc.tuple(text, fc.boolean()), { minLength: 1, maxLength: 2 }),
        steps: fc.array(fc.array(value, { minLength: 1, maxLength: 3 }), { maxLength: 5 }),
        answer: fc.option(text),
        pinStep: fc.integer({ min: 0, max: 12 }),
      }),
      { minLength: 1, maxLength: 6 },
    ),
    closing: fc.option(text),
  })
  .map(({ prompt, exchanges, closing }) => [
    system(prompt),
    ...exchanges.flatMap(({ ask, steps, answer, pinStep }, e) => [
      ...ask.map(([words, pin]) => (pin && e % 2 === 1 ? pinned(user(words)) : user(words))),
      ...steps.flatMap((outputs, s) => (s === pinStep ? step(`c${e}_${s}`, ...outputs).map(pinned) : step(`c${e}_${s}`, ...outputs))),
      ...(answer === null ? [] : [says(answer)]),
    ]),
    ...(closing === null ? [] : [user(closing)]),
  ])

export const anyPolicy: fc.Arbitrary<ContextPolicy> = fc.record({
  strategy: fc.constantFrom('sliding' as const, 'summary' as const, 'priority' as const),
  window_percent: fc.integer({ min: 50, max: 100 }),
  max_tokens: fc.option(fc.integer({ min: 500, max: 5000 })),
  compact_to_percent: fc.integer({ min: 20, max: 100 }),
  tool_result_tokens: fc.option(fc.integer({ min: 200, max: 2000 })),
  summary_tokens: fc.integer({ min: 100, max: 1000 }),
  pin_first_user: fc.boolean(),
  cache_hints: fc.boolean(),
})

export const anyCounter: fc.Arbitrary<TokenCounter> = fc.constantFrom(byCharacter, estimating)

/**
 * A run as it grows: the prompt of each model call, with what the earlier calls recorded.
 * @param kept what a journal already holds, as after a crash.
 */
export async function playRun(conversation: LanguageModelV3Prompt, given: Omit<FitInput, 'prompt' | 'past'>, kept: readonly CompactionRecord[] = []) {
  const ends = conversation.flatMap(({ role }, index) => (role === 'user' || role === 'tool' ? [index + 1] : []))
  const past = [...kept]
  const results = []
  for (const end of ends) {
    const fitted = await fitContext({ ...given, prompt: conversation.slice(0, end), past: [...past] })
    if (fitted.compaction) past.push(fitted.compaction)
    results.push(fitted)
  }
  return { results, past }
}
