import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodingOf, estimating, tokenCounter, wholeEnd } from './count-tokens.ts'

// The first article of the Declaration of Human Rights, and what tools answer.
const texts: Record<string, string> = {
  English:
    'All human beings are born free and equal in dignity and rights. They are endowed with reason and conscience and should act towards one another in a spirit of brotherhood.',
  German:
    'Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geist der Brüderlichkeit begegnen.',
  Polish:
    'Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.',
  Russian:
    'Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.',
  Greek: 'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση.',
  Arabic: 'يولد جميع الناس أحرارًا متساوين في الكرامة والحقوق. وقد وهبوا عقلاً وضميرًا وعليهم أن يعامل بعضهم بعضًا بروح الإخاء.',
  Hindi: 'सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है। उन्हें बुद्धि और अन्तरात्मा की देन प्राप्त है।',
  Chinese: '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。',
  Japanese:
    'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。',
  Korean:
    '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.',
  rows: JSON.stringify(
    Array.from({ length: 50 }, (_, id) => ({ id, order_id: `ORD-${id * 7919}`, amount: id * 12.37, date: '2026-03-14', status: 'paid' })),
  ),
  csv: Array.from({ length: 50 }, (_, id) => `${id},ORD-${id * 7919},${id * 12.37},2026-03-14,paid`).join('\n'),
  code: 'export function wholeEnd(text: string, at: number): number {\n  const code = text.charCodeAt(at)\n  return at > 0 ? Math.min(at + 1, text.length) : at\n}\n'.repeat(
    3,
  ),
}

describe('which tokenizer a model has', () => {
  test.each([
    ['gpt-4o-mini', 'o200k_base'],
    ['gpt-4.1', 'o200k_base'],
    ['gpt-5.2-pro', 'o200k_base'],
    ['openai/gpt-4o', 'o200k_base'],
    ['ft:gpt-4o-mini-2024-07-18:org::id', 'o200k_base'],
    ['o3', 'o200k_base'],
    ['o4-mini-2025-04-16', 'o200k_base'],
    ['chatgpt-4o-latest', 'o200k_base'],
    ['gpt-oss:20b', 'o200k_base'],
    ['gpt-4', 'cl100k_base'],
    ['gpt-4-turbo', 'cl100k_base'],
    ['gpt-3.5-turbo', 'cl100k_base'],
    ['gpt-35-turbo', 'cl100k_base'],
    ['claude-sonnet-4-5', undefined],
    ['llama3.3', undefined],
    ['gpt-6', undefined],
    ['o3000-local', undefined],
    ['gpt2', undefined],
  ])('%s: %s', (model, encoding) => {
    expect(encodingOf(model)).toBe(encoding)
  })
})

describe('a known tokenizer', () => {
  test('counts as OpenAI says, control tokens in a text included as text', async () => {
    const o200k = await tokenCounter('openai', 'gpt-4o')
    const cl100k = await tokenCounter('openai', 'gpt-4')
    expect([o200k.exact, o200k.rule, cl100k.rule]).toEqual([true, 'o200k_base', 'cl100k_base'])
    // Both from OpenAI's cookbook, How_to_count_tokens_with_tiktoken.
    expect([o200k.count('antidisestablishmentarianism'), cl100k.count('お誕生日おめでとう')]).toEqual([6, 9])
    expect(o200k.count('<|endoftext|>')).toBeGreaterThan(1)
    expect(o200k.count('')).toBe(0)
  })
  test('cuts up runs without a boundary at a cost of a few tokens in a hundred at most', async () => {
    const { count } = await tokenCounter('openai', 'gpt-4o')
    expect(count('a'.repeat(64_000))).toBeLessThanOrEqual(8000 * 1.02)
    expect(count('a'.repeat(64_000))).toBeGreaterThanOrEqual(8000)
    expect(count('中文没有标点的很长的句子'.repeat(2000))).toBeLessThanOrEqual(20_000 * 1.02)
  })
  test('the builtin planner has none', async () => {
    expect(await tokenCounter('builtin', 'gpt-4o')).toBe(estimating)
  })
})

describe('an estimate', () => {
  test('says that it is one, and how', async () => {
    const counter = await tokenCounter('anthropic', 'claude-sonnet-4-5')
    expect([counter.exact, counter.rule]).toEqual([false, expect.stringContaining('estimated by words')])
  })
  test.each(Object.entries(texts))('of %s is near what o200k counts', async (_, text) => {
    const real = (await tokenCounter('openai', 'gpt-4o')).count(text)
    expect(estimating.count(text) / real).toBeGreaterThan(0.82)
    expect(estimating.count(text) / real).toBeLessThan(1.7)
  })
})

describe('any text', () => {
  test('has a count, the same each time, and one cut changes an estimate by four tokens at most', async () => {
    const { count } = await tokenCounter('openai', 'gpt-4o')
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }), (a, b) => {
        for (const each of [count, estimating.count]) {
          expect(each(a + b)).toBe(each(a + b))
          expect(Number.isInteger(each(a)) && each(a) >= 0).toBe(true)
          if (a !== '') expect(each(a)).toBeGreaterThan(0)
        }
        // A word cut in two is charged as two short ones: three tokens less for twelve letters, and one for rounding.
        expect(estimating.count(a + b)).toBeLessThanOrEqual(estimating.count(a) + estimating.count(b) + 4)
      }),
    )
  })
  test('halves of surrogate pairs do no harm', async () => {
    const { count } = await tokenCounter('openai', 'gpt-4o')
    const torn = `${'x'.repeat(100)}\ud800`
    expect(count(torn)).toBe(count(torn.toWellFormed()))
  })
  test('is never cut within a surrogate pair', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 50 }), fc.nat(60), (text, at) => {
        expect(text.slice(0, wholeEnd(text, at)).isWellFormed()).toBe(text.isWellFormed())
      }),
    )
  })
})
