import { ContextPolicy } from '@cadre/contract/context'
import { describe, expect, test } from 'vitest'
import { ContextTooLong } from './context-too-long.ts'
import { estimating } from './count-tokens.ts'
import { readResult, readResultName } from './read-result.ts'
import { byCharacter, fit, lines, pinned, playRun, readTool, recorder, says, someTool, step, system, user } from './test-conversations.ts'

const long = (name: string, length = 500) => `${name} ${'.'.repeat(length - name.length - 1)}`
const short = (text: string[]) => text.map((line) => line.replace(/ \.+/g, ''))

const chat = [
  system('Be kind.'),
  user(long('first')),
  says(long('one')),
  user(long('second')),
  ...step('c2', long('rows')),
  says(long('two')),
  user(long('third')),
  says(long('three')),
  user('now'),
]

describe('what fits', () => {
  test('is left as it is, and the report says what it is made of', async () => {
    const { prompt, tools, report, compaction } = await fit(chat, 10_000)
    expect(prompt).toBe(chat)
    expect(tools).toEqual([someTool])
    expect(compaction).toBeNull()
    expect(report).toMatchObject({ exact: true, context_size: 10_000, limit: 9800, max_output: 100, dropped: [], kept_aside: [], notes: [] })
    expect(report.tokens).toMatchObject({
      system: 12,
      user: 3 * 504 + 7,
      assistant: 3 * 504 + 4 + 8 + 12 + 11,
      tool_results: 4 + 8 + 500,
      summary: 0,
    })
  })
  test('a window of unknown size takes all, and the report says so', async () => {
    const { prompt, report } = await fit(chat, null)
    expect(prompt).toBe(chat)
    expect(report).toMatchObject({ context_size: null, limit: null, notes: ['the size of the model’s window is unknown: nothing is left out'] })
  })
  test('an agent may set a limit of its own', async () => {
    const { report } = await fit(chat, null, { max_tokens: 2500 })
    expect(report).toMatchObject({ limit: 2500, notes: [] })
    expect(report.tokens.total).toBeLessThanOrEqual(2500)
    expect((await fit(chat, 10_000, { window_percent: 50 })).report.limit).toBe(4900)
  })
  test('an estimate keeps more to spare, and is called one', async () => {
    const { report } = await fit(chat, 10_000, {}, { counter: estimating })
    expect(report).toMatchObject({ exact: false, limit: 8900, counted_with: expect.stringContaining('estimated') })
  })
  test('a provider that counts more than we do lowers the limit', async () => {
    const { report } = await fit(chat, 10_000, {}, { measured: { counted: 1000, actual: 2000 } })
    expect(report).toMatchObject({
      limit: 4900,
      notes: ['the provider counted 2000 tokens where we counted 1000; the limit is lowered in proportion'],
    })
    expect((await fit(chat, 10_000, {}, { measured: { counted: 1000, actual: 900 } })).report.limit).toBe(9800)
  })
})

describe('sliding', () => {
  test('leaves out the oldest exchanges whole, and tells model and owner', async () => {
    const { prompt, report, compaction } = await fit(chat, 3000, { pin_first_user: false })
    expect(short(lines(prompt))).toEqual([
      'system: Be kind.',
      `user: [6 earlier messages are not shown here, for lack of room. The results of step 1 can be read with ${readResultName}.] | third`,
      'assistant: three',
      'user: now',
    ])
    expect(report.dropped).toEqual([
      {
        from: 1,
        to: 6,
        tokens: 3 * 504 + 504 + 35 + 512,
        summarised: false,
        why: expect.stringMatching(/^\d+ tokens did not fit in 2870; the oldest/),
      },
    ])
    expect(report.messages).toEqual({ given: 10, sent: 4 })
    expect(compaction).toMatchObject({ strategy: 'sliding', messages: 10, dropped: [{ from: 1, to: 6 }], summary: null, limit: 2870 })
  })
  test('keeps the first user message where it is pinned, and no two user messages in a row', async () => {
    const { prompt } = await fit(chat, 3200)
    expect(short(lines(prompt)).slice(0, 2)).toEqual([
      'system: Be kind.',
      `user: first | [5 earlier messages are not shown here, for lack of room. The results of step 1 can be read with ${readResultName}.] | third`,
    ])
  })
  test('within the exchange that goes on, leaves out one step after the other', async () => {
    const run = [system('s'), user('task'), ...[1, 2, 3, 4, 5, 6].flatMap((n) => step(`c${n}`, long('r')))]
    const { prompt, report } = await fit(run, 3200)
    expect(lines(prompt)).toEqual([
      'system: s',
      `user: task | [4 earlier messages are not shown here, for lack of room. The results of steps 1 to 2 can be read with ${readResultName}.]`,
      ...[3, 4, 5, 6].flatMap((n) => [`assistant: call c${n}_0`, `tool: result c${n}_0`]),
    ])
    expect(report.tokens.total).toBeLessThanOrEqual(3068)
  })
  test('keeps a pinned message in the midst of what goes', async () => {
    const { prompt } = await fit(chat.with(2, pinned(chat[2]!)), 3200, { pin_first_user: false })
    expect(short(lines(prompt))).toEqual([
      'system: Be kind.',
      'user: [1 earlier message is not shown here, for lack of room.]',
      'assistant: one',
      expect.stringMatching(/^user: \[4 earlier messages .*\] \| third$/),
      'assistant: three',
      'user: now',
    ])
    expect(prompt.every((message) => message.providerOptions?.['cadre'] === undefined)).toBe(true)
  })
  test('once something went it stays away, so that what is sent keeps its beginning', async () => {
    const run = [system('s'), user('task'), ...Array.from({ length: 20 }, (_, n) => step(`c${n}`, long('r'))).flat()]
    const given = {
      tools: [someTool],
      budget: { context_size: 4000, max_output: 100 },
      policy: ContextPolicy.parse({}),
      summarise: recorder().summarise,
    }
    const { results, past } = await playRun(run, { ...given, counter: byCharacter })
    expect(past.length).toBeLessThan(results.length / 2)
    const grows = results.filter(({ prompt }, n) => JSON.stringify(prompt).startsWith(JSON.stringify(results[n - 1]?.prompt ?? []).slice(0, -1)))
    expect(grows.length).toBe(results.length - past.length)
  })
})

describe('summary', () => {
  const policy = { strategy: 'summary' as const, summary_tokens: 200 }
  test('stands for what went, made once and extended later', async () => {
    const { asked, summarise } = recorder((text) => (text.includes('The summary so far') ? 'Now it is two.' : 'It was one.'))
    const first = await fit(chat, 3200, policy, { summarise })
    expect(short(lines(first.prompt))[1]).toMatch(
      /^user: first \| \[Summary of 5 earlier messages .*\]\nIt was one\.\n\[End of the summary\] \| third$/s,
    )
    expect(first.report.dropped).toMatchObject([
      { from: 2, to: 6, summarised: true, why: expect.stringContaining('the oldest exchanges were summarised') },
    ])
    expect(first.report.tokens.summary).toBeGreaterThan(0)
    expect(asked).toHaveLength(1)
    expect(asked[0]).toContain('User: second')
    expect(asked[0]).toContain('Result 1: rows')
    expect(asked[0]).not.toContain('User: first')

    const longer = [...chat, says(long('four', 900)), user('and now'), says(long('five', 900)), user('now what')]
    const same = await fit([...chat, says('ok'), user('go')], 3200, policy, { summarise, past: [first.compaction!] })
    expect([same.compaction, asked.length]).toEqual([null, 1])
    const second = await fit(longer, 3200, policy, { summarise, past: [first.compaction!] })
    expect(asked).toHaveLength(2)
    expect(asked[1]).toContain('The summary so far:\n<summary>\nIt was one.\n</summary>')
    expect(asked[1]).not.toContain('User: second')
    expect(short(lines(second.prompt))[1]).toContain('Now it is two.')
    expect(second.compaction).toMatchObject({ summary: 'Now it is two.', summarised: second.compaction!.dropped })
  })
  test('what is too long for one call is read in parts', async () => {
    const { asked, summarise } = recorder()
    const { report } = await fit(
      [system('s'), user('task'), ...step('c1', long('huge', 6000)), says('ok'), user('now')],
      2500,
      {
        ...policy,
        tool_result_tokens: 10_000,
      },
      { summarise },
    )
    expect(asked.length).toBeGreaterThan(2)
    for (const text of asked) expect(text.length).toBeLessThanOrEqual(report.limit! - 200)
    expect(asked.slice(1).every((text) => text.includes('<summary>\nIn short'))).toBe(true)
  })
  test('longer than it was asked to be, is cut and says so', async () => {
    const { prompt, report } = await fit(chat, 3200, policy, { summarise: async () => 'blah '.repeat(2000) })
    expect(lines(prompt).join('\n')).toContain('[the summary was longer and is cut here]')
    expect(report.tokens.total).toBeLessThanOrEqual(report.limit!)
  })
  test('an empty one is none: a note says that messages are missing', async () => {
    const { prompt, report, compaction } = await fit(chat, 3200, policy, { summarise: async () => ' ' })
    expect(lines(prompt).join('\n')).toContain('5 earlier messages are not shown here')
    expect(report.dropped).toMatchObject([{ summarised: false, why: expect.stringContaining('the model gave no summary') }])
    expect(compaction).toMatchObject({ summary: null, summarised: [] })
  })
  test('a summariser that fails is not hidden', async () => {
    await expect(fit(chat, 3200, policy, { summarise: () => Promise.reject(new Error('no model')) })).rejects.toThrow('no model')
  })
})

describe('priority', () => {
  test('keeps the latest tool results before older talk, and small things before large ones', async () => {
    const talk = [
      system('s'),
      user('task'),
      says(long('old')),
      user('small'),
      says(long('older', 1500)),
      user('newest'),
      ...step('c1', long('r1')),
      says(long('talk', 1500)),
      ...step('c2', long('r2')),
    ]
    const { prompt } = await fit(talk, 3100, { strategy: 'priority' })
    const shown = lines(prompt).join('\n')
    expect(shown).toContain('result c1_0')
    expect(shown).toContain('result c2_0')
    expect(shown).toContain('newest')
    expect(shown).not.toContain('older')
    expect(shown).not.toContain('talk')
  })
})

describe('large tool results', () => {
  const rows = Array.from({ length: 400 }, (_, id) => ({ id, name: `customer ${id}` }))
  const run = [system('s'), user('task'), ...step('c1', 'small'), ...step('c2', rows, { error: 'x'.repeat(9000) })]
  test('are shown as head, tail and a reference by which the rest is read', async () => {
    const { prompt, tools, report, compaction } = await fit(run, 100_000)
    expect(compaction).toBeNull()
    expect(tools).toEqual([someTool, readTool])
    const [first] = prompt[5]!.content as { output: { value: Record<string, unknown> } }[]
    expect(first!.output.value).toMatchObject({
      $kept: 'result of step 2',
      tokens: JSON.stringify(rows).length,
      characters: JSON.stringify(rows).length,
      preview: expect.stringMatching(/^\[\{"id":0.*\.\.\. \d+ characters are not shown \.\.\.\n.*"customer 399"\}\]$/s),
      read_more: 'call tools__read_result with step 2 and an offset or a JSON pointer or a search text',
    })
    expect(report.kept_aside).toMatchObject([
      { message: 5, part: 0, step: 2, tool: 'shop__orders', tokens: JSON.stringify(rows).length, why: 'over 8000 tokens' },
      { message: 5, part: 1, step: 3 },
    ])
    expect(report.kept_aside[0]!.shown).toBeLessThanOrEqual(2000)
    expect(readResult(rows, { step: 2, pointer: '/200/name' })).toMatchObject({ text: 'customer 200' })
  })
  test('the size is the policy’s, or a quarter of a small window', async () => {
    expect((await fit(run, 100_000, { tool_result_tokens: 50_000 })).report.kept_aside).toEqual([])
    expect((await fit([system('s'), user('t'), ...step('c', 'x'.repeat(1500))], 5000)).report.kept_aside[0]).toMatchObject({
      why: 'over 1212 tokens',
    })
  })
  test('a part that was asked for is shown whole', async () => {
    const asked = step('c1', 'x'.repeat(9000)).map((message) => JSON.parse(JSON.stringify(message).replaceAll('shop__orders', readResultName)))
    expect((await fit([system('s'), user('t'), ...asked], 100_000)).report.kept_aside).toEqual([])
  })
  test('of the latest step are made smaller still where they would not fit together', async () => {
    const many = [system('s'), user('task'), ...step('c1', ...Array.from({ length: 6 }, () => 'y'.repeat(900)))]
    const { report, compaction } = await fit(many, 4000)
    expect(report.kept_aside).toHaveLength(6)
    expect(report.kept_aside[0]).toMatchObject({ why: 'made smaller so that the latest step fits' })
    expect(compaction!.shortened).toHaveLength(6)
    expect(report.tokens.total).toBeLessThanOrEqual(report.limit!)
  })
  test('no way to read on is offered where there is none', async () => {
    const { prompt } = await fit(run, 100_000, {}, { tools: [someTool] })
    expect(JSON.stringify(prompt)).not.toContain(readResultName)
    const unknown = await fit(run, 100_000, {}, { stepOf: () => null })
    expect(unknown.tools).toEqual([someTool])
    expect(JSON.stringify(unknown.prompt)).toContain('result of an earlier step')
  })
})

describe('what cannot fit', () => {
  test('is refused with what is needed, what there is and what takes it', async () => {
    const refused = await fit([system(long('s', 1500)), user(long('q', 2000))], 3000).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(ContextTooLong)
    expect(refused).toMatchObject({ code: 'CONTEXT_TOO_LONG', available: 2870 })
    expect((refused as Error).message).toMatch(
      /^what the model must see needs \d+ tokens and there is room for 2870 \(a window of 3000, of which 100 are kept for the answer\): the tools \d+, the system prompt 1504, the first user message 2004;/,
    )
  })
  test('a window that the answer fills alone has no room for a question', async () => {
    await expect(fit(chat, 100)).rejects.toThrow(
      "the model's window of 100 tokens has no room for input: 100 are kept for the answer (max_tokens) and 16 to spare",
    )
  })
  test('an agent’s own limit is named as such', async () => {
    await expect(fit(chat, null, { max_tokens: 100 })).rejects.toThrow('the limit of the agent (max_tokens of its context)')
  })
})

describe('records of other times', () => {
  test('of a longer conversation do not concern the shorter one; of another one are not used', async () => {
    const { compaction } = await fit(chat, 3200)
    expect((await fit(chat.slice(0, 4), 3200, {}, { past: [compaction!] })).report.dropped).toEqual([])
    const other = await fit(chat.with(4, says('else')), 100_000, {}, { past: [compaction!] })
    expect(other.report).toMatchObject({ dropped: [], notes: ['a recorded compaction was made for other messages and is not used'] })
  })
  test('what is pinned since comes back', async () => {
    const { compaction } = await fit(chat, 3200)
    const { report } = await fit(chat.with(6, pinned(chat[6]!)), 4200, {}, { past: [compaction!] })
    expect(report.dropped).toMatchObject([{ from: 2, to: 5 }])
  })
})
