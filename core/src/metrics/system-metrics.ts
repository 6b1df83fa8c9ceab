import type { SystemMetrics } from '@cadre/contract/metrics'
import type { Db } from '../storage/database.ts'
import type { Machine } from './machine.ts'
import { averageJobTime, countActiveAgents, countMessagesSince, countOpenConversations, countQueued, longestUptime } from './now.store.ts'

export async function getSystemMetrics({ db, now, machine }: { db: Db; now: () => number; machine: Machine }): Promise<SystemMetrics> {
  const { query_ms, pool } = machine.measured()
  return {
    workerUptime: await longestUptime(db),
    averageJobProcessingTime: await averageJobTime(db.read),
    jobQueueDepth: await countQueued(db.read),
    averageQueryTime: query_ms,
    connectionPoolUtilization: pool,
    activeAgents: await countActiveAgents(db.read),
    concurrentConversations: await countOpenConversations(db.read),
    messagesPerMinute: await countMessagesSince(db.read, now() - 60_000),
  }
}
