/** How it all goes: a part of tables.ts. */
export type MetricTables = {
  run_stats: RunStatsTable
  machine_stats: MachineStatsTable
}

/** Runs that ended, by when they were accepted: metrics/run-stats.ts. */
type RunStatsTable = {
  workspace_id: string
  agent_id: string
  /** How long the time is that begins `at`: a minute, an hour or a day, in milliseconds. */
  span: number
  at: number
  status: string
  /** 1: it answered in a conversation. */
  talk: number
  /** Which of the bounds of metrics/bins.ts the time from acceptance to end does not pass. */
  bin: number
  shard: number
  runs: number
  duration_ms: number
}

/** What one process had to do in the minute that begins `at`: metrics/machine.ts. */
type MachineStatsTable = {
  at: number
  process: string
  cpu: number
  machine_cpu: number
  event_loop_ms: number
  query_ms: number
  pool: number
  memory: number
  machine_memory: number
  disk_free: number
  queue_depth: number
}
