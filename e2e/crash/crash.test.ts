import { afterAll, describe, expect, test } from 'vitest'
import type { Arrival } from '@cadre/core/test/effect-service'
import { databaseUrls } from '@cadre/core/storage/test/databases'
import { type ChainResult, points, runChain } from './chain.ts'
import { randomFrom } from './random-from.ts'

const kills = Number(process.env['CRASH_KILLS'] ?? 48)
const seed = Number(process.env['CRASH_SEED'] ?? Math.floor(Math.random() * 2 ** 31))
const chains = 2

/** Nothing is held for ever, and no recorded call is counted twice or not at all. */
function moneyFaultsOf(runs: ChainResult['runs'], { spent, reserved, usage }: ChainResult['spending']): string[] {
  const counted = usage.tokens_input + usage.tokens_output
  const recorded = runs.reduce((sum, { metrics }) => sum + metrics.tokens_input + metrics.tokens_output, 0)
  return [
    ...(reserved === 0 ? [] : [`${reserved} tokens are still reserved`]),
    ...(spent === counted ? [] : [`the budget says that ${spent} tokens were spent, the usage ${counted}`]),
    ...(counted === recorded ? [] : [`the runs say that they took ${recorded} tokens, the usage ${counted}`]),
  ]
}

/** Nothing without a person's word, and only what they said. */
function approvalFaultsOf({ approval, input }: ChainResult['runs'][number]['steps'][number], key: string, all: Arrival[]): string[] {
  const made = all.filter((arrival) => arrival.key === key)
  if (!approval || approval.status === 'pending') return [`${key} was never decided`]
  if (approval.status !== 'approved' && made.length > 0) return [`${key} was ${approval.status} and took effect`]
  return made.filter((arrival) => arrival.input['n'] !== (input as { n: number }).n).map(() => `${key} took effect with other arguments`)
}

/** What went wrong, in words; empty when nothing did. */
function faultsOf({ runs, ordered, world, again, spending }: ChainResult): string[] {
  const faults = moneyFaultsOf(runs, spending)
  if (runs.length !== ordered) faults.push(`${ordered} runs were ordered, there are ${runs.length}`)
  const arrivals = new Map<string, number>()
  for (const { key } of world.effects.arrivals) arrivals.set(key, (arrivals.get(key) ?? 0) + 1)
  for (const run of runs) {
    if (run.status !== 'completed') faults.push(`${run.run_id} ended as ${run.status}: ${run.error?.message}`)
    for (const step of run.steps) {
      const key = `${run.run_id}:${step.step}`
      const count = arrivals.get(key) ?? 0
      const allowed = 1 + (again.get(key) ?? 0)
      if (step.effect === 'once' && count > allowed) faults.push(`${key} (once) took effect ${count} times, ${allowed} allowed`)
      if (step.tool === 'asked') faults.push(...approvalFaultsOf(step, key, world.effects.arrivals))
      if (step.status === 'completed' && count === 0 && !again.has(`happened ${key}`))
        faults.push(`${key} is said to be completed and never happened`)
    }
  }
  const known = new Set(runs.flatMap((run) => run.steps.map((step) => `${run.run_id}:${step.step}`)))
  for (const key of arrivals.keys()) if (!known.has(key)) faults.push(`${key} took effect and stands in no trace`)
  return faults
}

describe.each(databaseUrls)('killed at every named point, on $name', (database) => {
  const results: ChainResult[] = []
  afterAll(async () => {
    for (const { world } of results) await world.close()
  })

  test(`no run lost, none without an end, no effect repeated beyond its class (${kills} kills, seed ${seed})`, { timeout: 1_200_000 }, async () => {
    const each = Math.ceil(kills / chains / databaseUrls.length)
    results.push(
      ...(await Promise.all(
        Array.from({ length: chains }, async (_, i) =>
          runChain({ kills: each, random: randomFrom(seed + i), offset: i * each, database_url: await database.url() }),
        ),
      )),
    )
    const total = results.flatMap((result) => Object.entries(result.kills))
    const byPoint = points.map((point) => `${point} ${total.filter(([at]) => at === point).reduce((sum, [, count]) => sum + count, 0)}`)
    const runs = results.reduce((sum, result) => sum + result.runs.length, 0)
    console.log(`${database.name}: seed ${seed}, ${runs} runs, kills: ${byPoint.join(', ')}`)
    expect(results.flatMap(faultsOf)).toEqual([])
  })
})
