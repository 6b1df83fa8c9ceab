import type { LanguageModelV3Usage } from '@ai-sdk/provider'
import { GetUsage } from '@cadre/contract/usage'
import { describe, expect, test } from 'vitest'
import { databases } from '../storage/test/databases.ts'
import { selectCountersOf } from '../usage/counters.store.ts'
import { getUsage } from '../usage/get-usage.ts'
import { aRun, owner, usageApp } from '../usage/test/usage-app.ts'
import { AnswerFailed } from './answer-failed.ts'
import type { Execution } from './execution.ts'
import { type Request, requestsOf, settleAlone } from './spend-call.ts'

const usage = (input: number, output: number): LanguageModelV3Usage => ({
  inputTokens: { total: input, noCache: undefined, cacheRead: undefined, cacheWrite: undefined },
  outputTokens: { total: output, text: undefined, reasoning: undefined },
})
const asking = (signal: AbortSignal): Request => ({
  provider: 'lab',
  model: 'm',
  worst_input_tokens: 60,
  max_output_tokens: 40,
  counted: { input: 50, output: (content) => content.length },
  signal,
})

describe.each(databases)('the requests of one call on $name', ({ empty }) => {
  /** A run whose budget has room for one worst case, as far as paying needs it. */
  async function aPayer() {
    const app = usageApp(await empty(), { prices: [{ provider: 'lab', model: 'm', input: 1, output: 1 }] })
    const run = aRun({ budget: { tokens: 150 } })
    const x = { app, run: { id: run.id, attempts: 0 }, payer: Promise.resolve(run), costMicros: null } as unknown as Execution
    const counter = async () => (await selectCountersOf(app.db.read, run.id, ['run:tokens']))[0]
    const counted = async () => (await getUsage(app, owner, GetUsage.parse({}))).totals
    return { x, pay: requestsOf(x, 1, 10_000), counter, counted }
  }

  test('a try that was given up and does not notice is in nobody’s way; its answer counts when it comes', async () => {
    const { x, pay, counter, counted } = await aPayer()
    const late = Promise.withResolvers<{ usage: LanguageModelV3Usage; content: [] }>()
    const asked = Promise.withResolvers<void>()
    const clock = new AbortController()
    const first = pay(asking(clock.signal), () => (asked.resolve(), late.promise))
    const given = expect(first).rejects.toThrow('too late')
    await asked.promise
    expect(await counter()).toMatchObject({ spent: 0, reserved: 100 })
    clock.abort(new Error('too late'))
    const { bill } = await pay(asking(new AbortController().signal), async () => ({ usage: usage(10, 5), content: [] }))
    await settleAlone(x, bill)
    late.resolve({ usage: usage(20, 5), content: [] })
    await given
    expect(await counter()).toMatchObject({ spent: 40, reserved: 0 })
    expect(await counted()).toMatchObject({ calls: 2, failed: 1, retries: 1, tokens_input: 30 })
    expect(x.costMicros).toBe(40)
  })

  test('a failed try holds nothing, and what its provider counted before it failed is counted', async () => {
    const { x, pay, counter, counted } = await aPayer()
    const { signal } = new AbortController()
    await expect(pay(asking(signal), () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(await counter()).toMatchObject({ spent: 0, reserved: 0 })
    await expect(pay(asking(signal), () => Promise.reject(new AnswerFailed(new Error('half'), [], usage(30, 1))))).rejects.toThrow('half')
    expect(await counter()).toMatchObject({ spent: 31, reserved: 0 })
    expect(await counted()).toMatchObject({ calls: 1, failed: 1, tokens_input: 30, tokens_output: 1 })
    expect(x.costMicros).toBe(31)
  })
})
