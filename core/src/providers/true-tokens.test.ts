import type { JSONObject, LanguageModelV3Usage } from '@ai-sdk/provider'
import { expect, test } from 'vitest'
import { trueTokens } from './true-tokens.ts'

type Said = { input?: unknown; cached?: unknown; written?: unknown; output?: unknown; reasoning?: unknown; raw?: JSONObject }
const usage = ({ input, cached, written, output, reasoning, raw }: Said) =>
  ({
    inputTokens: { total: input, noCache: undefined, cacheRead: cached, cacheWrite: written },
    outputTokens: { total: output, text: undefined, reasoning },
    raw,
  }) as LanguageModelV3Usage
const own = { input: 120, output: () => 30 }
const counted = (said: Said, ours = own) => {
  const { tokens, estimated } = trueTokens(usage(said), ours)
  return [tokens.input, tokens.output, estimated]
}

test('what a provider says counts, with its parts inside of their whole', () => {
  expect(trueTokens(usage({ input: 100, cached: 60, written: 70, output: 40, reasoning: 50 }), own)).toEqual({
    tokens: { input: 100, cached: 60, cache_write: 40, output: 40, reasoning: 40 },
    estimated: false,
  })
  expect(counted({ input: 99_000, output: 99_000 })).toEqual([99_000, 99_000, false])
  expect(counted({ input: 100.4, cached: -3, output: 0 }, { ...own, output: () => 0 })).toEqual([100, 0, false])
})

test.each<[string, Said, [number, number, boolean]]>([
  ['nothing', {}, [120, 30, true]],
  ['null', { input: null, output: null }, [120, 30, true]],
  ['zeros', { input: 0, output: 0, raw: { total_tokens: 0 } }, [120, 30, true]],
  ['less than nothing', { input: -5, output: -1 }, [120, 30, true]],
  ['no numbers', { input: Number.NaN, output: '7' }, [120, 30, true]],
  ['absurdly many', { input: 1e15, output: 1e12 }, [120, 30, true]],
  ['one of two', { input: 100 }, [100, 30, true]],
  ['the other', { output: 20 }, [120, 20, true]],
  ['only a total', { input: 0, output: 0, raw: { total_tokens: 170 } }, [120, 50, true]],
  ['a total below our count', { raw: { totalTokens: 90 } }, [72, 18, true]],
  ['a total that cannot be', { raw: { total_tokens: -8 } }, [120, 30, true]],
  ['a total and the prompt', { input: 100, output: 0, raw: { total_tokens: 130 } }, [100, 30, false]],
  ['a total and the answer', { input: 0, output: 20, raw: { totalTokenCount: 130 } }, [110, 20, false]],
  ['a total that leaves nothing for the answer', { input: 100, output: 0, raw: { total_tokens: 100 } }, [100, 30, true]],
])('%s', (_, said, expected) => {
  expect(counted(said)).toEqual(expected)
})

test('thoughts that are counted beside the answer belong to it', () => {
  const said = { input: 100, output: 20, reasoning: 300 }
  expect(counted({ ...said, raw: { total_tokens: 420 } })).toEqual([100, 320, false])
  expect(counted({ ...said, reasoning: 15, raw: { total_tokens: 120 } })).toEqual([100, 20, false])
})

test('nothing at all is said of a call that broke off', () => {
  expect(trueTokens(undefined, { input: 5, output: () => 0 })).toMatchObject({ tokens: { input: 5, output: 0, cached: 0 }, estimated: true })
})
