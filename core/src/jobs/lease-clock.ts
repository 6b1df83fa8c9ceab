import type { Kind } from '../storage/database.ts'

/**
 * Milliseconds by the clock of the database, the one clock for heartbeats: where servers share a Postgres their own clocks may differ by
 * more than a lease, and one that runs ahead would take the jobs of the living.
 */
export function clockSql(kind: Kind): string {
  return kind === 'postgres' ? '(extract(epoch from clock_timestamp()) * 1000)::bigint' : `cast(unixepoch('subsec') * 1000 as integer)`
}

/** A heartbeat older than this gives up the worker. */
export const leaseMs = 5000
export const heartbeatMs = 1000
