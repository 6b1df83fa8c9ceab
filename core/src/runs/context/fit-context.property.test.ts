import type { LanguageModelV3Prompt } from '@ai-sdk/provider'
import { CompactionRecord, ContextReport } from '@cadre/contract/context'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ContextTooLong } from './context-too-long.ts'
import { type FitInput, fitContext } from './fit-context.ts'
import { tokensBySource } from './message-tokens.ts'
import { anyCounter, anyPolicy, conversation, orphans, playRun, readTool, recorder, someTool } from './test-conversations.ts'
import { indexesOf, isPinned, unitsOf } from './units.ts'

// What fails is told at once with its seed: to shrink such conversations takes minutes.
const runs = { numRuns: 200, endOnFailure: true }
const settings = fc.record({
  policy: anyPolicy,
  counter: anyCounter,
  size: fc.option(fc.integer({ min: 600, max: 12_000 }), { freq: 10 }),
  canRead: fc.boolean(),
  summary: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 3000 }), fc.constant(']'.repeat(900)), fc.constant('It was about orders.')),
})

function inputOf(prompt: LanguageModelV3Prompt, s: typeof settings extends fc.Arbitrary<infer S> ? S : never): FitInput {
  const tools = s.canRead ? [someTool, readTool] : [someTool]
  const budget = { context_size: s.size, max_output: 100 }
  return { prompt, tools, budget, policy: s.policy, counter: s.counter, past: [], summarise: async () => s.summary }
}

async function fitted(input: FitInput) {
  try {
    return await fitContext(input)
  } catch (error) {
    if (error instanceof ContextTooLong) return error
    throw error
  }
}

describe('any conversation', () => {
  test('fits afterwards, or is refused with what is needed and what there is', async () => {
    let refused = 0
    let compacted = 0
    await fc.assert(
      fc.asyncProperty(conversation, settings, async (prompt, s) => {
        const input = inputOf(prompt, s)
        const result = await fitted(input)
        if (result instanceof ContextTooLong) {
          refused++
          expect(result.needed).toBeGreaterThan(result.available)
          return
        }
        if (result.compaction) compacted++
        const { report } = result
        ContextReport.strict().parse(report)
        if (report.limit !== null) expect(report.tokens.total).toBeLessThanOrEqual(report.limit)
        expect(tokensBySource(s.counter, result.prompt, result.tools, () => false).total).toBe(report.tokens.total)
        if (result.compaction) CompactionRecord.strict().parse(result.compaction)
      }),
      runs,
    )
    // The generator must reach both.
    expect(Math.min(refused, compacted)).toBeGreaterThan(10)
  })

  test('keeps calls and results together, and everything that must stay', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, settings, async (prompt, s) => {
        const result = await fitted(inputOf(prompt, s))
        if (result instanceof ContextTooLong) return
        expect(orphans(result.prompt)).toEqual([])
        const sentParts = new Set(result.prompt.flatMap(({ content }) => (typeof content === 'string' ? [content] : content.map(wordsOf))))
        const staying = unitsOf(prompt, s.policy).filter(({ stays }) => stays !== null)
        for (const index of staying.flatMap((unit) => indexesOf([unit]))) {
          const { content } = prompt[index] ?? { content: '' }
          for (const part of typeof content === 'string' ? [content] : content.map(wordsOf)) expect(sentParts).toContain(part)
        }
        const dropped = new Set(indexesOf(result.report.dropped))
        for (const [index, message] of prompt.entries()) {
          const newestUser = index === prompt.findLastIndex(({ role }) => role === 'user')
          if (message.role === 'system' || isPinned(message) || newestUser) expect(dropped.has(index)).toBe(false)
        }
      }),
      runs,
    )
  })

  test('gives the same for the same input, and half a character to nobody', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, settings, async (prompt, s) => {
        const input = inputOf(prompt, s)
        const before = JSON.stringify(prompt)
        const [first, second] = [await fitted(input), await fitted(input)]
        expect(second).toEqual(first)
        expect(JSON.stringify(prompt)).toBe(before)
        if (!(first instanceof ContextTooLong) && !isTorn(prompt)) expect(isTorn(first.prompt)).toBe(false)
      }),
      runs,
    )
  })

  test('where the window is unknown and nothing else limits it, loses no message', async () => {
    await fc.assert(
      fc.asyncProperty(conversation, settings, async (prompt, s) => {
        const result = await fitContext({ ...inputOf(prompt, { ...s, size: null }), policy: { ...s.policy, max_tokens: null } })
        expect(result.report).toMatchObject({ limit: null, dropped: [], messages: { given: prompt.length, sent: prompt.length } })
        expect(result.compaction).toBeNull()
      }),
      { numRuns: 100, endOnFailure: true },
    )
  })
})

describe('a run that grows', () => {
  test('played back from its records gives the same prompts at every call and asks for no summary', async () => {
    let compactions = 0
    await fc.assert(
      fc.asyncProperty(conversation, settings, async (whole, s) => {
        const { prompt: _, past: __, ...given } = inputOf(whole, s)
        let first
        try {
          first = await playRun(whole, given)
        } catch (error) {
          if (error instanceof ContextTooLong) return
          throw error
        }
        compactions += first.past.length
        const silent = recorder()
        const again = await playRun(whole, { ...given, summarise: silent.summarise }, first.past)
        expect(silent.asked).toEqual([])
        expect(again.results.map(({ prompt, tools }) => ({ prompt, tools }))).toEqual(first.results.map(({ prompt, tools }) => ({ prompt, tools })))
        expect(again.results.map(({ report }) => report)).toEqual(first.results.map(({ report }) => report))
        expect(again.results.every(({ compaction }) => compaction === null)).toBe(true)
      }),
      runs,
    )
    expect(compactions).toBeGreaterThan(20)
  })
})

/** A part by what it says; a tool result by its call, since it may be shown in part. */
function wordsOf(part: Exclude<LanguageModelV3Prompt[number]['content'], string>[number]): string {
  return part.type === 'tool-result' ? part.toolCallId : JSON.stringify({ ...part, providerOptions: undefined })
}

// JSON writes half of a surrogate pair as an escape, and nothing else that begins with \ud.
function isTorn(prompt: LanguageModelV3Prompt): boolean {
  return /(?<!\\)(\\\\)*\\ud[89a-f]/.test(JSON.stringify(prompt))
}
