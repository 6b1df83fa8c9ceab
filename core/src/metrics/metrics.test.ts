import { CreateConversation } from '@cadre/contract/conversations'
import { GetSeries } from '@cadre/contract/metrics'
import { SendMessage } from '@cadre/contract/messages'
import { afterEach, describe, expect, test } from 'vitest'
import type { Db } from '../storage/database.ts'
import { databases, databaseUrls } from '../storage/test/databases.ts'
import { newWorld, owner, type World } from '../test/world.ts'
import { countRun } from './count-run.ts'
import {
  averageJobTime,
  countActiveAgents,
  countConversationsOf,
  countMessagesSince,
  countOpenConversations,
  countQueued,
  countQueuedFor,
  countThumbs,
} from './now.store.ts'
import { pruneMetrics } from './prune-metrics.ts'
import { selectCounts } from './run-stats.store.ts'
import { sumRuns } from './sum-runs.ts'

const day = 86_400_000

describe.each(databaseUrls)('metrics on $name', ({ url }) => {
  let world: World
  afterEach(() => world.close())

  test('runs are counted as they end, and a point of the series lists its runs', async () => {
    let fails = false
    world = await newWorld({ database_url: await url(), script: () => (fails ? { status: 400, error: 'no' } : { text: 'yes' }) })
    const agent = await world.agent()
    const other = await world.agent()
    const first = await world.run(agent)
    await world.run(agent)
    await world.run(other)
    fails = true
    expect((await world.run(agent, { input: 'other' })).status).toBe('failed')
    const began = Date.parse(first.created_at)
    expect(await world.api.metrics.agent(owner, { idOrSlug: agent.slug })).toEqual({
      averageResponseTime: expect.any(Number),
      successRate: 2 / 3,
      failureRate: 1 - 2 / 3,
      totalResponses: 2,
      activeConversations: 0,
      queuedJobs: 0,
      conversationCompletionRate: 0,
    })
    const range = { from: new Date(began - 120_000).toISOString(), to: new Date(Date.now() + 60_000).toISOString() }
    const series = await world.api.metrics.series(owner, GetSeries.parse({ ...range, agent: agent.id }))
    expect(series.totals).toMatchObject({ runs: 3, completed: 2, failed: 1, success_rate: 2 / 3, p95_ms: expect.any(Number) })
    expect((await world.api.metrics.series(owner, GetSeries.parse(range))).totals.runs).toBe(4)
    const at = series.runs.findIndex((runs) => runs > 0)
    const from = series.at[at] ?? ''
    const to = new Date(Date.parse(from) + series.step_ms).toISOString()
    const listed = await world.api.runs.list(owner, { agent: agent.id, from, to, limit: 50 })
    expect(listed.items).toHaveLength(series.runs[at] ?? 0)
    expect(await world.api.metrics.agent(owner, { idOrSlug: agent.id, to: '2024-03-05T00:00:00Z' })).toMatchObject({ totalResponses: 0 })
    await expect(world.api.metrics.series(owner, GetSeries.parse({ from: range.to, to: range.from }))).rejects.toThrow('to: is not after from')
    await expect(world.api.metrics.agent(owner, { idOrSlug: 'nobody' })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
  })

  test('a conversation shows while it is answered, and what people think of the answer', async () => {
    const gate = Promise.withResolvers<void>()
    const script = async () => {
      await gate.promise
      return { text: 'hello' }
    }
    world = await newWorld({ database_url: await url(), script })
    const agent = await world.agent()
    const participants = [{ kind: 'agent' as const, id: agent.id }]
    const room = await world.api.conversations.create(owner, CreateConversation.parse({ kind: 'dm', participants, policy: { debounce_ms: 0 } }))
    await world.api.messages.send(owner, { conversationId: room.id, ...SendMessage.parse({ content: 'hi' }) })
    await expect.poll(() => world.api.metrics.system(owner)).toMatchObject({ activeAgents: 1, concurrentConversations: 1, messagesPerMinute: 1 })
    expect(await world.api.metrics.agent(owner, { idOrSlug: agent.id })).toMatchObject({ activeConversations: 1, totalResponses: 0 })
    gate.resolve()
    await expect.poll(() => world.api.metrics.agent(owner, { idOrSlug: agent.id })).toMatchObject({ activeConversations: 0, totalResponses: 1 })
    const { items } = await world.api.messages.list(owner, { conversationId: room.id, limit: 10, branches: 'active' })
    await world.api.messages.react(owner, { messageId: items.at(-1)?.id ?? '', emoji: '👍🏽' })
    expect(await world.api.metrics.agent(owner, { idOrSlug: agent.id })).toMatchObject({ conversationCompletionRate: 1, userSatisfactionScore: 1 })
    const system = await world.api.metrics.system(owner)
    expect(system).toMatchObject({ activeAgents: 0, concurrentConversations: 0, jobQueueDepth: 0, messagesPerMinute: 2 })
    expect(system.workerUptime).toBeGreaterThan(0)
    expect(system.averageQueryTime).toBeGreaterThan(0)
  })

  test('what the machine has to do is kept by the minute', async () => {
    world = await newWorld({ database_url: await url() })
    await world.app.machine.keep()
    const { now, ...series } = await world.api.metrics.machine(owner, { points: 120 })
    const column = series.memory.filter((bytes) => bytes !== null)
    expect(column).toEqual([expect.any(Number)])
    expect(series.at).toHaveLength(series.cpu.length)
    expect(now.memory).toBeGreaterThan(10_000_000)
    expect(now.disk_total).toBeGreaterThan(now.disk_free)
    expect(now.machine_cpu).toBeLessThanOrEqual(1)
    expect(now.cores).toBeGreaterThan(0)
  })
})

describe.each(databases)('counts of runs on $name', ({ empty }) => {
  const run = { workspace_id: 'w', agent_id: 'a', status: 'completed', origin: null, created_at: 10 * day, completed_at: 10 * day + 1_000 }
  const all = { workspace_id: 'w', agent_id: 'a', from: 0, to: 100 * day, step: null }

  test('of a minute, an hour and a day are the same; the shorter ones go with time', async () => {
    const db = await empty()
    for (const change of [
      {},
      {},
      { status: 'failed', completed_at: run.created_at },
      { created_at: run.created_at + 7_200_000, origin: 'conversation:c' },
    ])
      await db.write((trx) => countRun(trx, db.kind, { ...run, ...change }))
    const totals = async (span: number) => sumRuns(await selectCounts(db.read, { ...all, span }))
    const expected = { runs: 4, completed: 3, failed: 1, timeout: 0, cancelled: 0, success_rate: 0.75 }
    for (const span of [60_000, 3_600_000, day]) expect(await totals(span)).toMatchObject(expected)
    await pruneMetrics(db, run.created_at + 2 * day + 60_000)
    expect((await totals(60_000)).runs).toBe(1)
    expect((await totals(3_600_000)).runs).toBe(4)
    await pruneMetrics(db, run.created_at + 200 * day)
    expect((await totals(3_600_000)).runs).toBe(0)
    expect(await totals(day)).toMatchObject(expected)
  })
})

test('each figure of now reads an index that holds what it counts', async () => {
  const db = await databases[0]?.empty()
  if (!db) throw new Error('there is no SQLite')
  const plans: string[] = []
  const explaining = explained(db, plans)
  await countQueued(explaining)
  await countOpenConversations(explaining)
  await countConversationsOf(explaining, 'a')
  await countMessagesSince(explaining, 1)
  await averageJobTime(explaining)
  await countThumbs(explaining, 'a', 0, 1)
  await countActiveAgents(explaining)
  await countQueuedFor(explaining, { workspace_id: 'w', agent_id: 'a' })
  await selectCounts(explaining, { workspace_id: 'w', agent_id: undefined, span: 60_000, from: 0, to: 1, step: null })
  expect(plans).toEqual([
    expect.stringMatching(/jobs_waiting/),
    expect.stringMatching(/message_jobs_open/),
    expect.stringMatching(/message_jobs_agent_id|message_jobs_open/),
    expect.stringMatching(/messages_id \(id>/),
    expect.stringMatching(/jobs USING INDEX sqlite_autoindex_jobs_1/),
    expect.stringMatching(/reactions_emoji \(emoji>/),
    expect.stringMatching(/reactions_emoji \(emoji>/),
    expect.stringMatching(/runs USING INDEX runs_workspace_id_status \(workspace_id=\? AND status=\?\)/),
    expect.stringMatching(/runs USING INDEX runs_workspace_id_status \(workspace_id=\? AND status=\?\)/),
    expect.stringMatching(/message_jobs_agent_id|message_jobs_open/),
    expect.stringMatching(/run_stats USING PRIMARY KEY \(workspace_id=\? AND agent_id=\? AND span=\? AND at>/),
  ])
})

/** The database, which says how it would answer instead of answering. */
function explained(db: Db, plans: string[]): Db['read'] {
  return new Proxy(db.read, {
    get(target, name, receiver) {
      if (name !== 'getExecutor') return Reflect.get(target, name, receiver)
      return () => {
        const executor = target.getExecutor()
        return new Proxy(executor, {
          get(inner, method) {
            if (method !== 'executeQuery') {
              const value = Reflect.get(inner, method)
              return typeof value === 'function' ? value.bind(inner) : value
            }
            return async (query: { sql: string; parameters: unknown[] }) => {
              const plan = await inner.executeQuery({ ...query, sql: `explain query plan ${query.sql}` } as never)
              plans.push((plan.rows as { detail: string }[]).map(({ detail }) => detail).join('; '))
              return { rows: [] }
            }
          },
        })
      }
    },
  })
}
